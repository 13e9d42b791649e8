import { Code, LocationKind } from "../../diagnostics/codes";
import { fail, failed } from "../../diagnostics/failure";
import { FlatBuffer, Table, Vector } from "../../flatbuffers/reader";
import { Builtin } from "../../tflite/schema";
import { ModelSlot } from "../../tflite/slots";
import { Graph, Span } from "../graph";
import { settleAxes } from "./axes";
import { OperatorCode, readOperatorCodes } from "./codes";
import { Budgets } from "./limits";
import { isModel } from "./signature";
import { readSubgraph } from "./subgraph";
import { connect } from "./topology";

/** Of TFLite's schema; its minor revisions (3a and on) only add fields. */
const SCHEMA_VERSION = 3;

/**
 * The first stage: reads a `.tflite` file into a graph whose spans point into the file's bytes.
 *
 * The bytes may be anything. Everything that the graph says has been checked: offsets and
 * indices, shapes against constants, quantization against types and shapes, options against
 * their domains, and that operators stand in an order that can be executed. Null with a fault
 * recorded if something is wrong, or if the model needs what nolfet does not take.
 */
export function readModel(model: Span): Graph | null {
  if (!isModel(model)) return null;
  const file = new FlatBuffer(model.pointer, model.bytes);
  const root = file.root;
  if (root == null) return null;
  const version = root.int(ModelSlot.VERSION);
  if (version != SCHEMA_VERSION) {
    const expected = `version ${SCHEMA_VERSION} of the TensorFlow Lite schema`;
    fail(Code.UNSUPPORTED_MODEL, LocationKind.NONE, 0, expected, `version ${version as u32}`);
    return null;
  }
  const sums = new Budgets();
  const codes = readOperatorCodes(root.vector(ModelSlot.OPERATOR_CODES, 4), sums);
  const subgraphs = root.vector(ModelSlot.SUBGRAPHS, 4);
  if (failed()) return null;
  if (subgraphs.count == 0) {
    fail(Code.MALFORMED, LocationKind.NONE, 0, "a model with a subgraph", "none");
    return null;
  }
  const buffers = root.vector(ModelSlot.BUFFERS, 4);
  const graph = readGraph(subgraphs.table(0), codes, buffers, sums);
  if (graph == null || !areInitializers(graph, subgraphs.count)) return null;
  if (graph.outputs.length == 0) {
    fail(Code.UNSUPPORTED_MODEL, LocationKind.NONE, 0, "at least one output", "0");
    return null;
  }
  graph.initializers.push(null);
  for (let i: u32 = 1; i < subgraphs.count; i++) {
    const initializer = readGraph(subgraphs.table(i), codes, buffers, sums);
    if (initializer == null) return null;
    graph.initializers.push(initializer);
  }
  return graph;
}

function readGraph(
  subgraph: Table | null,
  codes: OperatorCode[],
  buffers: Vector,
  sums: Budgets,
): Graph | null {
  if (subgraph == null) return null;
  const graph = new Graph();
  if (failed() || !readSubgraph(graph, subgraph, codes, buffers, sums)) return null;
  return settleAxes(graph) && connect(graph, sums) ? graph : null;
}

/** Whether CALL_ONCE runs each subgraph but the first, so that they only set variables up. */
function areInitializers(graph: Graph, count: u32): bool {
  const called: i32[] = [];
  for (let i = 0; i < graph.operators.length; i++) {
    const operator = graph.operators[i];
    if (operator.code != Builtin.CALL_ONCE || called.includes(operator.options.subgraph)) continue;
    called.push(operator.options.subgraph);
    if ((operator.options.subgraph as u32) < count) continue;
    const expected = `one of ${count} subgraphs for CALL_ONCE to run`;
    const found = operator.options.subgraph.toString();
    return fail(Code.MALFORMED, LocationKind.OPERATOR, operator.index, expected, found);
  }
  if ((called.length as u32) + 1 == count) return true;
  const expected = "one subgraph, besides those that only set variables up, and no control flow";
  return fail(Code.UNSUPPORTED_MODEL, LocationKind.NONE, 0, expected, `${count} subgraphs`);
}
