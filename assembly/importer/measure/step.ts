import { Constant, elementsOf } from "../graph/constant";
import { Node, Value } from "../graph/graph";

/** One node with the memory of what it reads and writes: numbers of 32 bits. */
export class NetworkStep {
  inputs: usize[] = [];
  outputs: usize[] = [];

  constructor(public node: Node) {}

  shape(input: i32): i32[] {
    return (this.node.inputs[input] as Value).shape;
  }

  count(input: i32): i32 {
    return elementsOf(this.shape(input)) as i32;
  }

  get outputShape(): i32[] {
    return this.node.output.shape;
  }

  get outputCount(): i32 {
    return elementsOf(this.outputShape) as i32;
  }

  get output(): usize {
    return this.outputs[0];
  }

  /** An option; 0 where the node has fewer. */
  option(slot: i32): i32 {
    return slot < this.node.options.length ? this.node.options[slot] : 0;
  }

  /** A number of 32 bits that stands among the options. */
  real(slot: i32): f32 {
    return reinterpret<f32>(this.option(slot));
  }

  /** A known list of whole numbers that steers the node; empty for a computed one. */
  list(input: i32): i32[] {
    const value = this.node.input(input);
    const constant: Constant | null = value == null ? null : value.constant;
    return constant == null ? [] : constant.ints();
  }
}

/** Counted from the end where negative. */
export function axisIn(axis: i32, rank: i32): i32 {
  return axis < 0 ? axis + rank : axis;
}
