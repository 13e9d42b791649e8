/** The read stage on its own, built from `assembly/compiler/read/probe.ts` for these tests. */
import { type FailureExports, failureOf, instantiate } from "../../host/wasm.ts";
import { buildProbe, textAt } from "../support/probe.ts";

interface ProbeExports extends FailureExports {
  allocate(bytes: number): number;
  read(model: number, bytes: number): number;
  describe(): number;
  operatorName(code: number): number;
}

export interface ReadTensor {
  name: string;
  shape: number[];
  /** A member of Dtype (assembly/tflite/schema.ts). */
  dtype: number;
  data: Uint8Array;
  isVariable: boolean;
  producer: number;
  consumers: number[];
  quantization: { axis: number; scales: number[]; zeroPoints: number[] };
}

export interface ReadOperator {
  code: number;
  version: number;
  customName: string;
  customOptions: Uint8Array;
  inputs: number[];
  outputs: number[];
  options: Record<string, number | number[] | boolean>;
}

export interface ReadGraph {
  inputs: number[];
  outputs: number[];
  tensors: ReadTensor[];
  operators: ReadOperator[];
}

export class Probe {
  private constructor(private readonly module: WebAssembly.Module) {}

  /** Compiles the probe; its module serves any number of models. */
  static async build(): Promise<Probe> {
    const module = await buildProbe("assembly/compiler/read/probe.ts");
    return new Probe(module);
  }

  /** The graph of a model; throws the NolfetError of one that is refused. */
  async read(model: Uint8Array): Promise<ReadGraph> {
    const exports = await this.load(model);
    return JSON.parse(textAt(exports.memory, exports.describe()), (key, value) => {
      if (key === "name" || key === "customName") return Buffer.from(bytesOf(value)).toString();
      return key === "data" || key === "customOptions" ? bytesOf(value) : value;
    });

    function bytesOf([at, bytes]: [number, number]): Uint8Array {
      return model.subarray(at, at + bytes);
    }
  }

  /** Reads without describing; what a model costs. */
  async measure(model: Uint8Array): Promise<{ milliseconds: number; bytes: number }> {
    const exports = await this.instance();
    const pointer = place(exports, model);
    const start = performance.now();
    exports.read(pointer, model.length);
    const milliseconds = performance.now() - start;
    return { milliseconds, bytes: exports.allocate(0) - pointer - model.length };
  }

  async operatorName(code: number): Promise<string> {
    const exports = await this.instance();
    return textAt(exports.memory, exports.operatorName(code));
  }

  private instance(): Promise<ProbeExports> {
    return instantiate<ProbeExports>(this.module);
  }

  private async load(model: Uint8Array): Promise<ProbeExports> {
    const exports = await this.instance();
    if (exports.read(place(exports, model), model.length) !== 0) throw failureOf(exports);
    return exports;
  }
}

function place(exports: ProbeExports, model: Uint8Array): number {
  const pointer = exports.allocate(model.length);
  new Uint8Array(exports.memory.buffer, pointer, model.length).set(model);
  return pointer;
}
