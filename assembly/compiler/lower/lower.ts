import { Core } from "../../targets/cores";
import { Graph, Tensor } from "../graph";
import { Convolution, Striding } from "../partition/geometry";
import { Placement } from "../partition/partition";
import { Segment } from "../partition/segments";
import { Settings } from "../settings";
import { turnConvolution, turnRearrangement } from "./compat";
import { convolutionJob, rearrangement } from "./convolution";
import { ChannelGroup, Job, Value } from "./jobs";
import { detranspose, Image, transpose } from "./moves";

/** The jobs of one NPU segment in order, and the memory that they read and write. */
export class Lowering {
  jobs: Job[] = [];
  values: Value[] = [];
  /** Where the segment's inputs and outputs lie, interleaved; parallel to the segment's lists. */
  inputs: Value[] = [];
  outputs: Value[] = [];
}

/** Turns the operators of an NPU segment into jobs. */
export function lower(
  segment: Segment,
  graph: Graph,
  placements: Placement[],
  core: Core,
  settings: Settings,
): Lowering {
  const lowerer = new Lowerer(segment, graph, core, settings);
  for (let i = 0; i < segment.operators.length; i++) {
    const operator = segment.operators[i];
    const placement = placements[operator];
    const convolution = placement.convolution;
    if (convolution == null) continue;
    const firstJob = lowerer.result.jobs.length;
    lowerer.convolve(convolution);
    for (let j = firstJob; j < lowerer.result.jobs.length; j++) {
      lowerer.result.jobs[j].operator = operator;
      lowerer.result.jobs[j].mark = placement.mark;
    }
  }
  lowerer.finish();
  return lowerer.result;
}

/** Balances the zeros of a job's streams against the cost of more jobs. */
const DEPTHWISE_GROUP = 128;

class Lowerer {
  result: Lowering = new Lowering();
  /** Each tensor's values in either order, by tensor index; one value where the orders agree. */
  private interleaved: Map<i32, Value> = new Map();
  private planar: Map<i32, Value> = new Map();

  constructor(
    private segment: Segment,
    graph: Graph,
    private core: Core,
    private settings: Settings,
  ) {
    for (let i = 0; i < segment.inputs.length; i++) {
      const tensor = graph.tensors[segment.inputs[i]];
      const value = this.value(tensor.elements);
      this.interleaved.set(tensor.index, value);
      this.result.inputs.push(value);
    }
  }

  convolve(c: Convolution): void {
    let input = this.planarValue(c.input);
    if (c.blankPlane) input.bytes = max(input.bytes, 2 * c.input.elements);
    if (c.striding == Striding.SPACE_TO_DEPTH) input = this.rearrange(c, input);
    const output = this.value(c.output.elements);
    const most = this.groupSize(c);
    for (let first = 0; first < c.outputChannels; first += most) {
      const group = new ChannelGroup(first, min(most, c.outputChannels - first));
      const job = convolutionJob(c, group, input, output);
      if (this.settings.compatMesa) turnConvolution(job, c);
      this.result.jobs.push(job);
    }
    this.planar.set(c.output.index, output);
    if (this.segment.outputs.includes(c.output.index)) this.interleave(c.output, output);
  }

  /**
   * Depthwise kernels that are spelled out as full ones grow with the square of the channels,
   * nearly all of it zeros: one job for every so many channels takes far fewer bytes.
   */
  private groupSize(c: Convolution): i32 {
    const spelledOut = c.depthwise && !c.native && !this.settings.compatMesa;
    return spelledOut ? DEPTHWISE_GROUP : c.outputChannels;
  }

  finish(): void {
    for (let i = 0; i < this.segment.outputs.length; i++) {
      this.result.outputs.push(this.interleaved.get(this.segment.outputs[i]));
    }
  }

  /** The tensor in planar order; transposed at its first use. */
  private planarValue(tensor: Tensor): Value {
    if (this.planar.has(tensor.index)) return this.planar.get(tensor.index);
    const input = this.interleaved.get(tensor.index);
    const image = imageOf(tensor);
    let output = input;
    if (this.mustMove(image)) {
      output = this.value(image.bytes);
      this.result.jobs.push(transpose(image, input, output));
    }
    this.planar.set(tensor.index, output);
    return output;
  }

  private interleave(tensor: Tensor, input: Value): void {
    const image = imageOf(tensor);
    let output = input;
    if (this.mustMove(image)) {
      output = this.value(image.bytes);
      this.result.jobs.push(detranspose(image, input, output));
    }
    this.interleaved.set(tensor.index, output);
  }

  /** Mesa moves single pixels, too, though their bytes stay where they are. */
  private mustMove(image: Image): bool {
    return this.settings.compatMesa ? image.channels > 1 : !image.hasOneOrder;
  }

  private rearrange(c: Convolution, input: Value): Value {
    const job = rearrangement(c);
    if (this.settings.compatMesa) turnRearrangement(job, c);
    const output = this.value(job.outputBytes);
    job.split(this.coresFor(c), input, output, this.result.jobs);
    return output;
  }

  /** Small images, and the customary three-channel inputs, are not worth sharing. */
  private coresFor(c: Convolution): i32 {
    const rows = c.rows.input;
    const worthIt = rows > 8 || c.inputChannels > 1;
    const customary = c.inputChannels == 3 && (rows == 224 || rows == 320);
    return worthIt && !customary ? (this.core.tpCoresPerJob as i32) : 1;
  }

  private value(bytes: u32): Value {
    const value = new Value(this.result.values.length, bytes);
    this.result.values.push(value);
    return value;
  }
}

function imageOf(tensor: Tensor): Image {
  return new Image(
    tensor.fromLast(3),
    tensor.fromLast(2),
    tensor.fromLast(1),
    tensor.quantization.zeroPoint(0) as i32,
  );
}
