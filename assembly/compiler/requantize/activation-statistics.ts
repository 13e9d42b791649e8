import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { Builtin } from "../../tflite/schema";
import { Graph, Span, Tensor } from "../graph";
import { zeroByte } from "../plan/tensors";

/**
 * The distribution of a tensor's values, in steps above its zero point: measured, as a table of the
 * caller's says, or else an assumed one.
 *
 *   A table, little-endian, tensor after tensor:
 *
 *   u32 tensor │ u32 channels │ f32 spatial, f32 common correlation │ f32 mean, f32 variance …
 */
const HEAD: u32 = 16;
const CHANNEL: u32 = 8;

export class ActivationStatistics {
  /** Where each tensor's record lies in the table, by tensor. */
  private records: Map<i32, usize> = new Map();

  constructor(
    private graph: Graph,
    private table: Span,
  ) {}

  /** Checks the table; false, with a fault recorded, where it does not belong to this model. */
  read(): bool {
    const end = this.table.pointer + this.table.bytes;
    for (let at = this.table.pointer; at < end; ) {
      const left = (end - at) as u32;
      const size = sizeOf(at, left, this.graph);
      if (size == 0 || size > left) {
        const expected = "statistics of this model's tensors";
        const found = `statistics of another model at byte ${at - this.table.pointer}`;
        return fail(Code.BAD_OPTION, LocationKind.NONE, 0, expected, found);
      }
      this.records.set(load<u32>(at), at);
      at += size;
    }
    return true;
  }

  mean(tensor: Tensor, channel: i32): f64 {
    const record = this.recordOf(tensor);
    if (record != 0) return load<f32>(channelAt(record, channel)) as f64;
    if (this.isPicture(tensor)) return 127.5 - (zeroByte(tensor) as f64);
    return isRectified(tensor) ? RECTIFIED_MEAN : 0;
  }

  variance(tensor: Tensor, channel: i32): f64 {
    const record = this.recordOf(tensor);
    if (record != 0) return load<f32>(channelAt(record, channel), 4) as f64;
    if (this.isPicture(tensor)) return PICTURE_VARIANCE;
    return isRectified(tensor) ? RECTIFIED_VARIANCE : VARIANCE;
  }

  /** The correlation of neighbouring pixels of a channel. */
  spatial(tensor: Tensor): f64 {
    const record = this.recordOf(tensor);
    if (record != 0) return load<f32>(record, 8) as f64;
    return this.isPicture(tensor) ? PICTURE_SPATIAL : SPATIAL;
  }

  /** The correlation of different channels of a pixel. */
  common(tensor: Tensor): f64 {
    const record = this.recordOf(tensor);
    if (record != 0) return load<f32>(record, 12) as f64;
    return this.isPicture(tensor) ? PICTURE_COMMON : COMMON;
  }

  isMeasured(tensor: Tensor): bool {
    return this.recordOf(tensor) != 0;
  }

  private recordOf(tensor: Tensor): usize {
    return this.records.has(tensor.index) ? this.records.get(tensor.index) : 0;
  }

  /** What enters the network, if only with its type or scale changed. */
  private isPicture(tensor: Tensor): bool {
    if (tensor.producer < 0) return true;
    const producer = this.graph.operators[tensor.producer];
    if (producer.code != Builtin.QUANTIZE) return false;
    return this.graph.tensors[producer.inputs[0]].producer < 0;
  }
}

// The assumed statistics: means over ordinary pictures and networks.

/** Of the network's inputs: pictures that fill the range of a byte. */
const PICTURE_VARIANCE: f64 = 65 * 65;
const PICTURE_SPATIAL: f64 = 0.85;
const PICTURE_COMMON: f64 = 0.75;
/** Of what layers compute, rectified or not. */
const RECTIFIED_MEAN: f64 = 22;
const RECTIFIED_VARIANCE: f64 = 25 * 25;
const VARIANCE: f64 = 17 * 17;
const SPATIAL: f64 = 0.4;
const COMMON: f64 = 0.05;

/** Bytes of a record that is sound, or 0. */
function sizeOf(at: usize, left: u32, graph: Graph): u32 {
  if (left < HEAD) return 0;
  const tensor = load<u32>(at);
  const channels = load<u32>(at, 4);
  if (tensor >= (graph.tensors.length as u32)) return 0;
  if (channels != (graph.tensors[tensor].fromLast(1) as u32) || channels > left / CHANNEL) return 0;
  if (HEAD + CHANNEL * channels > left) return 0;
  if (!isShare(load<f32>(at, 8)) || !isShare(load<f32>(at, 12))) return 0;
  for (let c: u32 = 0; c < channels; c++) {
    const mean = load<f32>(channelAt(at, c));
    const variance = load<f32>(channelAt(at, c), 4);
    if (!(mean >= -255 && mean <= 255 && variance >= 0 && variance <= 65025)) return 0;
  }
  return HEAD + CHANNEL * channels;
}

function isShare(value: f32): bool {
  return value >= 0 && value <= 1;
}

function channelAt(record: usize, channel: i32): usize {
  return record + HEAD + channel * CHANNEL;
}

/** No value lies below the zero point. */
function isRectified(tensor: Tensor): bool {
  return zeroByte(tensor) == 0;
}
