import type { DeviceChoice } from "../devices/device.ts";
import { isBlob } from "../identifier.ts";
import { compile, findTarget, NolfetError, Session } from "../index.ts";
import { settingsFor } from "./calibration.ts";
import { DEFAULT_TARGET, type TargetOptions } from "./options.ts";
import { printNote } from "./terminal.ts";

/** What a command that runs networks takes. */
export interface SessionChoice extends TargetOptions {
  device: DeviceChoice;
  timeout?: number;
}

/** Takes a blob as it is, and compiles a model. */
export async function openSession(bytes: Uint8Array, options: SessionChoice): Promise<Session> {
  const { target, device, timeout, litert } = options;
  const choice = { device, litert, ...(timeout === undefined ? {} : { timeout }) };
  if (isBlob(bytes)) {
    const session = await Session.create(bytes, choice);
    if (target) checkTarget(session, target);
    return session;
  }
  const blob = await compile(bytes, await settingsFor(bytes, options, DEFAULT_TARGET));
  if (!target) printNote(`compiled for ${DEFAULT_TARGET}; --target chooses another core`);
  return Session.create(blob, choice);
}

function checkTarget({ report }: Session, target: string): void {
  const { name } = findTarget(target);
  if (name === report.target) return;
  throw new NolfetError("BAD_OPTION", `one for ${name}`, `the blob is for ${report.target}`);
}
