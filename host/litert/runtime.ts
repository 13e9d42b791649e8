import { type LiteRtModule, newLiteRt, type TensorBuffer, type TensorType } from "./module.ts";

/** A model that LiteRT has compiled for the CPU. */
export interface LiteRtRunner {
  /** From the bytes of every input to those of every output, in the model's order. */
  run(inputs: Uint8Array[]): Promise<Uint8Array[]>;
  release(): void;
}

/**
 * Compiles a `.tflite` of fixed shapes in an instance of LiteRT of its own. Rejects with what LiteRT
 * fails with; after that, and after a run that rejects, the instance is of no use to anyone.
 */
export async function compileForLiteRt(bytes: Uint8Array, folder?: string): Promise<LiteRtRunner> {
  const { module, complaints } = await newLiteRt(folder);
  const environment = module.LiteRtEnvironment.create(null);
  // The compiled model keeps reading these bytes.
  const pointer = module._malloc(bytes.length);
  module.HEAPU8.set(bytes, pointer);
  const model = module.loadModel(environment, pointer, bytes.length);
  const compiled = await module.compileModel(environment, model, {
    environment: { liteRtEnvironment: environment },
    accelerator: "wasm",
    cpuOptions: { numThreads: 1 },
    gpuOptions: {},
    webNNOptions: {},
  });
  // A model that it cannot run is compiled all the same, and run to no result.
  const refuseComplaints = () => {
    if (complaints.length > 0) throw new Error(complaints.join("; "));
  };
  refuseComplaints();
  const buffers = new Buffers(module, environment);
  return {
    async run(inputs) {
      const filled = inputs.map((input, i) => buffers.fill(model.getInputTensorType(0, i), input));
      const outputs = await compiled.run(0, filled);
      refuseComplaints();
      for (const buffer of filled) buffer.delete();
      return outputs.map((output, i) => buffers.empty(output, model.getOutputTensorType(0, i)));
    },
    release() {
      compiled.delete();
      model.delete();
      environment.delete();
    },
  };
}

/** Moves bytes into LiteRT's tensor buffers and out of them. */
class Buffers {
  constructor(
    private readonly module: LiteRtModule,
    private readonly environment: Parameters<LiteRtModule["loadModel"]>[0],
  ) {}

  fill(type: TensorType, bytes: Uint8Array): TensorBuffer {
    const { LiteRtTensorBuffer, LiteRtTensorBufferType, LiteRtTensorBufferLockMode } = this.module;
    const kind = LiteRtTensorBufferType.HOST_MEMORY;
    if (type.bytes() !== bytes.length) {
      throw new Error(`an input of ${type.bytes()} bytes is given ${bytes.length}`);
    }
    const buffer = LiteRtTensorBuffer.createManaged(this.environment, kind, type, bytes.length);
    const pointer = buffer.lock(LiteRtTensorBufferLockMode.WRITE);
    this.module.HEAPU8.set(bytes, pointer);
    buffer.unlock();
    return buffer;
  }

  empty(buffer: TensorBuffer, type: TensorType): Uint8Array {
    const pointer = buffer.lock(this.module.LiteRtTensorBufferLockMode.READ);
    const bytes = this.module.HEAPU8.slice(pointer, pointer + type.bytes());
    buffer.unlock();
    buffer.delete();
    return bytes;
  }
}
