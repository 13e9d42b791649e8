/** A small sound model, and ways to break it. */
import { ModelSlot, SubgraphSlot } from "../../assembly/tflite/slots.ts";
import {
  buildModel,
  type ModelSpec,
  type OperatorSpec,
  type TensorSpec,
} from "../../host/tflite/builder.ts";
import { TableCursor } from "./read.cursor.ts";

/** Gives the bytes of a broken model. */
export type Edit = () => Uint8Array;

/** A convolution with a scale per channel, a pool and a softmax. */
export function soundModel(): ModelSpec {
  const activation = { scale: 0.5, zeroPoint: 3 };
  return {
    inputs: ["image"],
    outputs: ["scores"],
    tensors: [
      { name: "image", shape: [1, 4, 4, 2], dtype: "int8", quantization: activation },
      {
        name: "weights",
        shape: [3, 1, 1, 2],
        dtype: "int8",
        quantization: { scale: [0.25, 0.5, 1], zeroPoint: [0, 0, 0], axis: 0 },
        data: Int8Array.of(1, 2, 3, 4, 5, 6),
      },
      {
        name: "bias",
        shape: [3],
        dtype: "int32",
        quantization: { scale: [0.125, 0.25, 0.5], zeroPoint: [0, 0, 0], axis: 0 },
        data: Int32Array.of(10, 20, 30),
      },
      { name: "features", shape: [1, 4, 4, 3], dtype: "int8", quantization: activation },
      { name: "pooled", shape: [1, 1, 1, 3], dtype: "int8", quantization: activation },
      { name: "scores", shape: [1, 1, 1, 3], dtype: "int8", quantization: activation },
    ],
    operators: [
      {
        operator: "CONV_2D",
        inputs: ["image", "weights", "bias"],
        outputs: ["features"],
        options: { stride_w: 1, stride_h: 1 },
      },
      {
        operator: "AVERAGE_POOL_2D",
        inputs: ["features"],
        outputs: ["pooled"],
        options: { padding: 1, stride_w: 1, stride_h: 1, filter_width: 4, filter_height: 4 },
      },
      { operator: "SOFTMAX", inputs: ["pooled"], outputs: ["scores"], options: { beta: 1 } },
    ],
  };
}

export const [CONVOLUTION, POOL, SOFTMAX] = [0, 1, 2];
export const [IMAGE, WEIGHTS, BIAS, FEATURES] = [0, 1, 2, 3];

/** The sound model with an edit of its specification. */
export function spec(edit: (model: ModelSpec) => void): Edit {
  return () => {
    const model = soundModel();
    edit(model);
    return buildModel(model);
  };
}

/** The sound model with some of its parts replaced. */
export function model(change: Partial<ModelSpec>): Edit {
  return () => buildModel({ ...soundModel(), ...change });
}

export function tensor(index: number, change: Partial<TensorSpec>): Edit {
  return spec((model) => Object.assign(model.tensors[index] as TensorSpec, change));
}

/** With one more tensor, or several of the same. */
export function extra(more: Omit<TensorSpec, "dtype">, count = 1): Edit {
  return spec((model) => {
    model.tensors.push(...repeat(count, () => ({ dtype: "int8", ...more }) as const));
  });
}

export function operator(index: number, change: Partial<OperatorSpec>): Edit {
  return spec((model) => Object.assign(model.operators[index] as OperatorSpec, change));
}

export function option(index: number, change: Record<string, number>): Edit {
  return spec((model) => Object.assign(model.operators[index]?.options ?? {}, change));
}

/** The sound model with an edit of its bytes. */
export function bytes(edit: (view: DataView, root: TableCursor) => void): Edit {
  return () => {
    const file = buildModel(soundModel());
    edit(new DataView(file.buffer), TableCursor.root(file));
    return file;
  };
}

/** The sound model with a 32-bit word replaced. */
export function word(position: (root: TableCursor) => number, value: number): Edit {
  return bytes((view, root) => view.setUint32(position(root), value, true));
}

/** The sound model with a 16-bit word (of a vtable) replaced. */
export function half(position: (root: TableCursor) => number, value: number): Edit {
  return bytes((view, root) => view.setUint16(position(root), value, true));
}

export function subgraph(root: TableCursor): TableCursor {
  return root.vector(ModelSlot.SUBGRAPHS).table(0);
}

export function tensorTable(root: TableCursor, index: number): TableCursor {
  return subgraph(root).vector(SubgraphSlot.TENSORS).table(index);
}

export function operatorTable(root: TableCursor, index: number): TableCursor {
  return subgraph(root).vector(SubgraphSlot.OPERATORS).table(index);
}

export function text(content: string): Edit {
  return () => Uint8Array.from(content, (character) => character.charCodeAt(0));
}

export function repeat<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
