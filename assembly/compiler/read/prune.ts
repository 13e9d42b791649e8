import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { Graph, Operator, Span, State, Tensor } from "../graph";
import { quote } from "./text";

/**
 * Ends the graph earlier: the computed tensor of that name becomes its only output, and
 * operators and inputs that it does not depend on go. What stays is numbered anew. False with a
 * fault recorded where there is no such tensor.
 */
export function pruneTo(graph: Graph, name: Span): bool {
  const end = computedTensor(graph, name);
  if (end == null) {
    const expected = "the name of a tensor that an operator computes";
    return fail(Code.BAD_OPTION, LocationKind.NONE, 0, expected, quote(name));
  }
  graph.outputs = [end.index];
  const wanted = keepNeeded(graph);
  const inputs: i32[] = [];
  for (let i = 0; i < graph.inputs.length; i++) {
    if (wanted[graph.inputs[i]]) inputs.push(graph.inputs[i]);
  }
  graph.inputs = inputs;
  return true;
}

/**
 * Drops the operators that no output depends on, in this run or a later one, and what is kept between
 * runs for them. Gives which tensors are needed, by index.
 */
export function keepNeeded(graph: Graph): StaticArray<bool> {
  const wanted = new StaticArray<bool>(graph.tensors.length);
  for (let i = 0; i < graph.outputs.length; i++) wanted[graph.outputs[i]] = true;
  let numbers = neededOperators(graph, wanted);
  while (wantsStates(graph, wanted)) numbers = neededOperators(graph, wanted);
  keepOperators(graph, numbers);
  graph.states = neededStates(graph, wanted);
  return wanted;
}

/** Marks what the states that are read end a run with; false where all of that is marked. */
function wantsStates(graph: Graph, wanted: StaticArray<bool>): bool {
  let more = false;
  for (let i = 0; i < graph.states.length; i++) {
    const state = graph.states[i];
    if (!wanted[state.input] || wanted[state.output]) continue;
    wanted[state.output] = true;
    more = true;
  }
  return more;
}

function neededStates(graph: Graph, wanted: StaticArray<bool>): State[] {
  const needed: State[] = [];
  for (let i = 0; i < graph.states.length; i++) {
    if (wanted[graph.states[i].input]) needed.push(graph.states[i]);
  }
  return needed;
}

/** Makes every computed tensor an output, in the order of the operators. */
export function exposeAll(graph: Graph): void {
  const outputs: i32[] = [];
  for (let i = 0; i < graph.operators.length; i++) {
    const computed = graph.operators[i].outputs;
    for (let j = 0; j < computed.length; j++) outputs.push(computed[j]);
  }
  graph.outputs = outputs;
}

function computedTensor(graph: Graph, name: Span): Tensor | null {
  for (let i = 0; i < graph.tensors.length; i++) {
    const tensor = graph.tensors[i];
    if (tensor.producer < 0 || tensor.name.bytes != name.bytes) continue;
    if (memory.compare(tensor.name.pointer, name.pointer, name.bytes) == 0) return tensor;
  }
  return null;
}

const DROPPED = -1;

/**
 * The new number of each operator, DROPPED for one that nothing wanted depends on. Operators
 * stand in the order of execution, so one way back through them finds all. Marks their inputs.
 */
function neededOperators(graph: Graph, wanted: StaticArray<bool>): StaticArray<i32> {
  const numbers = new StaticArray<i32>(graph.operators.length).fill(DROPPED);
  let count = 0;
  for (let i = graph.operators.length - 1; i >= 0; i--) {
    const operator = graph.operators[i];
    if (!computesWanted(graph, operator, wanted)) continue;
    numbers[i] = 0;
    count++;
    for (let j = 0; j < operator.inputs.length; j++) {
      if (operator.inputs[j] >= 0) wanted[operator.inputs[j]] = true;
    }
  }
  for (let i = graph.operators.length - 1; i >= 0; i--) {
    if (numbers[i] != DROPPED) numbers[i] = --count;
  }
  return numbers;
}

/** A tensor that was evaluated at compile time has no producer, although its operator is still listed. */
function computesWanted(graph: Graph, operator: Operator, wanted: StaticArray<bool>): bool {
  for (let i = 0; i < operator.outputs.length; i++) {
    const index = operator.outputs[i];
    if (wanted[index] && graph.tensors[index].producer == operator.index) return true;
  }
  return false;
}

/** Numbers the operators anew that are kept, and drops the rest. */
function keepOperators(graph: Graph, numbers: StaticArray<i32>): void {
  const operators = graph.operators;
  graph.operators = [];
  for (let i = 0; i < operators.length; i++) {
    if (numbers[i] == DROPPED) continue;
    operators[i].index = numbers[i];
    graph.operators.push(operators[i]);
  }
  for (let i = 0; i < graph.tensors.length; i++) {
    const tensor = graph.tensors[i];
    if (tensor.producer >= 0) tensor.producer = numbers[tensor.producer];
    const consumers = tensor.consumers;
    tensor.consumers = [];
    for (let j = 0; j < consumers.length; j++) {
      if (numbers[consumers[j]] != DROPPED) tensor.consumers.push(numbers[consumers[j]]);
    }
  }
}
