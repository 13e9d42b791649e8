import { basename } from "node:path";
import type { Command } from "commander";
import type { Explanation, LayerReport } from "../explain/explanation.ts";
import { isBlob } from "../identifier.ts";
import { compile, explain, findTarget, NolfetError, openBlob } from "../index.ts";
import { duration, grouped, size } from "../numbers.ts";
import { printable } from "../printable.ts";
import { about } from "./files.ts";
import { readModelFile } from "./model.ts";
import { addJson } from "./options.ts";
import { paint, print, printJson, table } from "./terminal.ts";

interface Options {
  target?: string[];
  json?: boolean;
}

export function addDiff(program: Command): void {
  const command = program
    .command("diff")
    .description("compare two blobs, or one model compiled for two cores: layers, time, memory")
    .argument("<file>", "a .nolf file, or with --target A,B a model")
    .argument("[other]", "another .nolf file");
  addJson(
    command.option("-t, --target <names>", "two cores, separated by a comma", (text) =>
      text.split(","),
    ),
  ).action(diff);
}

/** One of the two sides. */
interface Side {
  name: string;
  blob: Uint8Array;
  explanation: Explanation;
}

async function diff(file: string, other: string | undefined, options: Options): Promise<void> {
  const sides = await (options.target
    ? compiledFor(file, other, options.target)
    : Promise.all([file, other].map(blobAt)));
  const [a, b] = sides as [Side, Side];
  const document = documentOf(a, b);
  if (options.json) printJson(document);
  else print(textOf(a, b, document));
}

async function compiledFor(
  file: string,
  other: string | undefined,
  targets: string[],
): Promise<Side[]> {
  if (other !== undefined || targets.length !== 2) {
    const found = other === undefined ? `${targets.length} cores` : "two files with --target";
    throw new NolfetError("BAD_OPTION", "two .nolf files, or a model and --target A,B", found);
  }
  const model = await readModelFile(file);
  return Promise.all(
    targets.map(async (target) => {
      const blob = await about(file, () => compile(model, { target }));
      return { name: findTarget(target).name, blob, explanation: explained(blob) };
    }),
  );
}

async function blobAt(path: string | undefined): Promise<Side> {
  if (path === undefined) {
    const expected = "two .nolf files, or a model and --target A,B";
    throw new NolfetError("BAD_OPTION", expected, "one file");
  }
  const blob = await readModelFile(path);
  if (!isBlob(blob)) {
    throw new NolfetError("BAD_OPTION", "a .nolf file, or --target A,B", `a model: ${path}`);
  }
  return { name: basename(path), blob, explanation: await about(path, () => explained(blob)) };
}

function explained(blob: Uint8Array): Explanation {
  return explain(openBlob(blob), blob.length);
}

function documentOf(a: Side, b: Side) {
  const total = ({ explanation }: Side) => totals(explanation);
  const [ofA, ofB] = [total(a), total(b)];
  const layers = layersOf(a.explanation, b.explanation);
  return {
    a: { name: a.name, target: a.explanation.target, ...ofA },
    b: { name: b.name, target: b.explanation.target, ...ofB },
    identical: Buffer.from(a.blob).equals(Buffer.from(b.blob)),
    layers,
  };
}

function totals({ operators, segments, memory, weights, estimate }: Explanation) {
  return {
    operatorsOnNpu: operators.filter(({ placement }) => placement === "NPU").length,
    operators: operators.length,
    npuSegments: segments.filter(({ placement }) => placement === "NPU").length,
    jobs: segments.reduce((sum, { jobs }) => sum + jobs.length, 0),
    coefficientBytes: weights.coefficientBytes,
    arenaBytes: memory.arenaBytes,
    fileBytes: memory.fileBytes,
    estimatedMilliseconds: estimate.milliseconds,
  };
}

interface LayerSide {
  placement: LayerReport["placement"];
  mark?: LayerReport["mark"];
  jobs: number;
  coefficientBytes: number;
  milliseconds: number;
}

interface LayerDifference {
  index: number;
  name: string;
  a?: LayerSide;
  b?: LayerSide;
}

/** Layers by index, where anything differs; a layer of another name at an index is a layer of its own. */
function layersOf(a: Explanation, b: Explanation): LayerDifference[] {
  const key = ({ index, name }: LayerReport) => `${index} ${name}`;
  const others = new Map(b.operators.map((layer) => [key(layer), layer]));
  const both = a.operators.map((layer) => {
    const other = others.get(key(layer));
    others.delete(key(layer));
    return { layer, a: sideOf(layer), b: other && sideOf(other) };
  });
  const onlyB = [...others.values()].map((layer) => ({ layer, a: undefined, b: sideOf(layer) }));
  return [...both, ...onlyB]
    .filter(({ a, b }) => JSON.stringify(a) !== JSON.stringify(b))
    .sort((one, two) => one.layer.index - two.layer.index)
    .map(({ layer: { index, name }, a, b }) => ({
      index,
      name,
      ...(a ? { a } : {}),
      ...(b ? { b } : {}),
    }));
}

function sideOf({ placement, mark, jobs, coefficientBytes, estimate }: LayerReport): LayerSide {
  return {
    placement,
    ...(mark ? { mark } : {}),
    jobs: jobs.reduce((sum, { count }) => sum + count, 0),
    coefficientBytes,
    milliseconds: estimate?.milliseconds ?? 0,
  };
}

/** Layers that the terminal shows; the document holds all. */
const MOST_LAYERS = 40;

/** Numbers that are set side by side, and how each is written. */
const ROWS: {
  key: keyof ReturnType<typeof totals>;
  name: string;
  words(value: number): string;
}[] = [
  { key: "operatorsOnNpu", name: "operators on the NPU", words: grouped },
  { key: "npuSegments", name: "NPU segments", words: grouped },
  { key: "jobs", name: "jobs", words: grouped },
  { key: "coefficientBytes", name: "coefficients", words: size },
  { key: "arenaBytes", name: "arena", words: size },
  { key: "fileBytes", name: "file", words: size },
  { key: "estimatedMilliseconds", name: "time, estimated", words: duration },
];

function textOf(a: Side, b: Side, document: ReturnType<typeof documentOf>): string {
  const head = ["", printable(a.name), printable(b.name), "ratio"];
  const lines = [
    table(
      head,
      ROWS.map(({ key, name, words }) => {
        const [first, second] = [document.a[key], document.b[key]];
        return [name, words(first), words(second), ratio(first, second)];
      }),
      head.slice(1),
    ),
    "",
  ];
  if (document.identical) return [...lines, "the same bytes"].join("\n");
  const { layers } = document;
  if (layers.length === 0)
    return [...lines, "no layer differs in placement, jobs or bytes"].join("\n");
  const shown = [...layers]
    .sort((one, two) => change(two) - change(one) || one.index - two.index)
    .slice(0, MOST_LAYERS);
  lines.push(
    table(
      ["#", "layer", printable(a.name), printable(b.name)],
      shown.map(({ index, name, a, b }) => [index, printable(name), sideWords(a), sideWords(b)]),
      ["#"],
    ),
  );
  const left = layers.length - shown.length;
  if (left > 0) lines.push(paint.dim(`and ${left} more (--json lists all)`));
  return lines.join("\n");
}

/** By how many milliseconds a layer differs. */
function change({ a, b }: LayerDifference): number {
  return Math.abs((a?.milliseconds ?? 0) - (b?.milliseconds ?? 0));
}

function sideWords(side: LayerSide | undefined): string {
  if (!side) return "–";
  if (side.placement === "CPU") return "CPU";
  const { mark, jobs, coefficientBytes, milliseconds } = side;
  return `${mark}, ${jobs} jobs, ${size(coefficientBytes)}, ${duration(milliseconds)}`;
}

function ratio(a: number, b: number): string {
  return a === 0 ? "–" : (b / a).toFixed(2);
}
