import type { Emulator } from "../../host/devices/emulator.ts";
import { compare, type Difference } from "./compare.ts";
import { InputGenerator } from "./inputs.ts";
import { type LayerModel, readLayerModel, type TensorFacts } from "./layer-model.ts";
import { endsOf, load, type Replayable, readRecording, streamsOf } from "./recordings.ts";
import { readShared } from "./shared.ts";

/** A recording, the model that it was made from, and what TFLite gives for that model. */
export interface ReplayCase {
  name: string;
  /** Paths in the shared folder. */
  recording: string;
  model: string;
  reference: string;
}

export interface ReplayResult extends Difference {
  name: string;
  model: LayerModel;
}

/** How an input tensor lies where the first job reads it. */
export type InputLayout = (bytes: Uint8Array, tensor: TensorFacts) => Uint8Array;

/** Channels last, as TFLite has them. */
export const asTheyAre: InputLayout = (bytes) => bytes;

/** Each channel a plane of its own. */
export const planar: InputLayout = (bytes, { shape }) => {
  const channels = shape.at(-1) as number;
  const pixels = bytes.length / channels;
  return bytes.map((_, i) => bytes[(i % pixels) * channels + Math.floor(i / pixels)] as number);
};

export interface ReplayOptions {
  /** As TFLite has them if left out. */
  layout?: InputLayout;
  /** Puts right what is known to be wrong in a recording. */
  mend?: (recording: Replayable) => void;
}

/**
 * Runs a recording on the input that the reference was computed from and compares the outputs.
 * Null where the recording submits nothing or its coefficients are not stored.
 */
export function replayCase(
  emulator: Emulator,
  paths: ReplayCase,
  { layout = asTheyAre, mend }: ReplayOptions = {},
): ReplayResult | null {
  const recording = readRecording(paths.recording);
  if (!recording) return null;
  mend?.(recording);
  const model = readLayerModel(readShared(paths.model));
  const expected = readShared(paths.reference);
  const inputs = inputBytes(model, layout);
  const found = replay(emulator, recording, inputs, expected.length);
  return { name: paths.name, model, ...compare(toTflite(found, model), expected) };
}

/** All inputs one after the other, in the unsigned form that the NPU works on. */
function inputBytes({ inputs }: LayerModel, layout: InputLayout): Uint8Array {
  const generator = new InputGenerator();
  const parts = inputs.map((tensor) => {
    const bytes = generator.bytes(tensor.bytes);
    return layout(tensor.signed ? exchangeSign(bytes) : bytes, tensor);
  });
  return new Uint8Array(Buffer.concat(parts));
}

function toTflite(bytes: Uint8Array, { inputs }: LayerModel): Uint8Array {
  return inputs[0]?.signed ? exchangeSign(bytes) : bytes;
}

/** int8 tensors are stored with 128 added. */
function exchangeSign(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => byte ^ 0x80);
}

function replay(
  emulator: Emulator,
  recording: Replayable,
  input: Uint8Array,
  outputBytes: number,
): Uint8Array {
  load(emulator, recording);
  const ends = endsOf(recording);
  emulator.view(ends.input, input.length).set(input);
  for (const stream of streamsOf(recording)) emulator.submit(stream);
  return emulator.view(ends.output, outputBytes);
}
