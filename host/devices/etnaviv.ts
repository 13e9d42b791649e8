import { wholePages } from "../blob/pages.ts";
import type { Device } from "./device.ts";
import { deviceError } from "./device-error.ts";
import { type Native, type NativeBuffer, type NativeDevice, READ, WRITE } from "./native.ts";
import type { Pipe } from "./nodes.ts";
import { relocatedFrom } from "./relocate.ts";
import { verifyApart } from "./verifier.ts";
import type { Image } from "./verify.ts";

/**
 * Loads an image, once it is verified, into a core behind a render node: two buffers at their
 * addresses in an address space of their own, the constants filled, the core set up. Rejects with
 * a DEVICE error where the kernel refuses something, and holds nothing then.
 */
export async function openEtnaviv(
  native: Native,
  path: string,
  pipe: Pipe,
  image: Image,
  timeout: number,
): Promise<Device> {
  const placed = relocatedFrom(image, pipe.softpinStart ?? 0);
  await verifyApart(placed);
  const device = await failing(path, () => new native.Device(path));
  try {
    const loaded = await failing(path, () => load(device, pipe.index, placed, timeout));
    return new EtnavivDevice(path, device, loaded, placed);
  } catch (error) {
    device.close();
    throw error;
  }
}

/** A core with its two buffers. */
interface Loaded {
  pipe: number;
  constants: NativeBuffer;
  arena: NativeBuffer;
  timeout: number;
}

async function load(
  device: NativeDevice,
  pipe: number,
  image: Image,
  timeout: number,
): Promise<Loaded> {
  const { constants: bytes, constantsAddress, arenaAddress, arenaBytes } = image;
  const constants = device.allocate(wholePages(bytes.length), constantsAddress);
  const arena = device.allocate(wholePages(arenaBytes), arenaAddress);
  await constants.prepare(WRITE, timeout);
  new Uint8Array(constants.view).set(bytes);
  constants.finish();
  await device.wait(pipe, device.submit(pipe, image.init, []), timeout);
  await arena.prepare(READ | WRITE, timeout);
  return { pipe, constants, arena, timeout };
}

/** One session's core. The arena is the host's but for the time of a submission. */
class EtnavivDevice implements Device {
  readonly isShared = true;
  private isPrepared = true;
  private milliseconds = 0;

  constructor(
    readonly name: string,
    private readonly device: NativeDevice,
    private readonly loaded: Loaded,
    readonly image: Image,
  ) {}

  get busyMilliseconds(): number {
    return this.milliseconds;
  }

  arena(): Uint8Array {
    return new Uint8Array(this.loaded.arena.view, 0, this.image.arenaBytes);
  }

  async submit(stream: Uint32Array): Promise<void> {
    const { pipe, constants, arena, timeout } = this.loaded;
    const buffers = [
      { buffer: constants, access: READ },
      { buffer: arena, access: READ | WRITE },
    ];
    await failing(this.name, async () => {
      // Where a submission before has timed out, it may still be at work.
      if (!this.isPrepared) await arena.prepare(READ | WRITE, timeout);
      arena.finish();
      this.isPrepared = false;
      const begin = performance.now();
      await this.device.wait(pipe, this.device.submit(pipe, stream, buffers), timeout);
      this.milliseconds += performance.now() - begin;
      await arena.prepare(READ | WRITE, timeout);
      this.isPrepared = true;
    });
  }

  async release(): Promise<void> {
    this.device.close();
  }
}

/** Does something; what the native addon throws becomes a DEVICE error. */
async function failing<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw deviceError(error, path);
  }
}
