import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { OPERATOR_NAMES } from "../../tflite/operators";
import { Dtype } from "../../tflite/schema";
import { Constant, elementsOf } from "../graph/constant";
import { Graph, Node, Value } from "../graph/graph";
import { realsOf } from "../graph/reals";
import { activate } from "./elementwise";
import { kernelOf } from "./kernels";
import { WeightedLayer } from "./layer";
import { isLinear, Linear, weighed } from "./linear";
import { pool } from "./pool";
import { NetworkStep } from "./step";

/** A graph that is ready to be computed in real numbers: its values numbered, its constants laid out. */
export class ComputedNetwork {
  /** Inputs of the graph, then what nodes make, in order; `index` is a value's index here. */
  values: Value[] = [];
  /** By value: the number of the last node that reads it; those of outputs are kept. */
  lastUse: i32[] = [];
  /** By node; null for one without weights. */
  linears: (Linear | null)[] = [];
  private constants: Map<Value, usize> = new Map<Value, usize>();

  private constructor(public graph: Graph) {}

  /** Null after a fault: an operator that is not computed here. */
  static of(graph: Graph): ComputedNetwork | null {
    const network = new ComputedNetwork(graph);
    for (let i = 0; i < graph.inputs.length; i++) network.add(graph.inputs[i]);
    for (let i = 0; i < graph.nodes.length; i++) {
      if (!network.addNode(graph.nodes[i], i)) return null;
    }
    for (let i = 0; i < graph.outputs.length; i++) {
      if (graph.outputs[i].constant == null)
        network.lastUse[graph.outputs[i].index] = i32.MAX_VALUE;
    }
    return network;
  }

  private add(value: Value): void {
    value.index = this.values.push(value) - 1;
    this.lastUse.push(-1);
  }

  private addNode(node: Node, at: i32): bool {
    const isLayer = isLinear(node.code) && (node.inputs[1] as Value).constant != null;
    if (!isLayer && kernelOf(node.code) == null) {
      const name =
        node.code < OPERATOR_NAMES.length ? OPERATOR_NAMES[node.code] : `operator ${node.code}`;
      const expected = "operators that can be computed in real numbers";
      return fail(Code.UNSUPPORTED_OPERATOR, LocationKind.OPERATOR, at, expected, name);
    }
    for (let i = 0; i < node.inputs.length; i++) {
      const value = node.inputs[i];
      if (value == null) continue;
      if (value.constant == null) this.lastUse[value.index] = at;
      else if (!isLayer) this.layOut(value, value.constant as Constant);
    }
    for (let i = 0; i < node.outputs.length; i++) this.add(node.outputs[i]);
    const linear = isLayer ? new Linear(new WeightedLayer(node)) : null;
    if (linear != null) linear.setWeights(linear.layer.weights().as(Dtype.FLOAT32).pointer);
    this.linears.push(linear);
    return true;
  }

  private layOut(value: Value, constant: Constant): void {
    if (this.constants.has(value)) return;
    const reals = realsOf(constant, value.quantization);
    this.constants.set(value, reals.pointer);
  }

  /** Where a constant's numbers stand. */
  constant(value: Value): usize {
    return this.constants.has(value) ? this.constants.get(value) : 0;
  }
}

/** The numbers of all values that are still needed, of several samples at once. */
export class Activations {
  private buffers: StaticArray<usize>;

  constructor(
    private network: ComputedNetwork,
    public samples: i32,
  ) {
    this.buffers = new StaticArray<usize>(network.values.length * samples);
  }

  at(value: Value, sample: i32): usize {
    return value.constant == null
      ? this.buffers[value.index * this.samples + sample]
      : this.network.constant(value);
  }

  /** Room for a value of one sample. */
  make(value: Value, sample: i32): usize {
    const start = pool.take(elementsOf(value.shape) as i32);
    this.buffers[value.index * this.samples + sample] = start;
    return start;
  }

  /** Gives back what no node after `node` reads. */
  release(node: i32): void {
    const graph = this.network.graph;
    const inputs = graph.nodes[node].inputs;
    for (let i = 0; i < inputs.length; i++) {
      const value = inputs[i];
      if (value != null && value.constant == null && this.network.lastUse[value.index] == node)
        this.free(value);
    }
    const outputs = graph.nodes[node].outputs;
    for (let i = 0; i < outputs.length; i++) {
      if (this.network.lastUse[outputs[i].index] < 0) this.free(outputs[i]);
    }
  }

  releaseAll(): void {
    for (let i = 0; i < this.network.values.length; i++) this.free(this.network.values[i]);
  }

  private free(value: Value): void {
    for (let sample = 0; sample < this.samples; sample++) {
      const at = value.index * this.samples + sample;
      if (this.buffers[at] != 0) pool.give(this.buffers[at]);
      this.buffers[at] = 0;
    }
  }
}

/** Computes a layer's sums, before its activation; gives where they stand. */
export function runSums(linear: Linear, activations: Activations, sample: i32): usize {
  const layer = linear.layer;
  const output = activations.make(layer.node.output, sample);
  linear.run(activations.at(weighed(layer), sample), output);
  return output;
}

export function finishSums(linear: Linear, output: usize): void {
  activate(output, elementsOf(linear.layer.node.output.shape) as i32, linear.layer.activation);
}

/** Computes one node of one sample. */
export function runNode(
  network: ComputedNetwork,
  at: i32,
  activations: Activations,
  sample: i32,
): void {
  const linear = network.linears[at];
  if (linear != null) {
    finishSums(linear, runSums(linear, activations, sample));
    return;
  }
  const node = network.graph.nodes[at];
  const step = new NetworkStep(node);
  for (let i = 0; i < node.inputs.length; i++) {
    const value = node.inputs[i];
    step.inputs.push(value == null ? 0 : activations.at(value, sample));
  }
  for (let i = 0; i < node.outputs.length; i++)
    step.outputs.push(activations.make(node.outputs[i], sample));
  const run = kernelOf(node.code);
  if (run != null) run(step);
}

/** Computes one sample, whose inputs are given: the outputs are there then. */
export function activationsOf(network: ComputedNetwork, inputs: usize[]): Activations {
  const graph = network.graph;
  const activations = new Activations(network, 1);
  for (let i = 0; i < inputs.length; i++) {
    const bytes = (elementsOf(graph.inputs[i].shape) as usize) << 2;
    memory.copy(activations.make(graph.inputs[i], 0), inputs[i], bytes);
  }
  for (let i = 0; i < graph.nodes.length; i++) {
    runNode(network, i, activations, 0);
    activations.release(i);
  }
  return activations;
}
