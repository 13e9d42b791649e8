import { COVERAGE } from "../../assembly/tflite/coverage.ts";
import { Option } from "../../assembly/tflite/option.ts";
import type { Blob, Operator, OperatorOptions, Tensor } from "../blob/blob.ts";
import { Activation, Dtype, Padding } from "../blob/nolf.generated.ts";
import { DTYPES, elementsOf } from "../dtype.ts";
import { NolfetError } from "../errors.ts";
import { wasmModule } from "../modules.ts";
import { type FailureExports, failureOf, instantiate } from "../wasm.ts";

interface CpuExports extends FailureExports {
  newTensor(dtype: number, isConstant: number, axis: number): number;
  addExtent(extent: number): void;
  addScale(scale: number, zeroPoint: number): void;
  allocateTensor(): number;
  newOperation(covered: number, index: number): void;
  addInput(tensor: number): void;
  addOutput(tensor: number): void;
  setOption(option: number, value: number): void;
  prepare(): number;
  seal(): number;
  run(kernel: number): number;
}

/**
 * The CPU's kernels, with memory of their own in which the tensors lie that they read and
 * write. `values` are views of it, good for as long as the engine lives.
 */
export class CpuEngine {
  readonly values = new Map<number, Uint8Array>();
  #exports!: CpuExports;
  /** When the run that is under way has to end, as `performance.now()` counts. */
  #deadline = Number.POSITIVE_INFINITY;
  /** Numbers of the module, by tensor and by operator index. */
  readonly #tensors = new Map<number, { number: number; pointer: number }>();
  readonly #kernels = new Map<number, number>();

  private constructor() {}

  /**
   * Prepares operators. Throws UNSUPPORTED_OPERATOR where a kernel cannot be exact to TFLite's,
   * and OUT_OF_MEMORY.
   */
  static async create(tensors: readonly Tensor[], operators: Operator[]): Promise<CpuEngine> {
    const engine = new CpuEngine();
    const imports = { clock: { isTimeOver: () => engine.#isTimeOver } };
    engine.#exports = await instantiate<CpuExports>(await wasmModule("cpu"), imports);
    const used = new Set(operators.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]));
    for (const index of used) if (index >= 0) engine.#add(tensors[index] as Tensor);
    for (const operator of operators) engine.#prepare(operator);
    if (engine.#exports.seal() !== 0) throw failureOf(engine.#exports);
    // Only now: memory that grows takes its views away.
    for (const [index, { pointer }] of engine.#tensors) {
      const { shape, dtype } = tensors[index] as Tensor;
      engine.values.set(index, engine.#view(pointer, elementsOf(shape) * DTYPES[dtype].bytes));
    }
    return engine;
  }

  /**
   * What runs some of the operators that were prepared, in that order. It throws DEVICE_TIMEOUT
   * where they take longer than `timeout` milliseconds.
   */
  runOf(operators: readonly number[], timeout = Number.POSITIVE_INFINITY): () => void {
    const kernels = operators.map((operator) => {
      const kernel = this.#kernels.get(operator);
      if (kernel === undefined) throw new TypeError(`operator ${operator} is not prepared`);
      return [kernel, operator] as const;
    });
    return () => {
      this.#deadline = performance.now() + timeout;
      for (const [kernel, at] of kernels) {
        if (this.#exports.run(kernel) !== 0 && !this.#isTimeOver) continue;
        if (this.#exports.failureCode() !== 0) throw failureOf(this.#exports);
        const expected = `the CPU's operators to end within ${timeout} ms`;
        throw new NolfetError("DEVICE_TIMEOUT", expected, "more", { kind: "OPERATOR", at });
      }
    };
  }

  get #isTimeOver(): boolean {
    return performance.now() > this.#deadline;
  }

  #add({ index, shape, dtype, quantization, data }: Tensor): void {
    const { scales, zeroPoints, axis } = quantization;
    const type = Dtype[dtype.toUpperCase() as keyof typeof Dtype];
    const number = this.#exports.newTensor(type, data.length > 0 ? 1 : 0, axis);
    for (const extent of shape) this.#exports.addExtent(extent);
    scales.forEach((scale, i) => {
      this.#exports.addScale(scale, zeroPoints[i] ?? 0);
    });
    const pointer = this.#exports.allocateTensor() >>> 0;
    if (pointer === 0) throw failureOf(this.#exports);
    this.#view(pointer, data.length).set(data);
    this.#tensors.set(index, { number, pointer });
  }

  #prepare({ index, name, inputs, outputs, options }: Operator): void {
    const covered = COVERAGE.findIndex(({ operator }) => operator === name);
    if (covered < 0) {
      const expected = `an operator with a CPU kernel (${COVERAGE.map((one) => one.operator).join(", ")})`;
      const location = { kind: "OPERATOR", at: index } as const;
      throw new NolfetError("UNSUPPORTED_OPERATOR", expected, name, location);
    }
    const numberOf = (tensor: number) => this.#tensors.get(tensor)?.number ?? -1;
    this.#exports.newOperation(covered, index);
    for (const tensor of inputs) this.#exports.addInput(numberOf(tensor));
    for (const tensor of outputs) this.#exports.addOutput(numberOf(tensor));
    for (const [option, value] of optionNumbers(options)) this.#exports.setOption(option, value);
    const kernel = this.#exports.prepare();
    if (kernel < 0) throw failureOf(this.#exports);
    this.#kernels.set(index, kernel);
  }

  #view(pointer: number, bytes: number): Uint8Array {
    return new Uint8Array(this.#exports.memory.buffer, pointer, bytes);
  }
}

/** The engine for all operators of a blob that have kernels; undefined where there are none. */
export async function engineFor(blob: Blob): Promise<CpuEngine | undefined> {
  const operators = blob.segments
    .filter(({ placement, model }) => placement === "CPU" && model.length === 0)
    .flatMap((segment) => segment.operators.map((index) => blob.operators[index] as Operator));
  return operators.length === 0 ? undefined : CpuEngine.create(blob.tensors, operators);
}

/** Options by their number in the module: names in the one spelling become those in the other. */
function optionNumbers({ kind, ...options }: OperatorOptions): [option: Option, value: number][] {
  return Object.entries(options).map(([name, value]) => {
    const option = name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
    return [Option[option as keyof typeof Option], numberOf(value)];
  });
}

function numberOf(value: number | boolean | string): number {
  return typeof value === "string" ? (ENUMS[value] as number) : Number(value);
}

const ENUMS: Record<string, string | number> = { ...Padding, ...Activation };
