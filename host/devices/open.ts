import { NolfetError } from "../errors.ts";
import type { DeviceChoice, DeviceDriver, OpenedDevice } from "./device.ts";
import { openEmulator } from "./emulated.ts";
import type { Image } from "./verify.ts";

let driver: DeviceDriver | undefined;
const NO_DRIVER = "no device sessions here: only Node on Linux has them";

/** Names what knows of devices; where nothing does, as in browsers, there is the emulator. */
export function useDevicesOf(known: DeviceDriver): void {
  driver = known;
}

/**
 * Opens a device and loads the image into it, each of whose submissions may take `timeout`
 * milliseconds. Throws NO_DEVICE for a path without a device that fits.
 */
export async function openDevice(
  choice: DeviceChoice,
  image: Image,
  timeout: number,
): Promise<OpenedDevice> {
  if (choice === "emulator") return { device: await openEmulator(image), reason: "requested" };
  if (choice === "auto") {
    const opened = driver ? await driver.openFirst(image, timeout) : NO_DRIVER;
    if (typeof opened !== "string") return opened;
    return { device: await openEmulator(image), reason: opened };
  }
  if (!choice.startsWith("/")) {
    const expected = "the device auto, emulator or a path such as /dev/dri/renderD128";
    throw new NolfetError("NO_DEVICE", expected, JSON.stringify(choice));
  }
  if (!driver) throw new NolfetError("NO_DEVICE", `a device at ${choice}`, NO_DRIVER);
  return driver.openAt(choice, image, timeout);
}
