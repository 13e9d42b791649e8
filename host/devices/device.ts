import type { Identity } from "./identity.ts";
import type { Image } from "./verify.ts";

/** What executes command streams: it holds a blob's constants and one arena. */
export interface Device {
  readonly name: string;
  /** What it holds, as it lies there: its streams are what to submit. */
  readonly image: Image;
  /** Whether the arena's bytes stay where they are, so that a caller may hold on to them. */
  readonly isShared: boolean;
  /** How long its submissions have taken, one after the other, as the host sees it. */
  readonly busyMilliseconds: number;
  /** The arena's bytes; to be asked for anew after each submission, where they are not shared. */
  arena(): Uint8Array;
  /** Executes a command stream to its end. Rejects with NolfetError. */
  submit(stream: Uint32Array): Promise<void>;
  release(): Promise<void>;
}

/** "auto" takes a device that fits if there is one, else the emulator; a path just that device. */
export type DeviceChoice = "auto" | "emulator" | (string & {});

/** A device, and why it is this one. */
export interface OpenedDevice {
  device: Device;
  reason: string;
  /** Of what is no emulator. */
  details?: DeviceDetails;
}

/** What the kernel driver reports about itself and the core. */
export interface DeviceDetails {
  driver: { name: string; major: number; minor: number; patch: number };
  pipe: number;
  identity: Identity;
}

/** What knows of the machine's own devices. */
export interface DeviceDriver {
  /** Opens the first that fits; gives the reason where there is none. */
  openFirst(image: Image, timeout: number): Promise<OpenedDevice | string>;
  /** Opens the one at a path. Throws NO_DEVICE where it is none, or does not fit. */
  openAt(path: string, image: Image, timeout: number): Promise<OpenedDevice>;
}
