import { NolfetError } from "../errors.ts";
import { openEmulator } from "./emulated.ts";
import type { Image } from "./verify.ts";

/** What executes command streams: it holds a blob's constants and one arena. */
export interface Device {
  readonly name: string;
  /** The arena's bytes; to be asked for anew after each submission. */
  arena(): Uint8Array;
  /** Executes a command stream to its end. Rejects with NolfetError. */
  submit(stream: Uint32Array): Promise<void>;
  release(): Promise<void>;
}

/** "auto" takes a device if there is one, else the emulator. */
export type DeviceChoice = "auto" | "emulator";

/** A device, and why it is this one. */
export interface OpenedDevice {
  device: Device;
  reason: string;
}

const REASONS: Record<DeviceChoice, string> = {
  auto: "this version has no device driver",
  emulator: "as asked for",
};

/** Opens a device and loads the image into it. Throws NO_DEVICE for an unknown choice. */
export async function openDevice(choice: DeviceChoice, image: Image): Promise<OpenedDevice> {
  if (!Object.hasOwn(REASONS, choice)) {
    const expected = Object.keys(REASONS).join(" or ");
    throw new NolfetError("NO_DEVICE", `the device ${expected}`, JSON.stringify(choice));
  }
  return { device: await openEmulator(image), reason: REASONS[choice] };
}
