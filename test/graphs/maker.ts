import { elementsOf } from "../../host/dtype.ts";
import type {
  ModelSpec,
  OperatorSpec,
  Quantization,
  TensorSpec,
} from "../../host/tflite/builder.ts";
import type { Random } from "../support/random.ts";
import { type ByteType, drawQuantization } from "./quantizations.ts";

/** Bounds of what one network costs. */
const MOST_ELEMENTS = 300_000;
const MOST_MACS = 6e6;

/** A model as it grows, operator by operator. */
export class Maker {
  readonly tensors: TensorSpec[] = [];
  readonly operators: OperatorSpec[] = [];
  readonly inputs: TensorSpec[] = [];
  /** Tensors of bytes that an operator may read, and those of float32. */
  readonly live: TensorSpec[] = [];
  readonly reals: TensorSpec[] = [];
  /** By name: computed tensors that the compiler knows. */
  readonly values = new Map<string, Int32Array>();
  private macs = 0;

  constructor(
    readonly random: Random,
    /** Of inputs; later tensors may have the other one. */
    readonly dtype: ByteType,
  ) {}

  input(shape: number[], isReal = false): TensorSpec {
    const tensor = isReal
      ? this.activation(shape, "float32")
      : this.activation(shape, this.dtype, drawQuantization(this.random, this.dtype));
    this.inputs.push(tensor);
    return tensor;
  }

  activation(shape: number[], dtype: TensorSpec["dtype"], quantization?: Quantization): TensorSpec {
    const tensor = this.keep({ shape, dtype, ...(quantization ? { quantization } : {}) });
    if (dtype === "int8" || dtype === "uint8") this.live.push(tensor);
    if (dtype === "float32") this.reals.push(tensor);
    return tensor;
  }

  /** A computed list whose values follow from shapes alone. */
  known(shape: number[], values: readonly number[]): TensorSpec {
    const tensor = this.keep({ shape, dtype: "int32" });
    this.values.set(tensor.name, Int32Array.from(values));
    return tensor;
  }

  constant(spec: Omit<TensorSpec, "name">): TensorSpec {
    return this.keep(spec);
  }

  list(values: number[], shape = [values.length]): TensorSpec {
    return this.keep({ shape, dtype: "int32", data: Int32Array.from(values) });
  }

  /** Mostly the latest one that will do, so that networks become deep. */
  pick(willDo: (tensor: TensorSpec) => boolean = () => true): TensorSpec | undefined {
    return this.pickOf(this.live.filter(willDo));
  }

  pickReal(): TensorSpec | undefined {
    return this.pickOf(this.reals);
  }

  private pickOf(found: readonly TensorSpec[]): TensorSpec | undefined {
    if (found.length === 0) return undefined;
    return this.random.oneIn(3) ? this.random.pick(found) : found.at(-1);
  }

  operate(
    operator: string,
    inputs: readonly (TensorSpec | undefined)[],
    outputs: TensorSpec[],
    options?: OperatorSpec["options"],
    customOptions?: Uint8Array,
  ): void {
    const isSigned = inputs.some((tensor) => tensor?.dtype === "int8");
    this.operators.push({
      operator,
      version: VERSIONS[operator] ?? (isSigned ? 2 : 1),
      inputs: inputs.map((tensor) => tensor?.name ?? -1),
      outputs: outputs.map(({ name }) => name),
      ...(options ? { options } : {}),
      ...(customOptions ? { customOptions } : {}),
    });
  }

  /** Whether a tensor of that shape, and so many multiply-accumulates for it, fit the bounds. */
  affords(shape: readonly number[], macs = 0): boolean {
    const isSound = shape.every((extent, i) => extent >= (i === 0 ? 0 : 1));
    if (!isSound || elementsOf(shape) > MOST_ELEMENTS) return false;
    if (this.macs + macs > MOST_MACS) return false;
    this.macs += macs;
    return true;
  }

  /**
   * What nobody reads is an output, and now and then what somebody reads, an input, or the same once
   * more.
   */
  spec(): ModelSpec {
    const read = new Set(this.operators.flatMap(({ inputs }) => inputs));
    const isOutput = ({ name }: TensorSpec) => !read.has(name) || this.random.oneIn(8);
    const made = new Set(this.operators.flatMap(({ outputs }) => outputs));
    const outputs = this.tensors
      .filter((one) => made.has(one.name) && isOutput(one))
      .map(({ name }) => name);
    if (this.random.oneIn(15)) outputs.push(this.random.pick(this.inputs).name);
    if (this.random.oneIn(15)) outputs.unshift(this.random.pick(outputs));
    return {
      tensors: this.tensors,
      operators: this.operators,
      inputs: this.inputs.map(({ name }) => name),
      outputs,
    };
  }

  private keep(tensor: Omit<TensorSpec, "name">): TensorSpec {
    const named = { name: `t${this.tensors.length}`, ...tensor };
    this.tensors.push(named);
    return named;
  }
}

/** Where the least that LiteRT wants does not follow from the type. */
const VERSIONS: Record<string, number> = {
  CONV_2D: 3,
  DEPTHWISE_CONV_2D: 3,
  FULLY_CONNECTED: 4,
  PAD: 2,
  PRELU: 1,
  HARD_SWISH: 1,
  TILE: 1,
  TRANSPOSE_CONV: 3,
  UNPACK: 2,
  SPLIT_V: 2,
  QUANTIZE: 2,
  RESIZE_BILINEAR: 3,
  RESIZE_NEAREST_NEIGHBOR: 3,
  STRIDED_SLICE: 2,
  TRANSPOSE: 2,
};
