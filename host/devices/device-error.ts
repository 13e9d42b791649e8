import { constants } from "node:os";
import { type ErrorCode, NolfetError, type SystemError } from "../errors.ts";

/** What an errno means for a session, whichever call it comes from; DEVICE_REFUSED where none does. */
const CODES: Record<string, ErrorCode> = {
  ETIMEDOUT: "DEVICE_TIMEOUT",
  ENOMEM: "DEVICE_MEMORY",
  ENOSPC: "DEVICE_MEMORY",
  ENODEV: "DEVICE_LOST",
  ENXIO: "DEVICE_LOST",
  EIO: "DEVICE_LOST",
};

/** The words of C++ where memory runs out beside any call of the kernel's. */
const NO_MEMORY = "std::bad_alloc";

/** The call that failed, of an error of the native addon. */
function failedCall(thrown: unknown): SystemError | undefined {
  const { ioctl, errno, errnoName, meaning, message } = thrown as Partial<SystemError & Error>;
  if (message === NO_MEMORY) {
    const { ENOMEM } = constants.errno;
    const words = "there is no memory for it";
    return { ioctl: "malloc", errno: ENOMEM, errnoName: "ENOMEM", meaning: words };
  }
  if (!ioctl || errno === undefined || !errnoName || meaning === undefined) return undefined;
  return { ioctl, errno, errnoName, meaning };
}

/** Why a call failed, in words. */
export function reasonOf(thrown: unknown): string {
  return failedCall(thrown)?.meaning ?? (thrown as Error).message;
}

/** The error of the native addon as the library's; any other as it is. */
export function deviceError(thrown: unknown, path: string): unknown {
  const system = failedCall(thrown);
  if (!system) return thrown;
  const { ioctl, errnoName, meaning } = system;
  const code = CODES[errnoName] ?? "DEVICE_REFUSED";
  const location = { kind: "NONE", at: 0 } as const;
  const found = `${errnoName}: ${meaning}`;
  return new NolfetError(code, `${ioctl} of ${path} to succeed`, found, location, system);
}
