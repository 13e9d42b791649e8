import { test } from "uvu";
import * as assert from "uvu/assert";
import { circles, graphOf, type ImportGraph, readImportGraph } from "./import-graph.ts";

/**
 * The compiler's folders in the order of the data. A folder imports itself and those before it.
 * `fields` are the bits of descriptors, `plan` is the language between stages, `generations` tells
 * what differs between NPUs: no stage owns them.
 */
const STAGES = [
  "fields",
  "plan",
  "generations",
  "read",
  "fold",
  "legalize",
  "segment",
  "requantize",
  "lower",
  "encode",
  "allocate",
  "write",
].map((stage) => `assembly/compiler/${stage}`);

/** The importer's, likewise: the graph is the language between stages. */
const IMPORTER_STAGES = [
  "graph",
  "onnx",
  "tflite",
  "lift",
  "simplify",
  "measure",
  "quantize",
  "calibrate",
  "write",
].map((stage) => `assembly/importer/${stage}`);

/** What a folder must never import. */
const FORBIDDEN: [from: string, to: string][] = [
  ["assembly/emulator", "assembly/compiler"],
  ["assembly/compiler", "assembly/emulator"],
  ["assembly/cpu", "assembly/compiler"],
  ["assembly/compiler", "assembly/cpu"],
  ["assembly/tflite", "assembly/compiler"],
  ["assembly/tflite", "assembly/cpu"],
  ["assembly/tflite", "assembly/emulator"],
  ["assembly/targets", "assembly/compiler"],
  ["assembly/importer", "assembly/compiler"],
  ["assembly/compiler", "assembly/importer"],
  ["assembly/importer", "assembly/cpu"],
  ["assembly/importer", "assembly/emulator"],
  ["assembly", "host"],
];

const graph = readImportGraph(["assembly", "host"]);

test("no files import each other in a circle", () => {
  assert.equal(circles(graph), []);
});

test("no stage of the compiler imports a later one", () => {
  assert.equal(arrowsToLaterStages(graph), []);
});

test("no stage of the importer imports a later one", () => {
  assert.equal(arrowsToLaterStages(graph, IMPORTER_STAGES), []);
});

test("emulator, compiler, CPU kernels and TFLite's facts keep apart", () => {
  for (const [from, to] of FORBIDDEN) assert.equal(arrows(graph, from, to), [], `${from} → ${to}`);
});

test("a circle and an arrow to a later stage are found", () => {
  const bad = graphOf(
    new Map([
      ["assembly/compiler/read/a.ts", 'import { b } from "../lower/b";\nimport "./c";'],
      ["assembly/compiler/lower/b.ts", 'import {\n  C,\n} from "../read/c";'],
      ["assembly/compiler/read/c.ts", 'export { a } from "./a";'],
    ]),
  );
  assert.equal(circles(bad), [[...bad.keys()].sort()]);
  assert.equal(arrowsToLaterStages(bad), [
    "assembly/compiler/read/a.ts → assembly/compiler/lower/b.ts",
  ]);
});

function arrowsToLaterStages(imports: ImportGraph, stages = STAGES): string[] {
  return stages.flatMap((from, i) =>
    stages.slice(i + 1).flatMap((later) => arrows(imports, from, later)),
  );
}

function arrows(imports: ImportGraph, from: string, to: string): string[] {
  return [...imports]
    .filter(([file]) => file.startsWith(`${from}/`))
    .flatMap(([file, targets]) =>
      targets
        .filter((target) => target.startsWith(`${to}/`))
        .map((target) => `${file} → ${target}`),
    );
}

test.run();
