import type { Blob, Job } from "../blob/blob.ts";
import { openBlob } from "../blob/open.ts";
import { compile } from "../compile.ts";
import { generationOf } from "../generations.ts";
import { DESCRIPTORS } from "../inspect/descriptors.ts";
import { descriptorWords } from "../inspect/document.ts";
import { decodeFields, type FieldValues } from "../inspect/fields.ts";
import { type FieldEdit, withFields, withState } from "./edits.ts";
import { type ConvolutionPattern, graph, singleConvolution } from "./models.ts";
import type { Pattern } from "./patterns.ts";
import { SINGLES } from "./singles.ts";

// Jobs that the drivers write differently (docs/hardware.md, "Where the witnesses disagree"), in all
// forms: what a device computes from each tells which of them it takes.

/** One form of a job whose forms differ in a field. */
export interface Variant extends Pattern {
  /** The field, as the descriptor or the command stream names it, and what this form has there. */
  field: string;
  value: string;
  /** Makes this form of what is compiled; undefined if this core has no such job. */
  edit(blob: Blob, target: string): Promise<Blob | undefined> | Blob | undefined;
}

const TP_ORDER = 0x03950;

const STRIDED = { channels: 3, outputChannels: 8, stride: 2 };
const LARGE: ConvolutionPattern = { height: 320, width: 320, ...STRIDED };
const FIRST_LAYERS: Record<string, ConvolutionPattern> = {
  "3×3 at stride 2, 224×224": { height: 224, width: 224, ...STRIDED },
  "3×3 at stride 2, 320×320": LARGE,
};
const SUMS: Record<string, number[]> = {
  "sum, 56×56×24": [1, 56, 56, 24],
  "sum, 80×80×16": [1, 80, 80, 16],
};
const SMALL = { channels: 16, stride: 2, depthwise: true };
const SMALL_DEPTHWISE: Record<string, ConvolutionPattern> = {
  "depthwise 5×5 at stride 2, 5×5": { height: 5, width: 5, kernel: 5, ...SMALL },
  "depthwise 3×3 at stride 2, 2×2": { height: 2, width: 2, kernel: 3, ...SMALL },
};
const PADDED: ConvolutionPattern = { height: 8, width: 8, channels: 8 };
const SHARED: ConvolutionPattern = { height: 80, width: 80, channels: 32, kernel: 5, stride: 2 };
const DEPTHWISE: ConvolutionPattern = { height: 40, width: 40, kernel: 5, ...SMALL };

export const VARIANTS: Variant[] = [
  ...each(FIRST_LAYERS).flatMap(([name, spec]) => [
    ofConvolution(name, spec, "alu_reorder_bits_used", "0", (blob) => reordered(blob, () => 0)),
    ofConvolution(name, spec, "alu_reorder_bits_used", "log₂ of the tile", (blob) =>
      reordered(blob, (width) => Math.ceil(Math.log2(width))),
    ),
    ofConvolution(name, spec, "unknown_03950", "not loaded", (blob) =>
      withState(blob, TP_ORDER, undefined),
    ),
    ofConvolution(name, spec, "unknown_03950", "0", (blob) => withState(blob, TP_ORDER, 0)),
  ]),
  ...each(SUMS).flatMap(([name, shape]) =>
    ["the flattened width", "the longer side"].map((value): Variant => {
      const single = { ...(SINGLES["sum, even width"] as (typeof SINGLES)[string]) };
      const parts = (tensors: typeof single.inputs) => tensors.map((t) => ({ ...t, shape }));
      const model = { ...single, inputs: parts(single.inputs), outputs: parts(single.outputs) };
      const edit = value === "the longer side" ? turned : asIs("addition");
      return { name, field: "in_image_x_size", value, model: () => graph(model), edit };
    }),
  ),
  ...[1, 0].map((sign) =>
    ofConvolution("3×3, SAME", PADDED, "in_image_x_offset_negative", `${sign}`, (blob) =>
      signed(blob, sign),
    ),
  ),
  ...[0, 128].map((zeroPoint) => {
    const spec: ConvolutionPattern = { ...PADDED, activation: "RELU", outputZero: zeroPoint };
    return ofConvolution("3×3, ReLU", spec, "out_zero_point", `${zeroPoint}`, asIs("convolution"));
  }),
  ...each(SMALL_DEPTHWISE).flatMap(([name, spec]) => [
    ofConvolution(name, spec, "in_image_x_offset", "−padding before", asIs("convolution")),
    ofConvolution(name, spec, "in_image_x_offset", "Mesa's", (blob, target) =>
      offsetAsMesa(blob, target, () => singleConvolution(name, spec)),
    ),
  ]),
  ...inBothForms(
    "5×5 at stride 2, 80×80×32",
    SHARED,
    "in_image_z_size",
    "split by channels",
    "split by rows",
  ),
  ...inBothForms(
    "3×3 at stride 2, 320×320",
    LARGE,
    "in_image_y_size",
    "parts of the image",
    "all rows",
  ),
  ...inBothForms(
    "depthwise 5×5 at stride 2, 40×40",
    DEPTHWISE,
    "pooling",
    "over blocks",
    "first pixels",
  ),
];

/** nolfet's form of a layer and Mesa's. */
function inBothForms(
  name: string,
  spec: ConvolutionPattern,
  field: string,
  own: string,
  mesa: string,
): Variant[] {
  return [
    ofConvolution(name, spec, field, own, asIs("space_to_depth")),
    ofConvolution(name, spec, field, mesa, (_, target) =>
      compiledAsMesa(target, () => singleConvolution(name, spec)),
    ),
  ];
}

function each<T>(table: Record<string, T>): [string, T][] {
  return Object.entries(table);
}

function ofConvolution(
  name: string,
  spec: ConvolutionPattern,
  field: string,
  value: string,
  edit: Variant["edit"],
): Variant {
  return { name, field, value, model: () => singleConvolution(name, spec), edit };
}

/** What is compiled, if it has a job of this purpose. */
function asIs(purpose: string): (blob: Blob) => Blob | undefined {
  return (blob) => (jobsOf(blob).some((job) => job.purpose === purpose) ? blob : undefined);
}

function jobsOf(blob: Blob): Job[] {
  return blob.segments.flatMap(({ jobs }) => jobs);
}

/** Space-to-depth whose reorder bits follow from the width of its tiles. */
function reordered(blob: Blob, bits: (width: number) => number): Blob | undefined {
  const edit: FieldEdit = ({ purpose }, fields) =>
    purpose === "space_to_depth"
      ? { alu_reorder_bits_used: bits(fields.in_tile_x_size ?? 1) }
      : undefined;
  return asIs("space_to_depth")(blob) && withFields(blob, edit);
}

const TURNED = [
  ["in_image_x_size", "in_image_y_size"],
  ["in_image_x_stride", "in_image_y_stride"],
  ["out_image_x_size", "out_image_y_size"],
  ["out_image_x_stride", "out_image_y_stride"],
] as const;

/** A sum over two planes whose sides are exchanged, as Mesa does if there are more rows. */
function turned(blob: Blob): Blob | undefined {
  const isTurned = ({ purpose }: Job, fields: FieldValues) =>
    purpose === "addition" && fields.kernel_z_size === 2;
  let hasAny = false;
  const changed = withFields(blob, (job, fields) => {
    if (!isTurned(job, fields)) return undefined;
    hasAny = true;
    const pairs = TURNED.flatMap(([x, y]) => [
      [x, fields[y] ?? 0] as const,
      [y, fields[x] ?? 0] as const,
    ]);
    return Object.fromEntries(pairs);
  });
  return hasAny ? changed : undefined;
}

/** A padded convolution whose word 18 flags its offsets as below 0, or does not, where it need not. */
function signed(blob: Blob, sign: number): Blob | undefined {
  if (sign === 0 && !generationOf(blob.core).mayOmitSigns) return undefined;
  return withFields(blob, ({ kind }) =>
    kind === "NN"
      ? { in_image_x_offset_negative: sign, in_image_y_offset_negative: sign }
      : undefined,
  );
}

async function compiledAsMesa(target: string, model: () => Uint8Array): Promise<Blob | undefined> {
  const options = { target, compat: "mesa", allowUnproven: true } as const;
  const blob = openBlob(await compile(model(), options));
  return jobsOf(blob).length > 0 ? blob : undefined;
}

/** The offsets of Mesa's convolution in nolfet's. */
async function offsetAsMesa(
  blob: Blob,
  target: string,
  model: () => Uint8Array,
): Promise<Blob | undefined> {
  const mesa = await compiledAsMesa(target, model);
  const convolutions = [mesa, blob].map(
    (one) => one && jobsOf(one).find(({ purpose }) => purpose === "convolution"),
  );
  const [its, own] = convolutions;
  if (!mesa || !its || !own) return undefined;
  const { fields } = decodeFields(descriptorWords(mesa, its), DESCRIPTORS.NN);
  const x = fields.in_image_x_offset ?? 0;
  const y = fields.in_image_y_offset ?? 0;
  return withFields(blob, (job) =>
    job === own
      ? {
          ...{ in_image_x_offset: x, in_image_y_offset: y },
          ...{
            in_image_x_offset_negative: x < 0 ? 1 : 0,
            in_image_y_offset_negative: y < 0 ? 1 : 0,
          },
        }
      : undefined,
  );
}
