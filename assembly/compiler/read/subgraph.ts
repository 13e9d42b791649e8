import { Code, PlaceKind } from "../../diagnostics/codes";
import { fail, failed } from "../../diagnostics/failure";
import { Graph, Operator } from "../graph";
import { OperatorCode } from "./codes";
import { Table, Vector } from "./flatbuffer";
import { Budgets, Limit, within } from "./limits";
import { readOptions } from "./options";
import { OperatorSlot, SubgraphSlot } from "./slots";
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
  const tensors = graph.tensors.length;
  const inputs = table.vector(SubgraphSlot.INPUTS, 4);
  const outputs = table.vector(SubgraphSlot.OUTPUTS, 4);
  if (!readIndices(graph.inputs, inputs, 0, tensors, PlaceKind.NONE, 0, sums)) return false;
  if (!readIndices(graph.outputs, outputs, 0, tensors, PlaceKind.NONE, 0, sums)) return false;
  return readOperators(graph, table.vector(SubgraphSlot.OPERATORS, 4), codes, sums);
}

function readOperators(graph: Graph, tables: Vector, codes: OperatorCode[], sums: Budgets): bool {
  const count = tables.count;
  if (!within(Limit.OPERATORS, count, "operators", PlaceKind.NONE, 0)) return false;
  for (let i: u32 = 0; i < count; i++) {
    const table = tables.table(i);
    if (table == null) return false;
    const operator = new Operator(i);
    if (!readOperator(operator, table, codes, graph.tensors.length, sums)) return false;
    graph.operators.push(operator);
  }
  if (count != 0 || failed()) return !failed();
  return fail(Code.UNSUPPORTED_MODEL, PlaceKind.NONE, 0, "at least one operator", "0");
}

function readOperator(
  operator: Operator,
  table: Table,
  codes: OperatorCode[],
  tensors: i32,
  sums: Budgets,
): bool {
  const at = operator.index;
  const index = table.int(OperatorSlot.CODE_INDEX);
  if (index < 0 || index >= codes.length) {
    const expected = `one of ${codes.length} operator codes`;
    return fail(Code.MALFORMED, PlaceKind.OPERATOR, at, expected, `${index as u32}`);
  }
  operator.code = codes[index].code;
  operator.version = codes[index].version;
  operator.customName = codes[index].customName;
  operator.customOptions = table.span(OperatorSlot.CUSTOM_OPTIONS);
  const inputs = table.vector(OperatorSlot.INPUTS, 4);
  const outputs = table.vector(OperatorSlot.OUTPUTS, 4);
  const kind = PlaceKind.OPERATOR;
  if (!readIndices(operator.inputs, inputs, -1, tensors, kind, at, sums)) return false;
  if (!readIndices(operator.outputs, outputs, 0, tensors, kind, at, sums)) return false;
  return readOptions(operator, table) && !failed();
}

/** Reads tensor indices, each from `lowest` (-1 where one may be left out) to `tensors` - 1. */
function readIndices(
  into: i32[],
  from: Vector,
  lowest: i32,
  tensors: i32,
  kind: PlaceKind,
  place: u32,
  sums: Budgets,
): bool {
  if (!within(Limit.OPERANDS, from.count, "inputs or outputs", kind, place)) return false;
  if (!sums.operands.take(from.count, kind, place)) return false;
  for (let i: u32 = 0; i < from.count; i++) {
    const tensor = from.int(i);
    if (tensor < lowest || tensor >= tensors) {
      const expected = `a tensor from ${lowest} to ${tensors - 1}`;
      return fail(Code.MALFORMED, kind, place, expected, tensor.toString());
    }
    into.push(tensor);
  }
  return !failed();
}
