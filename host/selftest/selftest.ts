import { VERSION } from "../../assembly/compiler/version.ts";
import { words } from "../arguments.ts";
import type { DeviceChoice, DeviceDetails } from "../devices/device.ts";
import { openDevice } from "../devices/open.ts";
import { NolfetError } from "../errors.ts";
import { findTarget } from "../targets.ts";
import {
  type Opener,
  type PatternResult,
  testPattern,
  testVariant,
  type VariantResult,
} from "./pattern-test.ts";
import { PATTERNS } from "./patterns.ts";
import { VARIANTS } from "./variants.ts";

export interface SelfTestOptions {
  /** The core to compile for. */
  target: string;
  device?: DeviceChoice;
  /** Milliseconds that a device may take for one submission. */
  timeout?: number;
  /** Test unproven patterns, too. */
  allowUnproven?: boolean;
  /** Only patterns whose names contain this, and forms of jobs that differ in a field so named. */
  only?: string;
  /** What loads blobs into the device, where it is none of the machine's. */
  open?: Opener;
  /** Is told each result as it comes. */
  progress?: (result: PatternResult | VariantResult) => void;
}

/** What the patterns show of a device: a report to send. */
export interface SelfTestReport {
  nolfet: string;
  target: string;
  device: { name: string; reason: string } & Partial<DeviceDetails>;
  counts: Record<PatternResult["status"], number>;
  patterns: PatternResult[];
  /** Jobs that drivers write differently, in each form. */
  variants: VariantResult[];
}

const DEFAULT_TIMEOUT = 10_000;

/**
 * Has a device execute every pattern of job that nolfet emits, and compares what it leaves in
 * memory with the emulator's, byte by byte. Rejects only where there is no such device.
 */
export async function selfTest(options: SelfTestOptions): Promise<SelfTestReport> {
  const { device: choice = "auto", timeout = DEFAULT_TIMEOUT, allowUnproven = false } = options;
  const target = findTarget(options.target).name;
  const only = options.only ?? "";
  const wanted = PATTERNS.filter(({ name }) => name.includes(only));
  const forms = VARIANTS.filter(({ name, field }) => name.includes(only) || field.includes(only));
  if (wanted.length + forms.length === 0) {
    const found = `no pattern has ${words(options.only)} in its name`;
    throw new NolfetError("BAD_OPTION", 'part of one\'s name, such as "sum"', found);
  }
  let device: SelfTestReport["device"] | undefined;
  const open: Opener = async (blob) => {
    if (options.open) return options.open(blob);
    const opened = await openDevice(choice, blob, timeout);
    device ??= { name: opened.device.name, reason: opened.reason, ...opened.details };
    return opened.device;
  };
  const patterns: PatternResult[] = [];
  for (const pattern of wanted) {
    const result = await testPattern(pattern, target, allowUnproven, open);
    patterns.push(result);
    options.progress?.(result);
  }
  const variants: VariantResult[] = [];
  for (const variant of forms) {
    const result = await testVariant(variant, target, open);
    variants.push(result);
    options.progress?.(result);
  }
  const counts = { pass: 0, fail: 0, refused: 0, skipped: 0 };
  for (const { status } of [...patterns, ...variants]) counts[status]++;
  const tested = device ?? { name: choice, reason: "nothing was executed" };
  return { nolfet: VERSION, target, device: tested, counts, patterns, variants };
}
