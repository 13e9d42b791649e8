import { BOOLEAN, checkBytes, checkOptions, ownBytes, type Rules, text } from "./arguments.ts";
import type { Blob } from "./blob/blob.ts";
import { openBlob } from "./blob/open.ts";
import { engineFor } from "./cpu/engine.ts";
import type { Device, DeviceChoice } from "./devices/device.ts";
import { openDevice } from "./devices/open.ts";
import { type TypedArray, valuesOf } from "./dtype.ts";
import { NolfetError, typed } from "./errors.ts";
import { checkedFeeds, isView, type TensorInfo, tensorInfos } from "./feeds.ts";
import { type Report, reportOf } from "./report.ts";
import { sharedValues } from "./shared-values.ts";
import { States } from "./states.ts";
import type { Step, Values } from "./step.ts";
import { allocateValues, copyUnlessSame, prepareStep } from "./steps.ts";

export interface SessionOptions {
  /**
   * "auto" (the default): a device that fits if there is one, else the emulator. A path, such as
   * "/dev/dri/renderD128": just that device.
   */
  device?: DeviceChoice;
  /**
   * Milliseconds that a device, or the CPU's kernels, may take for one segment of the network: 10,000
   * if left out.
   */
  timeout?: number;
  /**
   * The folder of the package `@litertjs/core`, or one where it is installed; in a browser, where
   * its Wasm files are served. If left out: beside nolfet, or where `locateLiteRt` says.
   */
  litert?: string;
}

export interface RunOptions {
  /** False to be given, for outputs that have one, their `view` itself, which the next run changes. */
  copyOutputs?: boolean;
}

/** Milliseconds that a run took: all of it, the device's part as the host sees it, and each segment. */
export interface RunTimes {
  host: number;
  device: number;
  segments: number[];
}

export interface DeviceInfo {
  name: string;
  /** Why it is this one. */
  reason: string;
}

/**
 * A network ready to run: a `.nolf` blob loaded into a device. Runs of one session follow each
 * other; sessions do not know of each other. What a model keeps between runs (its variables, as
 * streaming models have them) is each session's own: a run that fails leaves it as it was, and
 * `reset` brings back what the first run began with.
 */
export class Session {
  /** Of the model, in its order. */
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];

  private queue: Promise<unknown> = Promise.resolve();
  /** Runs that have not come to their end. */
  private waiting = 0;
  private readonly states: States;
  private released = false;
  private told: Report | undefined;
  private lastTimes: RunTimes = { host: 0, device: 0, segments: [] };

  /**
   * Opens a blob from `compile` or a file. The session copies `bytes` before it returns: what it
   * verifies is what a device is given. Rejects with BAD_BLOB, with UNSUPPORTED_OPERATOR where an
   * operator on the CPU has neither kernel nor LiteRT to run it, with NO_DEVICE, or with what
   * loading into it fails with.
   */
  static async create(bytes: Uint8Array, options: SessionOptions = {}): Promise<Session> {
    try {
      checkBytes(bytes, "the blob");
      checkOptions(options, RULES);
      const blob = openBlob(ownBytes(bytes));
      const engine = await engineFor(blob);
      const { device, info } = await deviceFor(blob, options);
      const steps: Step[] = [];
      try {
        const values = allocateValues(blob, engine, sharedValues(blob, device));
        const { timeout = DEFAULT_TIMEOUT, litert } = options;
        const runners = { device, engine, timeout, litert };
        for (const segment of device?.image.segments ?? blob.segments) {
          steps.push(await prepareStep(blob, segment, values, runners));
        }
        return new Session(blob, bytes.length, values, steps, device, info);
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
    private readonly fileBytes: number,
    private readonly values: Values,
    private readonly steps: Step[],
    private readonly npu: Device | undefined,
    /** Where the NPU's segments run. */
    readonly device: DeviceInfo,
  ) {
    const shared = sharedValues(blob, npu);
    this.states = new States(blob, values);
    this.inputs = tensorInfos(blob, blob.inputs, "input", shared);
    this.outputs = tensorInfos(blob, blob.outputs, "output", shared);
  }

  /**
   * Runs the network once. `feeds` holds, by name, the values of every input in its dtype
   * (`session.inputs`). They are copied before `run` returns, so that the caller may change them at
   * once. An input's `view` is not copied: it may be fed only while no other run is under way, and
   * must not be changed until this one ends. The result holds the values of every output, in memory
   * of their own. Rejects with BAD_INPUT for feeds that do not fit, with RELEASED, and with a DEVICE
   * code for what a device fails with.
   */
  async run(
    feeds: Record<string, TypedArray>,
    options: RunOptions = {},
  ): Promise<Record<string, TypedArray>> {
    if (this.released) throw new NolfetError("RELEASED", "a session in use", "a released one");
    checkOptions(options, RUN_RULES);
    const { copyOutputs = true } = options;
    const inputs = checkedFeeds(feeds, this.inputs);
    this.refuseSharing(inputs);
    this.waiting++;
    const outputs = this.queue.then(() => this.execute(inputs, copyOutputs));
    this.queue = outputs
      .catch(() => {})
      .then(() => {
        this.waiting--;
      });
    return outputs;
  }

  /**
   * Brings what the model keeps between runs back to what the first run began with, after the runs
   * that are under way. Rejects with RELEASED.
   */
  async reset(): Promise<void> {
    if (this.released) throw new NolfetError("RELEASED", "a session in use", "a released one");
    const done = this.queue.then(() => this.states.reset());
    this.queue = done;
    return done;
  }

  /** What the compiler did with the model. */
  get report(): Report {
    // Told to few, and no part of loading.
    this.told ??= reportOf(this.blob, this.fileBytes);
    return this.told;
  }

  /** Of the last run that came to its end. */
  get times(): RunTimes {
    return this.lastTimes;
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

  /** A run that is under way reads and overwrites what views show. */
  private refuseSharing(inputs: Uint8Array[]): void {
    if (this.waiting === 0) return;
    const shared = this.inputs.find((info, i) => isView(inputs[i] as Uint8Array, info));
    if (!shared) return;
    const expected = `values of their own for ${JSON.stringify(shared.name)} while a run is under way`;
    throw new NolfetError("BAD_INPUT", expected, "the session's view");
  }

  private async execute(
    inputs: Uint8Array[],
    copyOutputs: boolean,
  ): Promise<Record<string, TypedArray>> {
    try {
      const begin = performance.now();
      const busyBefore = this.npu?.busyMilliseconds ?? 0;
      this.blob.inputs.forEach((tensor, i) => {
        copyUnlessSame(inputs[i] as Uint8Array, this.values.get(tensor) as Uint8Array);
      });
      const segments: number[] = [];
      for (const step of this.steps) {
        const start = performance.now();
        await step.run();
        segments.push(performance.now() - start);
      }
      const results = this.blob.outputs.map((tensor, i) => {
        const { name, dtype, view } = this.outputs[i] as TensorInfo;
        const values = this.values.get(tensor) as Uint8Array;
        return [name, view && !copyOutputs ? view : valuesOf(dtype, values)] as const;
      });
      this.states.carry();
      const device = (this.npu?.busyMilliseconds ?? 0) - busyBefore;
      this.lastTimes = { host: performance.now() - begin, device, segments };
      return Object.fromEntries(results);
    } catch (error) {
      throw typed(error);
    }
  }
}

const DEFAULT_TIMEOUT = 10_000;
const MOST_TIMEOUT = 2 ** 31 - 1;

const RULES: Rules<SessionOptions> = {
  device: text("auto, emulator, or a path such as /dev/dri/renderD128"),
  timeout: {
    is: (value) => typeof value === "number" && value > 0 && value <= MOST_TIMEOUT,
    expected: `milliseconds above 0, up to ${MOST_TIMEOUT}`,
  },
  litert: text("the folder of LiteRT's package"),
};

const RUN_RULES: Rules<RunOptions> = { copyOutputs: BOOLEAN };

async function deviceFor(
  blob: Blob,
  { device: choice = "auto", timeout = DEFAULT_TIMEOUT }: SessionOptions,
): Promise<{ device: Device | undefined; info: DeviceInfo }> {
  if (blob.segments.every(({ placement }) => placement === "CPU")) {
    return { device: undefined, info: { name: "none", reason: "no operator is on the NPU" } };
  }
  const { device, reason } = await openDevice(choice, blob, timeout);
  return { device, info: { name: device.name, reason } };
}
