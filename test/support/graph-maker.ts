import { elementsOf } from "../../host/dtype.ts";
import { buildModel, type OperatorSpec, type TensorSpec } from "../../host/tflite/builder.ts";
import type { Random } from "./random.ts";

/** Scales of neighbouring channels, relative to the largest of a layer. */
const RATIOS = [1, 1 / 2, 1 / 4, 1 / 8];
/** All that a weight may be a multiple of, so that any of those ratios leaves it whole. */
const STEP = 8;
const LARGEST_SCALE = 0.004;

/**
 * Makes int8 networks, operator by operator, whose weights have a scale for each channel that is
 * a half, a quarter or an eighth of the layer's largest, and are multiples of eight: brought to
 * any of these scales they stay what they are, so that what the NPU makes of them is exact.
 */
export class GraphMaker {
  private readonly tensors: TensorSpec[] = [];
  private readonly operators: OperatorSpec[] = [];

  constructor(private readonly random: Random) {}

  input(rows: number, columns: number, channels: number): TensorSpec {
    return this.tensor([1, rows, columns, channels], 0.05);
  }

  /** `ratios`: the scale of each kernel, of those above; drawn where none are given. */
  convolve(
    input: TensorSpec,
    channels: number,
    kernel: number,
    stride = 1,
    ratios?: number[],
  ): TensorSpec {
    const shape = [channels, kernel, kernel, input.shape[3] as number];
    const output = this.image(input, channels, stride);
    const options = { ...WINDOW, stride_w: stride, stride_h: stride };
    const weights = this.weights(shape, 0, input, ratios);
    return this.operate("CONV_2D", [input, ...weights], output, options);
  }

  depthwise(input: TensorSpec, stride = 1, ratios?: number[]): TensorSpec {
    const channels = input.shape[3] as number;
    const output = this.image(input, channels, stride);
    const options = { ...WINDOW, stride_w: stride, stride_h: stride, depth_multiplier: 1 };
    const weights = this.weights([1, 3, 3, channels], 3, input, ratios);
    return this.operate("DEPTHWISE_CONV_2D", [input, ...weights], output, options);
  }

  connect(input: TensorSpec, units: number): TensorSpec {
    const weights = this.weights([units, elementsOf(input.shape)], 0, input);
    const options = { fused_activation_function: 0 };
    return this.operate("FULLY_CONNECTED", [input, ...weights], this.tensor([1, units]), options);
  }

  add(a: TensorSpec, b: TensorSpec): TensorSpec {
    return this.operate("ADD", [a, b], this.tensor(a.shape), { fused_activation_function: 0 });
  }

  concatenate(...parts: TensorSpec[]): TensorSpec {
    const [first] = parts as [TensorSpec];
    const channels = parts.reduce((sum, { shape }) => sum + (shape[3] as number), 0);
    const output = this.tensor([...first.shape.slice(0, 3), channels]);
    return this.operate("CONCATENATION", parts, output, { axis: 3, fused_activation_function: 0 });
  }

  split(input: TensorSpec, parts: number): TensorSpec[] {
    const shape = [...input.shape.slice(0, 3), (input.shape[3] as number) / parts];
    const outputs = Array.from({ length: parts }, () => this.tensor(shape));
    const axis = this.list([3], []);
    this.operators.push({
      operator: "SPLIT",
      inputs: [axis.name, input.name],
      outputs: outputs.map(({ name }) => name),
      options: { num_splits: parts },
    });
    return outputs;
  }

  pad(input: TensorSpec): TensorSpec {
    const [, rows = 0, columns = 0, channels = 0] = input.shape;
    const output = this.tensor([1, rows + 2, columns + 2, channels]);
    return this.operate("PAD", [input, this.list([0, 0, 1, 1, 1, 1, 0, 0], [4, 2])], output);
  }

  flatten(input: TensorSpec): TensorSpec {
    const output = this.tensor([1, elementsOf(input.shape)]);
    return this.operate("RESHAPE", [input, this.list([1, elementsOf(input.shape)])], output);
  }

  model(input: TensorSpec, ...outputs: TensorSpec[]): Uint8Array {
    return buildModel({
      tensors: this.tensors,
      operators: this.operators,
      inputs: [input.name],
      outputs: outputs.map(({ name }) => name),
    });
  }

  private operate(
    operator: string,
    inputs: TensorSpec[],
    output: TensorSpec,
    options?: OperatorSpec["options"],
  ): TensorSpec {
    this.operators.push({
      operator,
      inputs: inputs.map(({ name }) => name),
      outputs: [output.name],
      ...(options ? { options } : {}),
    });
    return output;
  }

  private image(input: TensorSpec, channels: number, stride: number): TensorSpec {
    const sides = input.shape.slice(1, 3).map((side) => Math.ceil(side / stride));
    return this.tensor([1, ...sides, channels]);
  }

  private tensor(shape: number[], scale = 0.05): TensorSpec {
    return this.keep({ shape, dtype: "int8", quantization: { scale, zeroPoint: -3 } });
  }

  private list(values: number[], shape = [values.length]): TensorSpec {
    return this.keep({ shape, dtype: "int32", data: Int32Array.from(values) });
  }

  private keep(tensor: Omit<TensorSpec, "name">): TensorSpec {
    const named = { name: `t${this.tensors.length}`, ...tensor };
    this.tensors.push(named);
    return named;
  }

  private weights(
    shape: number[],
    axis: number,
    input: TensorSpec,
    ratios?: number[],
  ): TensorSpec[] {
    const units = shape[axis] as number;
    const fanIn = elementsOf(shape) / units;
    // Sums that neither saturate nor vanish, for any number of weights.
    const largest = Math.fround(LARGEST_SCALE * Math.sqrt(64 / fanIn));
    const scale = Array.from({ length: units }, (_, i) => {
      return largest * (ratios?.[i] ?? this.random.pick(RATIOS));
    });
    const zeroPoint = scale.map(() => 0);
    const inputScale = input.quantization?.scale as number;
    const data = Int8Array.from({ length: elementsOf(shape) }, () => {
      return STEP * this.random.integer(-15, 15);
    });
    const quantization = { scale, zeroPoint, axis };
    const biases = {
      scale: scale.map((one) => Math.fround(one * inputScale)),
      zeroPoint,
      axis: 0,
    };
    const bias = Int32Array.from({ length: units }, () => STEP * this.random.integer(-200, 200));
    return [
      this.keep({ shape, dtype: "int8", quantization, data }),
      this.keep({ shape: [units], dtype: "int32", quantization: biases, data: bias }),
    ];
  }
}

const WINDOW = {
  padding: 0,
  dilation_w_factor: 1,
  dilation_h_factor: 1,
  fused_activation_function: 1,
};
