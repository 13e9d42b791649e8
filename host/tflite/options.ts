import type { Builder, Offset } from "flatbuffers";
import { OptionsType } from "../../assembly/tflite/slots.ts";
import { addTable, intVector } from "./tables.ts";

/** By the schema's names; options that are left out have the schema's default. */
export type OptionValues = Record<string, number | boolean | string | number[]>;

/** The fields of an operator's options in the order of their slots, each with its type. */
interface OptionsLayout {
  type: OptionsType;
  fields: string;
}

const ACTIVATION_ONLY = "fused_activation_function:byte";
const WINDOW = "padding:byte stride_w:int stride_h:int";
const DILATION = "dilation_w_factor:int dilation_h_factor:int";
const MASKS =
  "begin_mask:int end_mask:int ellipsis_mask:int new_axis_mask:int shrink_axis_mask:int";
const POOL_2D = `${WINDOW} filter_width:int filter_height:int ${ACTIVATION_ONLY}`;
const DEPTHWISE = `${WINDOW} depth_multiplier:int ${ACTIVATION_ONLY} ${DILATION}`;
const DENSE = `${ACTIVATION_ONLY} weights_format:byte keep_num_dims:byte`;
const RESIZE = "align_corners:byte half_pixel_centers:byte";

const OPTIONS: Record<string, OptionsLayout> = {
  ADD: { type: OptionsType.ADD, fields: ACTIVATION_ONLY },
  ARG_MAX: { type: OptionsType.ARG_MAX, fields: "output_type:byte" },
  AVERAGE_POOL_2D: { type: OptionsType.POOL_2D, fields: POOL_2D },
  CALL_ONCE: { type: OptionsType.CALL_ONCE, fields: "init_subgraph_index:int" },
  CONCATENATION: { type: OptionsType.CONCATENATION, fields: `axis:int ${ACTIVATION_ONLY}` },
  CONV_2D: { type: OptionsType.CONV_2D, fields: `${WINDOW} ${ACTIVATION_ONLY} ${DILATION}` },
  DEPTHWISE_CONV_2D: { type: OptionsType.DEPTHWISE_CONV_2D, fields: DEPTHWISE },
  DEPTH_TO_SPACE: { type: OptionsType.DEPTH_TO_SPACE, fields: "block_size:int" },
  DIV: { type: OptionsType.DIV, fields: ACTIVATION_ONLY },
  FULLY_CONNECTED: { type: OptionsType.FULLY_CONNECTED, fields: DENSE },
  GATHER: { type: OptionsType.GATHER, fields: "axis:int batch_dims:int" },
  GELU: { type: OptionsType.GELU, fields: "approximate:byte" },
  LEAKY_RELU: { type: OptionsType.LEAKY_RELU, fields: "alpha:float" },
  MAX_POOL_2D: { type: OptionsType.POOL_2D, fields: POOL_2D },
  MEAN: { type: OptionsType.REDUCER, fields: "keep_dims:byte" },
  MIRROR_PAD: { type: OptionsType.MIRROR_PAD, fields: "mode:byte" },
  MUL: { type: OptionsType.MUL, fields: ACTIVATION_ONLY },
  PACK: { type: OptionsType.PACK, fields: "values_count:int axis:int" },
  REDUCE_MAX: { type: OptionsType.REDUCER, fields: "keep_dims:byte" },
  REDUCE_MIN: { type: OptionsType.REDUCER, fields: "keep_dims:byte" },
  REDUCE_PROD: { type: OptionsType.REDUCER, fields: "keep_dims:byte" },
  RESHAPE: { type: OptionsType.RESHAPE, fields: "new_shape:ints" },
  RESIZE_BILINEAR: {
    type: OptionsType.RESIZE_BILINEAR,
    fields: `new_height:int new_width:int ${RESIZE}`,
  },
  RESIZE_NEAREST_NEIGHBOR: { type: OptionsType.RESIZE_NEAREST_NEIGHBOR, fields: RESIZE },
  SOFTMAX: { type: OptionsType.SOFTMAX, fields: "beta:float" },
  SPACE_TO_DEPTH: { type: OptionsType.SPACE_TO_DEPTH, fields: "block_size:int" },
  SPLIT_V: { type: OptionsType.SPLIT_V, fields: "num_splits:int" },
  SPLIT: { type: OptionsType.SPLIT, fields: "num_splits:int" },
  STRIDED_SLICE: { type: OptionsType.STRIDED_SLICE, fields: MASKS },
  SUB: { type: OptionsType.SUB, fields: ACTIVATION_ONLY },
  SUM: { type: OptionsType.REDUCER, fields: "keep_dims:byte" },
  VAR_HANDLE: { type: OptionsType.VAR_HANDLE, fields: "container:string shared_name:string" },
  TRANSPOSE_CONV: { type: OptionsType.TRANSPOSE_CONV, fields: `${WINDOW} ${ACTIVATION_ONLY}` },
  UNPACK: { type: OptionsType.UNPACK, fields: "num:int axis:int" },
};

/** The type number of an operator's options; 0 where it has none. */
export function optionsType(operator: string): number {
  return OPTIONS[operator]?.type ?? 0;
}

/** Adds an operator's options; 0 where it has none. */
export function addOptions(b: Builder, operator: string, values: OptionValues): Offset {
  const layout = OPTIONS[operator];
  if (!layout) return 0;
  const slots = layout.fields.split(" ").map((field) => field.split(":"));
  const slotOf = (name: string) => {
    const slot = slots.findIndex(([known]) => known === name);
    if (slot < 0) throw new Error(`no option is named ${name}`);
    return slot;
  };
  const references = Object.entries(values).flatMap(([name, value]): [number, Offset][] => {
    if (Array.isArray(value)) return [[slotOf(name), intVector(b, value)]];
    return typeof value === "string" ? [[slotOf(name), b.createString(value)]] : [];
  });
  return addTable(b, references, () => {
    for (const [name, value] of Object.entries(values)) {
      const slot = slotOf(name);
      const type = slots[slot]?.[1];
      if (type === "string" || type === "ints") continue;
      // The default given is no number, so that the value is written whatever it is.
      if (type === "byte") b.addFieldInt8(slot, Number(value), Number.NaN);
      else if (type === "int") b.addFieldInt32(slot, Number(value), Number.NaN);
      else b.addFieldFloat32(slot, Number(value), Number.NaN);
    }
  });
}
