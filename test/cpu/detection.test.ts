import { test } from "uvu";
import * as assert from "uvu/assert";
import { DETECTION } from "../../assembly/tflite/coverage.ts";
import type { Operator, OperatorOptions, Tensor } from "../../host/blob/blob.ts";
import { CpuEngine } from "../../host/cpu/engine.ts";
import { bytesOf } from "../../host/dtype.ts";
import { compile, openBlob } from "../../host/index.ts";
import { hasShared, readShared } from "../support/shared.ts";

function tensor(index: number, shape: number[], data?: Float32Array): Tensor {
  const quantization = { scales: [], zeroPoints: [], axis: 0 };
  const bytes = data ? bytesOf(data) : new Uint8Array();
  return { index, name: "", shape, dtype: "float32", quantization, data: bytes };
}

function operatorOf(name: string, inputs: number[], outputs: number[], options: OperatorOptions) {
  const nothing = {
    code: 0,
    reason: "",
    macs: 0,
    weightBytes: 0,
    coefficientBytes: 0,
    entropyBytes: 0,
    channelGroups: 0,
    inputCopies: 0,
    error: 0,
  };
  const operator: Operator = {
    ...nothing,
    index: 0,
    name,
    inputs,
    outputs,
    placement: "CPU",
    mark: "proven",
    options,
  };
  return operator;
}

/** Centres and sizes: two that overlap by more than a half, and one aside. */
const ANCHORS = Float32Array.of(0.5, 0.5, 0.4, 0.4, 0.5, 0.55, 0.4, 0.4, 0.2, 0.2, 0.2, 0.2);
/** Background and two classes. */
const SCORES = Float32Array.of(0, 0.6, 0.3, 0, 0.9, 0.8, 0, 0.1, 0.7);

/** Runs the detection step on boxes that are their anchors. */
async function detect(regularNms: boolean, maxClassesPerDetection: number) {
  const most = 3;
  const slots = most * maxClassesPerDetection;
  const shapes = [[1, slots, 4], [1, slots], [1, slots], [1]];
  const tensors = [
    tensor(0, [1, 3, 4], new Float32Array(12)),
    tensor(1, [1, 3, 3], SCORES),
    tensor(2, [3, 4], ANCHORS),
    ...shapes.map((shape, i) => tensor(3 + i, shape)),
  ];
  const options: OperatorOptions = {
    kind: "detection",
    maxDetections: most,
    maxClassesPerDetection,
    detectionsPerClass: 10,
    regularNms,
    classes: 2,
    scoreThreshold: 0.2,
    iouThreshold: 0.5,
    yScale: 10,
    xScale: 10,
    hScale: 5,
    wScale: 5,
  };
  const operator = operatorOf(DETECTION, [0, 1, 2], [3, 4, 5, 6], options);
  const engine = await CpuEngine.create(tensors, [operator]);
  engine.runOf([0])();
  const [boxes, classes, scores, count] = [3, 4, 5, 6].map((index) => {
    const bytes = (engine.values.get(index) as Uint8Array).slice();
    return [...new Float32Array(bytes.buffer)].map((value) => Math.round(1000 * value) / 1000);
  });
  return { boxes, classes, scores, count };
}

test("the fast way judges boxes by their best class", async () => {
  const { boxes, classes, scores, count } = await detect(false, 1);
  assert.equal(count, [2]);
  assert.equal(classes, [0, 1, 0]);
  assert.equal(scores, [0.9, 0.7, 0]);
  assert.equal(boxes, [0.3, 0.35, 0.7, 0.75, 0.1, 0.1, 0.3, 0.3, 0, 0, 0, 0]);
});

test("the fast way tells several classes of a box", async () => {
  const { classes, scores, count } = await detect(false, 2);
  assert.equal(count, [2]);
  assert.equal(classes, [0, 1, 1, 0, 0, 0]);
  assert.equal(scores, [0.9, 0.8, 0.7, 0.1, 0, 0]);
});

test("the regular way suppresses within each class", async () => {
  const { classes, scores, count } = await detect(true, 1);
  assert.equal(count, [3]);
  assert.equal(classes, [0, 1, 1]);
  assert.equal(scores, [0.9, 0.8, 0.7]);
});

test("reads the options and gives the outputs their shapes", async () => {
  if (!hasShared("the detection step of MobileDet")) return;
  const model = readShared("models/ssdlite_mobiledet_coco_qat_postprocess.tflite");
  const blob = openBlob(await compile(model, { target: "a311d", cpuOnly: true }));
  const { options } = blob.operators.at(-1) as Operator;
  assert.is(options.kind === "detection" && options.maxDetections, 10);
  assert.is(options.kind === "detection" && options.classes, 90);
  assert.equal(
    blob.outputs.map((index) => blob.tensors[index]?.shape),
    [[1, 10, 4], [1, 10], [1, 10], [1]],
  );
});

test.run();
