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

/** The error of the native addon as the library's; any other as it is. */
export function deviceError(thrown: unknown, path: string): unknown {
  const { ioctl, errno, errnoName, meaning } = thrown as Partial<SystemError>;
  if (!ioctl || errno === undefined || !errnoName || meaning === undefined) return thrown;
  const code = CODES[errnoName] ?? "DEVICE_REFUSED";
  const place = { kind: "NONE", at: 0 } as const;
  const found = `${errnoName}: ${meaning}`;
  const system = { ioctl, errno, errnoName, meaning };
  return new NolfetError(code, `${ioctl} of ${path} to succeed`, found, place, system);
}
