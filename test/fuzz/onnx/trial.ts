import { NolfetError } from "../../../host/errors.ts";
import { importModel } from "../../../host/index.ts";
import { type OnnxModel, writeOnnx } from "../../importer/onnx-writer.ts";
import { hasShared, readShared } from "../../support/shared.ts";
import type { Trial } from "../judged.ts";
import type { Subject } from "../subjects.ts";

const FILES = [
  "mnist-8.onnx",
  "mnist_qdq_u8u8.onnx",
  "kws_qdq_u8s8_perchannel.onnx",
  "kws_qoperator_u8u8.onnx",
  "ort_conv_qdq_s8s8_perchannel.onnx",
  "ort_layout_transform_reshape.qdq.onnx",
];

/** A model with a window, constants, a computed shape and scales. */
const MADE: OnnxModel = {
  inputs: [{ name: "x", shape: ["N", 2, 5, 6] }],
  outputs: ["y"],
  initializers: [
    {
      name: "w",
      type: 1,
      shape: [3, 2, 3, 3],
      values: Array.from({ length: 54 }, (_, i) => i / 9),
    },
    { name: "s", type: 1, shape: [], values: [0.5] },
    { name: "z", type: 2, shape: [], values: [7] },
    { name: "i", type: 7, shape: [1], values: [0] },
    { name: "m", type: 7, shape: [1], values: [-1] },
  ],
  nodes: [
    {
      operator: "Conv",
      inputs: ["x", "w"],
      outputs: ["c"],
      attributes: { pads: [1, 1, 1, 0], strides: [1, 2], kernel_shape: [3, 3], group: 1 },
    },
    { operator: "QuantizeLinear", inputs: ["c", "s", "z"], outputs: ["q"] },
    { operator: "DequantizeLinear", inputs: ["q", "s", "z"], outputs: ["d"] },
    { operator: "MaxPool", inputs: ["d"], outputs: ["p"], attributes: { kernel_shape: [2, 2] } },
    { operator: "Shape", inputs: ["p"], outputs: ["shape"] },
    { operator: "Gather", inputs: ["shape", "i"], outputs: ["n"] },
    { operator: "Concat", inputs: ["n", "m"], outputs: ["t"], attributes: { axis: 0 } },
    { operator: "Reshape", inputs: ["p", "t"], outputs: ["r"] },
    { operator: "Softmax", inputs: ["r"], outputs: ["y"], attributes: { axis: 1 } },
  ],
};

/** Operators whose lists, blocks and shapes have to fit. */
const LISTS: OnnxModel = {
  inputs: [{ name: "x", shape: [1, 4, 6, 6] }],
  outputs: ["y"],
  initializers: [
    {
      name: "w",
      type: 1,
      shape: [4, 4, 2, 2],
      values: Array.from({ length: 64 }, (_, i) => i / 9),
    },
    { name: "zero", type: 7, shape: [2], values: [0, 1] },
    { name: "ends", type: 7, shape: [2], values: [8, 9] },
    { name: "axes", type: 7, shape: [2], values: [2, 3] },
    { name: "steps", type: 7, shape: [2], values: [1, 2] },
    { name: "pads", type: 7, shape: [8], values: [0, 0, 0, 1, 0, 0, 1, 0] },
    { name: "scales", type: 1, shape: [4], values: [1, 1, 2, 2] },
    { name: "four", type: 7, shape: [4], values: [1, 4, 1, 1] },
    { name: "parts", type: 7, shape: [2], values: [1, 3] },
    { name: "slopes", type: 10, shape: [4, 1, 1], values: [0x3800, 0x3400, 0x3000, 0x2c00] },
  ],
  nodes: [
    {
      operator: "ConvTranspose",
      inputs: ["x", "w"],
      outputs: ["a"],
      attributes: {
        strides: [2, 2],
        pads: [1, 0, 1, 0],
        dilations: [1, 1],
        output_padding: [0, 0],
      },
    },
    { operator: "Slice", inputs: ["a", "zero", "ends", "axes", "steps"], outputs: ["b"] },
    { operator: "PRelu", inputs: ["b", "slopes"], outputs: ["c"] },
    { operator: "Pad", inputs: ["c", "pads"], outputs: ["d"] },
    { operator: "Resize", inputs: ["d", "", "scales"], outputs: ["e"] },
    { operator: "ConstantOfShape", inputs: ["four"], outputs: ["f"] },
    { operator: "Add", inputs: ["e", "f"], outputs: ["g"] },
    { operator: "DepthToSpace", inputs: ["g"], outputs: ["h"], attributes: { blocksize: 2 } },
    { operator: "Split", inputs: ["g", "parts"], outputs: ["i", "j"], attributes: { axis: 1 } },
    { operator: "ReduceMean", inputs: ["j"], outputs: ["k"], attributes: { axes: [2, 3] } },
    {
      operator: "AveragePool",
      inputs: ["h"],
      outputs: ["l"],
      attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2], ceil_mode: 1 },
    },
    { operator: "Concat", inputs: ["l", "l"], outputs: ["m"], attributes: { axis: 1 } },
    { operator: "Flatten", inputs: ["m"], outputs: ["n"] },
    { operator: "ArgMax", inputs: ["n"], outputs: ["y"], attributes: { axis: 1 } },
  ],
};

/** Models made here, and small public ones where they are. */
function onnxSubjects(): Subject[] {
  const made = [MADE, LISTS].map((model, i) => subjectOf(`made ${i}`, writeOnnx(model)));
  if (!hasShared("mutants of ONNX files")) return made;
  return [...made, ...FILES.map((file) => subjectOf(file, readShared(`onnx/models/${file}`)))];
}

/** Weights break nothing: what lies at both ends of a file is names and numbers. */
function subjectOf(name: string, bytes: Uint8Array): Subject {
  const end = bytes.length;
  const middle = [Math.min(3000, end), Math.max(end - 3000, 0)] as const;
  const metadata =
    middle[0] >= middle[1]
      ? [{ start: 0, end }]
      : [
          { start: 0, end: middle[0] },
          { start: middle[1], end },
        ];
  return { name, bytes, metadata, weight: 1 };
}

export const ONNX: Trial = { good: "imported", subjects: onnxSubjects, outcomeOf };

async function outcomeOf(bytes: Uint8Array): Promise<string> {
  try {
    await importModel(bytes);
    return "imported";
  } catch (error) {
    const isTyped = error instanceof NolfetError && error.code !== "INTERNAL";
    return isTyped ? `${error.code}: ${error.expected}` : `thrown: ${error}`;
  }
}
