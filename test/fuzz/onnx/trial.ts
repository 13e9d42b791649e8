import { NolfetError } from "../../../host/errors.ts";
import { importModel } from "../../../host/index.ts";
import { type OnnxModel, writeOnnx } from "../../importer/onnx-writer.ts";
import { Random } from "../../support/random.ts";
import { hasShared, readShared } from "../../support/shared.ts";
import { type Mutant, mutate } from "../mutate.ts";
import type { Subject } from "../subjects.ts";

/** The slowest that a mutant may be, in milliseconds of CPU. */
const MOST_MILLISECONDS = 2000;

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

/** A model made here, and small public ones where they are. */
export function onnxSubjects(): Subject[] {
  const made = subjectOf("made", writeOnnx(MADE));
  if (!hasShared("mutants of ONNX files")) return [made];
  return [made, ...FILES.map((file) => subjectOf(file, readShared(`onnx/models/${file}`)))];
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

export interface Verdict {
  mutant: Mutant;
  /** "imported", or what it was refused with. */
  outcome: string;
  /** What must not happen, if it did. */
  fault?: string;
}

/** Imports one mutant. */
export async function judgeOnnx(
  subjects: Subject[],
  seed: number,
  index: number,
): Promise<Verdict> {
  const mutant = mutate(subjects, new Random(seed, index));
  const begin = process.cpuUsage();
  const outcome = await outcomeOf(mutant.bytes);
  const { user, system } = process.cpuUsage(begin);
  const milliseconds = (user + system) / 1000;
  if (milliseconds > MOST_MILLISECONDS) return { mutant, outcome, fault: `${milliseconds} ms` };
  return outcome.startsWith("thrown") ? { mutant, outcome, fault: outcome } : { mutant, outcome };
}

async function outcomeOf(bytes: Uint8Array): Promise<string> {
  try {
    await importModel(bytes);
    return "imported";
  } catch (error) {
    const isTyped = error instanceof NolfetError && error.code !== "INTERNAL";
    return isTyped ? `${error.code}: ${error.expected}` : `thrown: ${error}`;
  }
}
