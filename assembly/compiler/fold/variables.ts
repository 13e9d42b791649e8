import { Code, LocationKind } from "../../diagnostics/codes";
import { fail, failed } from "../../diagnostics/failure";
import { operatorName } from "../../tflite/operators";
import { Builtin, DTYPE_BYTES, DTYPE_NAMES } from "../../tflite/schema";
import { Graph, Operator, Span, State, Tensor } from "../graph";
import { quote } from "../read/text";
import { evaluateKnown } from "./fold";

/** Each handle's name is compared with all others. */
const MOST_HANDLES = 1024;
const MOST_NAME_BYTES: u32 = 1024;

/** A variable of TensorFlow's, which VAR_HANDLE names. */
class Variable {
  /** The tensor that holds its value at this point of the graph; -1 before the first is known. */
  current: i32 = -1;
  /** Where the value of the last run is first read; -1 if it never is. */
  state: State | null = null;
  initial: Tensor | null = null;

  constructor(
    public container: Span,
    public name: Span,
  ) {}

  isNamed(container: Span, name: Span): bool {
    return same(this.container, container) && same(this.name, name);
  }
}

function same(a: Span, b: Span): bool {
  return a.bytes == b.bytes && memory.compare(a.pointer, b.pointer, a.bytes) == 0;
}

/**
 * Makes values of variables: what READ_VARIABLE gives is the tensor that was assigned before, or a
 * state that each run begins with, and what is assigned last is that state for the next run. The
 * operators on variables go, and CALL_ONCE, whose subgraph gives their first values.
 * False with a fault recorded.
 */
export function resolveVariables(graph: Graph): bool {
  const resolver = new Resolver(graph);
  for (let i = 0; i < graph.operators.length; i++) {
    if (!resolver.take(graph.operators[i])) return false;
  }
  return resolver.finish();
}

/**
 * A tensor that is flagged as a variable is written by operators with a memory of their own, as LSTM,
 * which nolfet has no kernels for. What others would read there, TFLite and TFLite Micro disagree on.
 * False with a fault recorded where an operator reads one that nothing computes.
 */
export function hasOnlyValues(graph: Graph): bool {
  if (!haveValues(graph, graph.inputs, "inputs")) return false;
  if (!haveValues(graph, graph.outputs, "outputs")) return false;
  for (let i = 0; i < graph.operators.length; i++) {
    const operator = graph.operators[i];
    for (let j = 0; j < operator.inputs.length; j++) {
      if (operator.inputs[j] < 0) continue;
      const tensor = graph.tensors[operator.inputs[j]];
      if (!tensor.isVariable || isGiven(tensor, graph)) continue;
      const expected = "variables to be read by READ_VARIABLE alone";
      const found = `${quote(tensor.name)}, a variable that ${operatorName(operator.code)} reads`;
      return fail(Code.UNSUPPORTED_MODEL, LocationKind.OPERATOR, i, expected, found);
    }
  }
  return true;
}

/** Texts, handles of variables and numbers of rare types have no bytes that a host could take. */
function haveValues(graph: Graph, indices: i32[], what: string): bool {
  for (let i = 0; i < indices.length; i++) {
    const tensor = graph.tensors[indices[i]];
    if (DTYPE_BYTES[tensor.dtype] != 0) continue;
    const found = `${quote(tensor.name)} of type ${DTYPE_NAMES[tensor.dtype]}`;
    const expected = `${what} of a type whose values are known`;
    return fail(Code.UNSUPPORTED_MODEL, LocationKind.TENSOR, indices[i], expected, found);
  }
  return true;
}

function isGiven(tensor: Tensor, graph: Graph): bool {
  if (tensor.producer >= 0 || tensor.isConstant || graph.inputs.includes(tensor.index)) return true;
  for (let i = 0; i < graph.states.length; i++) {
    if (graph.states[i].input == tensor.index) return true;
  }
  return false;
}

class Resolver {
  private variables: Variable[] = [];
  /** By tensor: the variable that it is a handle of, and the tensor that stands for it. */
  private handles: Map<i32, Variable> = new Map();
  private aliases: StaticArray<i32>;
  private kept: Operator[] = [];
  private named: i32 = 0;

  constructor(private graph: Graph) {
    this.aliases = new StaticArray<i32>(graph.tensors.length);
    for (let i = 0; i < this.aliases.length; i++) this.aliases[i] = i;
  }

  take(operator: Operator): bool {
    this.rename(operator.inputs);
    switch (operator.code) {
      case Builtin.CALL_ONCE:
        return this.initialize(operator);
      case Builtin.VAR_HANDLE:
        return this.name(operator, this.handles);
      case Builtin.READ_VARIABLE:
        return this.read(operator);
      case Builtin.ASSIGN_VARIABLE:
        return this.assign(operator);
      default:
        this.kept.push(operator);
        return true;
    }
  }

  /** Completes the states, and connects the operators that are left. */
  finish(): bool {
    const graph = this.graph;
    if (this.kept.length == graph.operators.length) return true;
    this.rename(graph.outputs);
    for (let i = 0; i < this.variables.length; i++) {
      if (!this.settle(this.variables[i])) return false;
    }
    graph.operators = this.kept;
    reconnect(graph);
    return true;
  }

  private rename(tensors: i32[]): void {
    for (let i = 0; i < tensors.length; i++) {
      if (tensors[i] >= 0) tensors[i] = this.aliases[tensors[i]];
    }
  }

  /** Runs a subgraph that assigns known values, the first time. */
  private initialize(call: Operator): bool {
    const graph = this.graph.initializers[call.options.subgraph];
    if (graph == null) return true;
    this.graph.initializers[call.options.subgraph] = null;
    evaluateKnown(graph);
    const handles = new Map<i32, Variable>();
    for (let i = 0; i < graph.operators.length; i++) {
      const operator = graph.operators[i];
      if (operator.code == Builtin.VAR_HANDLE) {
        if (!this.name(operator, handles)) return false;
        continue;
      }
      if (operator.code != Builtin.ASSIGN_VARIABLE) {
        if (operator.outputs.length == 1 && graph.tensors[operator.outputs[0]].producer < 0)
          continue;
        return this.refuse(call, "a subgraph that sets variables to known values", "another");
      }
      const value = graph.tensors[operator.inputs[1]];
      if (!handles.has(operator.inputs[0]) || !value.isConstant) {
        return this.refuse(call, "a subgraph that sets variables to known values", "another");
      }
      handles.get(operator.inputs[0]).initial = value;
    }
    return true;
  }

  private name(operator: Operator, handles: Map<i32, Variable>): bool {
    const variable = this.variableOf(operator);
    if (++this.named > MOST_HANDLES || variable.name.bytes > MOST_NAME_BYTES) {
      const expected = `at most ${MOST_HANDLES} handles of variables, with names of ${MOST_NAME_BYTES} bytes`;
      return fail(Code.TOO_LARGE, LocationKind.OPERATOR, operator.index, expected, "more");
    }
    handles.set(operator.outputs[0], variable);
    return !failed();
  }

  private variableOf(operator: Operator): Variable {
    const container = operator.options.container;
    const name = operator.options.sharedName;
    for (let i = 0; i < this.variables.length; i++) {
      if (this.variables[i].isNamed(container, name)) return this.variables[i];
    }
    const variable = new Variable(container, name);
    this.variables.push(variable);
    return variable;
  }

  private read(operator: Operator): bool {
    if (!this.handles.has(operator.inputs[0])) return this.refuseHandle(operator);
    const variable = this.handles.get(operator.inputs[0]);
    const output = operator.outputs[0];
    if (variable.current < 0) {
      variable.state = new State(output, output);
      variable.current = output;
      return true;
    }
    const value = this.graph.tensors[variable.current];
    if (!areAlike(this.graph.tensors[output], value)) return this.refuseTensors(operator, value);
    this.aliases[output] = variable.current;
    return true;
  }

  private assign(operator: Operator): bool {
    if (!this.handles.has(operator.inputs[0])) return this.refuseHandle(operator);
    const variable = this.handles.get(operator.inputs[0]);
    variable.current = operator.inputs[1];
    const state = variable.state;
    if (state == null) return true;
    state.output = variable.current;
    const value = this.graph.tensors[variable.current];
    const isKept = areAlike(this.graph.tensors[state.input], value);
    return isKept || this.refuseTensors(operator, value);
  }

  /** A variable that is never assigned is a constant; others keep their last value. */
  private settle(variable: Variable): bool {
    const state = variable.state;
    if (state == null) return true;
    const input = this.graph.tensors[state.input];
    const initial = variable.initial;
    if (initial != null) {
      if (initial.dtype != input.dtype || initial.elements != input.elements) {
        const expected = `a first value of the variable ${quote(variable.name)} that fits it`;
        return fail(Code.MALFORMED, LocationKind.TENSOR, input.index, expected, "another");
      }
      state.initial = initial.data;
    }
    if (state.output == state.input && initial != null) input.data = initial.data;
    else this.graph.states.push(state);
    return true;
  }

  private refuseHandle(operator: Operator): bool {
    return this.refuse(operator, "a variable that VAR_HANDLE names", "another");
  }

  private refuseTensors(operator: Operator, value: Tensor): bool {
    const expected = "values of a variable that have one type, shape and quantization";
    return this.refuse(operator, expected, `others in ${quote(value.name)}`);
  }

  private refuse(operator: Operator, expected: string, found: string): bool {
    return fail(Code.UNSUPPORTED_MODEL, LocationKind.OPERATOR, operator.index, expected, found);
  }
}

/** Whether the bytes of one tensor mean the same as another's. */
function areAlike(a: Tensor, b: Tensor): bool {
  if (a.dtype != b.dtype || a.elements != b.elements) return false;
  if (a.shape.length != b.shape.length) return false;
  for (let i = 0; i < a.shape.length; i++) if (a.shape[i] != b.shape[i]) return false;
  return a.quantization.isAlike(b.quantization);
}

/** Numbers the operators anew, and fills producers and consumers. */
function reconnect(graph: Graph): void {
  for (let i = 0; i < graph.tensors.length; i++) {
    graph.tensors[i].producer = -1;
    graph.tensors[i].consumers = [];
  }
  for (let i = 0; i < graph.operators.length; i++) {
    const operator = graph.operators[i];
    operator.index = i;
    for (let j = 0; j < operator.outputs.length; j++) {
      graph.tensors[operator.outputs[j]].producer = i;
    }
    for (let j = 0; j < operator.inputs.length; j++) {
      if (operator.inputs[j] < 0) continue;
      const consumers = graph.tensors[operator.inputs[j]].consumers;
      const last = consumers.length - 1;
      if (last < 0 || consumers[last] != i) consumers.push(i);
    }
  }
}
