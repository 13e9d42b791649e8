import { Code, LocationKind } from "../diagnostics/codes";
import { clearFailure, fail, failureCode } from "../diagnostics/failure";
import { CORES } from "../targets/cores";
import { allocateMemory } from "./allocate/allocate";
import { EncodedJob, encode } from "./encode/encode";
import { fold } from "./fold/fold";
import { hasOnlyValues, resolveVariables } from "./fold/variables";
import { Span } from "./graph";
import { Context } from "./legalize/context";
import { legalize } from "./legalize/legalize";
import { Lowering, lower } from "./lower/lower";
import { readModel } from "./read";
import { exposeAll, pruneTo } from "./read/prune";
import { requantize } from "./requantize/requantize";
import { fitsHost } from "./segment/host-memory";
import { collectSegments } from "./segment/segments";
import { Settings } from "./settings";
import { writeBlob } from "./write/blob";
import { outline } from "./write/outline";
import { extract } from "./write/submodel";

export {
  failureCode,
  failureLocation,
  failureLocationKind,
  failureText,
} from "../diagnostics/failure";

let resultAddress: usize = 0;
let resultSize: u32 = 0;

/** More than any network for such a core has. */
const MOST_MODEL_BYTES: u32 = 256 << 20;

/** Memory for a model, a record or a text; 0 if there is none. One instance compiles one model. */
export function allocate(bytes: u32): usize {
  return bytes > MOST_MODEL_BYTES ? 0 : heap.alloc(max(bytes, 1));
}

/**
 * Compiles `bytes` bytes of a `.tflite` at `model` for the core with that index in the table,
 * with the options in the record at `options` (`Settings`). Gives 0, or a code.
 */
export function compile(model: usize, bytes: u32, core: i32, options: usize): i32 {
  clearFailure();
  run(new Span(model, bytes), core, Settings.at(options));
  return failureCode();
}

/** Writes one operator of a model as a `.tflite` of its own. Gives 0, or a code. */
export function extractOperator(model: usize, bytes: u32, operator: i32): i32 {
  clearFailure();
  const graph = readModel(new Span(model, bytes));
  if (graph == null) return failureCode();
  if (!resolveVariables(graph)) return failureCode();
  fold(graph);
  const known = operator >= 0 && operator < graph.operators.length;
  const file = known ? extract(graph, [operator]).file : null;
  if (file == null) {
    const expected = "an operator that can stand on its own";
    fail(Code.UNSUPPORTED_OPERATOR, LocationKind.OPERATOR, operator, expected, "another");
    return failureCode();
  }
  resultAddress = file.pointer;
  resultSize = file.size;
  return 0;
}

/** Tells a model's operators and borders (`outline`) as the result. Gives 0, or a code. */
export function outlineModel(model: usize, bytes: u32): i32 {
  clearFailure();
  const graph = readModel(new Span(model, bytes));
  if (graph == null) return failureCode();
  const words = outline(graph);
  resultAddress = words.dataStart;
  resultSize = words.length << 2;
  return 0;
}

/** The file after a status of 0. */
export function resultPointer(): usize {
  return resultAddress;
}

export function resultBytes(): u32 {
  return resultSize;
}

function run(model: Span, coreIndex: i32, settings: Settings): void {
  if (!acceptable(coreIndex, settings)) return;
  const core = CORES[coreIndex];
  const graph = readModel(model);
  if (graph == null) return;
  if (!resolveVariables(graph)) return;
  if (settings.stopAt.bytes != 0 && !pruneTo(graph, settings.stopAt)) return;
  fold(graph);
  if (settings.exposesAll) exposeAll(graph);
  const context = new Context(graph, core, settings);
  const legal = legalize(context);
  if (legal == null || !hasOnlyValues(graph)) return;
  const segments = collectSegments(graph, legal);
  if (!fitsHost(graph, segments)) return;
  const legalizations = requantize(context, legal, segments);
  if (legalizations == null) return;
  const lowerings: Lowering[] = [];
  const encoded: EncodedJob[][] = [];
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i];
    if (!segment.onNpu) continue;
    const lowering = lower(segment, graph, legalizations, core, settings);
    const jobs = encode(lowering, segment.isSigned(graph), core, settings);
    if (jobs == null) return;
    // Coefficients may be coded in a way that is less sure than the pattern.
    for (let j = 0; j < jobs.length; j++)
      legalizations[jobs[j].job.operator].weaken(jobs[j].job.mark);
    lowerings.push(lowering);
    encoded.push(jobs);
  }
  const memory = allocateMemory(lowerings, encoded);
  if (memory == null) return;
  const blob = writeBlob(
    graph,
    legalizations,
    segments,
    lowerings,
    encoded,
    memory,
    core,
    settings,
  );
  resultAddress = blob.pointer;
  resultSize = blob.size;
}

function acceptable(coreIndex: i32, settings: Settings): bool {
  if (settings.contradictory) {
    return fail(
      Code.BAD_OPTION,
      LocationKind.NONE,
      0,
      "options that go together",
      "strict with unproven jobs",
    );
  }
  if (coreIndex < 0 || coreIndex >= CORES.length) {
    return fail(
      Code.UNSUPPORTED_TARGET,
      LocationKind.NONE,
      0,
      "a core of the table",
      `number ${coreIndex}`,
    );
  }
  return true;
}
