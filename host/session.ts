import type { Blob } from "./blob/blob.ts";
import { openBlob } from "./blob/open.ts";
import { engineFor } from "./cpu/engine.ts";
import { type Device, type DeviceChoice, openDevice } from "./devices/device.ts";
import { type TypedArray, valuesOf } from "./dtype.ts";
import { NolfetError, typed } from "./errors.ts";
import { checkedFeeds, type TensorInfo, tensorInfos } from "./feeds.ts";
import { type Report, reportOf } from "./report.ts";
import { allocateValues, prepareStep, type Step, type Values } from "./steps.ts";

export interface SessionOptions {
  /** "auto" (the default): a device if there is one, else the emulator. */
  device?: DeviceChoice;
}

export interface DeviceInfo {
  name: string;
  /** Why it is this one. */
  reason: string;
}

/**
 * A network ready to run: a `.nolf` blob loaded into a device. Runs of one session follow each
 * other; sessions do not know of each other.
 */
export class Session {
  /** Of the model, in its order. */
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];

  private queue: Promise<unknown> = Promise.resolve();
  private released = false;

  /**
   * Opens a blob from `compile` or a file. Rejects with BAD_BLOB, with UNSUPPORTED_OPERATOR where
   * an operator on the CPU has neither kernel nor LiteRT to run it, with NO_DEVICE, or with what
   * loading into it fails with.
   */
  static async create(bytes: Uint8Array, options: SessionOptions = {}): Promise<Session> {
    try {
      if (!(bytes instanceof Uint8Array)) {
        throw new NolfetError("BAD_INPUT", "the blob as Uint8Array", typeof bytes);
      }
      const blob = openBlob(bytes);
      const engine = await engineFor(blob);
      const values = allocateValues(blob, engine);
      const { device, info } = await deviceFor(blob, options.device ?? "auto");
      const steps: Step[] = [];
      try {
        for (const segment of blob.segments) {
          steps.push(await prepareStep(blob, segment, values, { device, engine }));
        }
        return new Session(blob, values, steps, device, info, reportOf(blob, bytes.length));
      } catch (error) {
        for (const step of steps) step.release?.();
        await device?.release();
        throw error;
      }
    } catch (error) {
      throw typed(error);
    }
  }

  private constructor(
    private readonly blob: Blob,
    private readonly values: Values,
    private readonly steps: Step[],
    private readonly npu: Device | undefined,
    /** Where the NPU's segments run. */
    readonly device: DeviceInfo,
    /** What the compiler did with the model. */
    readonly report: Report,
  ) {
    this.inputs = tensorInfos(blob, blob.inputs, "input");
    this.outputs = tensorInfos(blob, blob.outputs, "output");
  }

  /**
   * Runs the network once. `feeds` holds, by name, the values of every input in its dtype
   * (`session.inputs`); the result holds those of every output, in memory of their own. Rejects
   * with BAD_INPUT for feeds that do not fit, and with RELEASED.
   */
  async run(feeds: Record<string, TypedArray>): Promise<Record<string, TypedArray>> {
    if (this.released) throw new NolfetError("RELEASED", "a session in use", "a released one");
    const inputs = checkedFeeds(feeds, this.inputs);
    const outputs = this.queue.then(() => this.execute(inputs));
    this.queue = outputs.catch(() => {});
    return outputs;
  }

  /** Frees what the session holds, after the runs that are under way. */
  async release(): Promise<void> {
    if (this.released) return;
    this.released = true;
    await this.queue;
    this.values.clear();
    for (const step of this.steps.splice(0)) step.release?.();
    await this.npu?.release();
  }

  private async execute(inputs: Uint8Array[]): Promise<Record<string, TypedArray>> {
    try {
      this.blob.inputs.forEach((tensor, i) => {
        this.values.get(tensor)?.set(inputs[i] as Uint8Array);
      });
      // What a run finds in the arena is nothing of the run before.
      this.npu?.arena().fill(0);
      for (const step of this.steps) await step.run();
      const results = this.blob.outputs.map((tensor, i) => {
        const { name, dtype } = this.outputs[i] as TensorInfo;
        return [name, valuesOf(dtype, this.values.get(tensor) as Uint8Array)] as const;
      });
      return Object.fromEntries(results);
    } catch (error) {
      throw typed(error);
    }
  }
}

async function deviceFor(
  blob: Blob,
  choice: DeviceChoice,
): Promise<{ device: Device | undefined; info: DeviceInfo }> {
  if (blob.segments.every(({ placement }) => placement === "CPU")) {
    return { device: undefined, info: { name: "none", reason: "no operator is on the NPU" } };
  }
  const { device, reason } = await openDevice(choice, blob);
  return { device, info: { name: device.name, reason } };
}
