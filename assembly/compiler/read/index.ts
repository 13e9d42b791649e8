import { Code, PlaceKind } from "../../diagnostics/codes";
import { fail, failed } from "../../diagnostics/failure";
import { Graph, Span } from "../graph";
import { settleAxes } from "./axes";
import { readOperatorCodes } from "./codes";
import { FlatBuffer } from "./flatbuffer";
import { Budgets } from "./limits";
import { isModel } from "./signature";
import { ModelSlot } from "./slots";
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
    fail(Code.UNSUPPORTED_MODEL, PlaceKind.NONE, 0, expected, `version ${version as u32}`);
    return null;
  }
  const subgraphs = root.vector(ModelSlot.SUBGRAPHS, 4);
  if (subgraphs.count != 1) {
    const code = subgraphs.count == 0 ? Code.MALFORMED : Code.UNSUPPORTED_MODEL;
    const found = `${subgraphs.count} subgraphs`;
    fail(code, PlaceKind.NONE, 0, "a model of one subgraph, without control flow", found);
    return null;
  }
  const subgraph = subgraphs.table(0);
  if (subgraph == null) return null;
  const sums = new Budgets();
  const graph = new Graph();
  graph.model = model;
  const codes = readOperatorCodes(root.vector(ModelSlot.OPERATOR_CODES, 4), sums);
  const buffers = root.vector(ModelSlot.BUFFERS, 4);
  if (failed() || !readSubgraph(graph, subgraph, codes, buffers, sums)) return null;
  return settleAxes(graph) && connect(graph, sums) ? graph : null;
}
