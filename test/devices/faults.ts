import type { NodeDescription } from "../support/stand-in.ts";
import type { Task } from "./scenarios.ts";

/** What goes wrong, the outcomes of the session's creation or of two runs, and options. */
export const FAULTS: [string, NodeDescription, string[], Partial<Task>?][] = [
  ["no memory for a buffer", { faults: { "no-memory": 1 } }, ["DEVICE_MEMORY GEM_NEW ENOMEM"]],
  [
    "no memory for the second one",
    { faults: { "no-memory": 2 } },
    ["DEVICE_MEMORY GEM_NEW ENOMEM"],
  ],
  [
    "the first submission refused",
    { faults: { invalid: 1 } },
    ["DEVICE_REFUSED GEM_SUBMIT EINVAL"],
  ],
  [
    "a submission refused",
    { faults: { invalid: 2 } },
    ["DEVICE_REFUSED GEM_SUBMIT EINVAL", "none"],
  ],
  [
    "a job that hangs",
    { faults: { stuck: 2 } },
    ["DEVICE_TIMEOUT WAIT_FENCE ETIMEDOUT", "DEVICE_TIMEOUT GEM_CPU_PREP ETIMEDOUT"],
  ],
  ["the first submission hangs", { faults: { stuck: 1 } }, ["DEVICE_TIMEOUT WAIT_FENCE ETIMEDOUT"]],
  [
    "a device that goes away",
    { faults: { gone: 2 } },
    ["DEVICE_LOST GEM_SUBMIT ENODEV", "DEVICE_LOST GEM_CPU_PREP ENODEV"],
  ],
  ["signals that come between", { faults: { interrupted: 50 } }, ["none", "none"]],
  ["a slow job in time", { faults: { slow: 100 } }, ["none", "none"]],
  [
    "a slow job that is too late",
    { faults: { slow: 400 } },
    ["DEVICE_TIMEOUT WAIT_FENCE ETIMEDOUT"],
    { timeout: 150 },
  ],
];
