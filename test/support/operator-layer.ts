import { elementsOf } from "../../host/dtype.ts";
import {
  buildModel,
  type OperatorSpec,
  type Quantization,
  type TensorSpec,
} from "../../host/tflite/builder.ts";

/** One operator over an image, with lists of integers as its other inputs. */
export interface OperatorLayer {
  operator: string;
  dtype: "uint8" | "int8";
  from: number[];
  to: number[];
  options?: OperatorSpec["options"];
  constants?: number[][];
  /** Shapes of the constants that are no plain lists. */
  lists?: number[][];
  /** A constant of one element, quantized as the input: the last of the inputs. */
  value?: number;
  input?: Quantization;
  /** That of the input, where it is left out. */
  output?: Quantization;
}

export interface Sample {
  model: Uint8Array;
  /** Of its input. */
  elements: number;
}

const QUANTIZATION = { scale: 0.05, zeroPoint: 30 };

export function operatorLayer(layer: OperatorLayer): Sample {
  const { operator, dtype, from, to, options, constants = [], input = QUANTIZATION } = layer;
  const lists = constants.map((values, i): TensorSpec => {
    return {
      name: `list${i}`,
      shape: layer.lists?.[i] ?? [values.length],
      dtype: "int32",
      data: Int32Array.from(values),
    };
  });
  const { value } = layer;
  if (value !== undefined) {
    const data = Uint8Array.of(value);
    lists.push({ name: "value", shape: [], dtype, quantization: input, data });
  }
  const model = buildModel({
    inputs: ["in"],
    outputs: ["out"],
    tensors: [
      { name: "in", shape: from, dtype, quantization: input },
      { name: "out", shape: to, dtype, quantization: layer.output ?? input },
      ...lists,
    ],
    operators: [
      {
        operator,
        version: 2,
        inputs: ["in", ...lists.map(({ name }) => name)],
        outputs: ["out"],
        ...(options ? { options } : {}),
      },
    ],
  });
  return { model, elements: elementsOf(from) };
}
