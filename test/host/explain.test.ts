import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toCsv } from "../../host/explain/csv.ts";
import type { Explanation, LayerReport } from "../../host/explain/explanation.ts";
import {
  type CompileOptions,
  compile,
  coreView,
  explain,
  findTarget,
  openBlob,
} from "../../host/index.ts";
import { hasShared, readShared } from "../support/shared.ts";
import { classifierModel, perChannelModel } from "./models.ts";

const DIGITS = readFileSync(new URL("../../models/digits/digits_uint8.tflite", import.meta.url));

async function explained(
  model: Uint8Array,
  target = "a311d",
  options: Partial<CompileOptions> = {},
): Promise<Explanation> {
  const blob = await compile(model, { target, ...options });
  return explain(openBlob(blob), blob.length);
}

function sum(numbers: (number | undefined)[]): number {
  return numbers.reduce<number>((total, number) => total + (number ?? 0), 0);
}

const digits = await explained(DIGITS);

test("is plain data, the same after a way through JSON", () => {
  assert.equal(JSON.parse(JSON.stringify(digits)), digits);
});

test("gives each layer its share of what the report tells of the whole", () => {
  const { operators, segments, macs, weights, estimate } = digits;
  const jobs = segments.flatMap((segment) => segment.jobs);
  assert.is(sum(operators.map((layer) => layer.macs)), macs.total);
  assert.is(sum(operators.map((layer) => layer.weightBytes)), weights.modelBytes);
  assert.is(sum(operators.map((layer) => layer.entropyBytes)), weights.entropyBytes);
  assert.is(sum(operators.flatMap(({ jobs }) => jobs.map(({ count }) => count))), jobs.length);
  const milliseconds = sum(operators.map(({ estimate }) => estimate?.milliseconds));
  assert.ok(Math.abs(milliseconds - estimate.milliseconds) < 1e-9);
  for (const { placement, estimate, reason } of operators) {
    assert.is(placement === "CPU", reason !== undefined);
    if (placement === "CPU") assert.is(estimate, undefined);
  }
});

test("follows tensors from operator to operator, and in and out", () => {
  const { edges, operators, inputs, outputs } = digits;
  assert.equal(edges[0], { tensor: inputs[0], to: 0 });
  assert.equal(edges.at(-1), { tensor: outputs[0], from: operators.length - 1 });
  for (const { tensor, from, to } of edges) {
    if (from !== undefined) assert.ok(operators[from]?.outputs.includes(tensor));
    if (to !== undefined) assert.ok(operators[to]?.inputs.includes(tensor));
  }
  // The digits' network is a chain.
  assert.is(edges.length, operators.length + 1);
});

test("links every job to the word that starts it", () => {
  for (const { jobs, stream } of digits.segments) {
    assert.equal(
      stream.flatMap(({ job }) => job ?? []),
      jobs.map(({ index }) => index),
    );
  }
});

/** What must hold of any placement: nothing lies on what lives at the same time. */
function checkMemory({ segments, constants, memory }: Explanation): void {
  for (const { memory: map, jobs } of segments) {
    if (!map) continue;
    const { buffers, peak, lowerBound } = map;
    assert.ok(lowerBound <= peak && peak <= memory.arenaBytes);
    buffers.forEach((a, i) => {
      for (const b of buffers.slice(i + 1)) {
        const meet = a.first <= b.last && b.first <= a.last;
        const overlap = a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
        assert.not(meet && overlap, JSON.stringify([a, b]));
      }
    });
    const alive = (job: number) =>
      sum(buffers.map(({ first, last, bytes }) => (first <= job && job <= last ? bytes : 0)));
    const times = Array.from({ length: jobs.length + 2 }, (_, i) => i - 1);
    assert.is(Math.max(...times.map(alive)), lowerBound);
    // A job reads and writes what is alive while it runs.
    for (const { index, input, output } of jobs) {
      for (const { offset } of [input, output]) {
        const holds = buffers.some(
          (value) =>
            value.first <= index &&
            index <= value.last &&
            value.offset <= offset &&
            offset < value.offset + value.bytes,
        );
        assert.ok(holds, `job ${index} at ${offset}`);
      }
    }
  }
  let end = 0;
  for (const { offset, bytes } of constants.parts) {
    assert.ok(offset >= end && offset + bytes <= constants.bytes);
    end = offset + bytes;
  }
}

test("maps memory without overlaps", async () => {
  checkMemory(digits);
  checkMemory(await explained(DIGITS, "imx8mp"));
  if (!hasShared("memory maps of whole networks")) return;
  for (const name of ["ssdlite_mobiledet_coco_qat_postprocess", "yolox"]) {
    checkMemory(await explained(readShared(`models/${name}.tflite`)));
  }
});

test("measures weights by what an ideal code would take", async () => {
  const model = classifierModel();
  const { operators, tensors } = await explained(model);
  const layer = operators.find(({ weightBytes }) => weightBytes > 0) as LayerReport;
  // The weights as test/host/models.ts makes them.
  const weights = Array.from(
    { length: layer.weightBytes },
    (_, n) => ((n * 37 + 101) ^ (n >> 3)) & 255,
  );
  const counts = new Map<number, number>();
  for (const weight of weights) counts.set(weight, (counts.get(weight) ?? 0) + 1);
  const bits = sum([...counts.values()].map((count) => count * Math.log2(weights.length / count)));
  assert.is(layer.entropyBytes, Math.ceil(bits / 8));
  assert.is(tensors[layer.outputs[0] ?? -1]?.bytes, 8 * 8 * 8);
});

test("tells how often a layer with residual weights reads its image", async () => {
  const cells = (explanation: Explanation) =>
    toCsv(explanation)
      .split("\r\n")
      .map((line) => line.split(","));
  for (const [jobBudget, inputCopies] of [[1], [2, 1], [7, 32]] as const) {
    const explanation = await explained(perChannelModel(), "imx8mp", { jobBudget });
    const [layer] = explanation.operators as [LayerReport];
    assert.is(layer.groups, 1);
    assert.is(layer.inputCopies, inputCopies);
    assert.is(explanation.channels?.residuals, inputCopies ? 1 : 0);
    const convolutions = layer.jobs.find(({ purpose }) => purpose === "convolution");
    assert.is(convolutions?.count, inputCopies ? 2 : 1);
    const [head = [], row = []] = cells(explanation);
    assert.is(row[head.indexOf("channel_input_copies")], `${inputCopies ?? ""}`);
  }
});

test("tells of cores beside each other", async () => {
  const proven = await coreView(DIGITS, findTarget("imx8mp"));
  assert.is(proven.result?.npuOperators, 12);
  assert.is(sum(Object.values(proven.result?.marks ?? {})), 12);
  const other = await coreView(DIGITS, findTarget("s905d3"));
  assert.is(other.result?.npuOperators, 12);
  assert.is(other.result?.marks.expected, 12);
});

test("writes layers as comma-separated values that are but text", () => {
  const [layer] = digits.operators as [LayerReport];
  const reason = 'says "no",\nas such';
  const name = "=HYPERLINK(1)";
  const odd: LayerReport = { ...layer, name, reason, tiles: ["64×3", "8×8"] };
  const lines = toCsv({ ...digits, operators: [odd] }).split("\r\n");
  assert.is(lines.length, 3);
  assert.match(lines[0] ?? "", /^index,operator,placement,mark,reason,shape,jobs,tiles,/);
  assert.match(lines[1] ?? "", `0,'${name},NPU,`);
  assert.match(lines[1] ?? "", '"says ""no"",\\u000aas such"');
  assert.match(lines[1] ?? "", "64×3; 8×8");
});

test("writes no cell that begins like a formula, or that moves a cursor", () => {
  const [layer] = digits.operators as [LayerReport];
  for (const begin of ["=", "+", "-", "@", "\t", "\r", "\n"]) {
    const [, line = ""] = toCsv({
      ...digits,
      operators: [{ ...layer, name: `${begin}x\u001b[2J` }],
    }).split("\r\n");
    const shown = begin < " " ? `\\u000${begin.charCodeAt(0).toString(16)}` : begin;
    assert.match(line, `0,'${shown}x\\u001b[2J,NPU,`);
  }
});

test.run();
