import { Code, LocationKind } from "../../diagnostics/codes";
import { fail, failed } from "../../diagnostics/failure";
import { Table, Vector } from "../../flatbuffers/reader";
import { OperatorSlot, SubgraphSlot } from "../../tflite/slots";
import { Graph, Operator } from "../graph";
import { OperatorCode } from "./codes";
import { isDetectionOperator, readDetection } from "./detection";
import { Budgets, Limit, within } from "./limits";
import { checkOperands } from "./operands";
import { readOptions } from "./options";
import { keepOptions } from "./stored-options";
import { readTensors } from "./tensors";

/**
 * Reads tensors, operators, inputs and outputs into the graph: every index in it exists, how
 * operators connect is not looked at. False with a fault recorded.
 */
export function readSubgraph(
  graph: Graph,
  table: Table,
  codes: OperatorCode[],
  buffers: Vector,
  sums: Budgets,
): bool {
  if (!readTensors(graph, table.vector(SubgraphSlot.TENSORS, 4), buffers, sums)) return false;
  const ends = new IndexReader(graph.tensors.length, sums, LocationKind.NONE, 0);
  graph.inputs = ends.read(table.vector(SubgraphSlot.INPUTS, 4), "an input of the model");
  graph.outputs = ends.read(table.vector(SubgraphSlot.OUTPUTS, 4), "an output of the model");
  if (failed()) return false;
  return readOperators(graph, table.vector(SubgraphSlot.OPERATORS, 4), codes, sums);
}

function readOperators(graph: Graph, tables: Vector, codes: OperatorCode[], sums: Budgets): bool {
  const count = tables.count;
  if (!within(Limit.OPERATORS, count, "operators", LocationKind.NONE, 0)) return false;
  for (let i: u32 = 0; i < count; i++) {
    const table = tables.table(i);
    if (table == null) return false;
    const operator = new Operator(i);
    const indices = new IndexReader(graph.tensors.length, sums, LocationKind.OPERATOR, i);
    if (!readOperator(operator, table, codes, indices)) return false;
    if (isDetectionOperator(operator) && !readDetection(operator, graph)) return false;
    graph.operators.push(operator);
  }
  return !failed();
}

function readOperator(
  operator: Operator,
  table: Table,
  codes: OperatorCode[],
  indices: IndexReader,
): bool {
  const index = table.int(OperatorSlot.CODE_INDEX);
  if (index < 0 || index >= codes.length) {
    const expected = `one of ${codes.length} operator codes`;
    const found = (index as u32).toString();
    return fail(Code.MALFORMED, LocationKind.OPERATOR, operator.index, expected, found);
  }
  const code = codes[index];
  operator.code = code.code;
  operator.version = code.version;
  operator.customName = code.customName;
  operator.customOptions = table.span(OperatorSlot.CUSTOM_OPTIONS);
  operator.inputs = indices.read(table.vector(OperatorSlot.INPUTS, 4), "an input", -1);
  operator.outputs = indices.read(table.vector(OperatorSlot.OUTPUTS, 4), "an output");
  keepOptions(operator, table);
  return !failed() && readOptions(operator, table) && checkOperands(operator) && !failed();
}

/** Reads lists of tensor indices, all of one location. */
class IndexReader {
  constructor(
    private tensors: i32,
    private sums: Budgets,
    private kind: LocationKind,
    private location: u32,
  ) {}

  /** Indices from `lowest` on, -1 where one may be left out; an empty list with a fault recorded. */
  read(from: Vector, what: string, lowest: i32 = 0): i32[] {
    const indices: i32[] = [];
    if (!within(Limit.OPERANDS, from.count, "inputs or outputs", this.kind, this.location)) {
      return indices;
    }
    if (!this.sums.operands.take(from.count, this.kind, this.location)) return indices;
    for (let i: u32 = 0; i < from.count; i++) {
      const index = from.int(i);
      if (index < lowest || index >= this.tensors) {
        const expected = `${what} from tensor ${lowest} to ${this.tensors - 1}`;
        fail(Code.MALFORMED, this.kind, this.location, expected, index.toString());
        return [];
      }
      indices.push(index);
    }
    return indices;
  }
}
