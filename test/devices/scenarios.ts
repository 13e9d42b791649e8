import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { closeSync, openSync, readdirSync, readFileSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { bytesOf, type TypedArray } from "../../host/dtype.ts";
import { NolfetError, Session, type SessionOptions } from "../../host/index.ts";
import { feedsOf } from "../support/feeds.ts";

// What tests have a process do that sees the stand-in kernel: `node scenarios.ts NAME JSON` prints
// what the scenario gives, as JSON.

export interface Task extends SessionOptions {
  /** Files of blobs. */
  blobs: string[];
  /** How often, or how many at once. */
  count?: number;
  picture?: string;
}

/** Each a millisecond longer than the one before. */
const MOST_WAITS = 60;

type Outcome = Record<string, unknown>;
type Values = Record<string, TypedArray>;

async function open(task: Task): Promise<Session> {
  const {
    blobs: [path = ""],
    count: _count,
    picture: _picture,
    ...options
  } = task;
  return Session.create(new Uint8Array(readFileSync(path)), options);
}

function hashes(outputs: Values): string[] {
  return Object.values(outputs).map((values) =>
    createHash("sha256").update(bytesOf(values)).digest("hex"),
  );
}

async function outcomeOf<T>(work: () => Promise<T>): Promise<T | Outcome> {
  const begin = performance.now();
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof NolfetError)) throw error;
    const { code, message, system } = error;
    return { code, message, system, milliseconds: performance.now() - begin };
  }
}

const SCENARIOS = {
  /** A session that runs so many times on the same. */
  async run(task: Task): Promise<Outcome> {
    const session = await open(task);
    const feeds = feedsOf(session.inputs, task.picture ?? "");
    const outputs: string[][] = [];
    for (let i = 0; i < (task.count ?? 1); i++) outputs.push(hashes(await session.run(feeds)));
    const { device, times } = session;
    await session.release();
    return { device, times, outputs };
  },

  /** The same without copies, where the session has views. */
  async views(task: Task): Promise<Outcome> {
    const session = await open(task);
    const feeds = feedsOf(session.inputs, "");
    const written = session.inputs.map(({ name, view }) => {
      view?.set(feeds[name] as Uint8Array);
      return [name, view ?? feeds[name]] as [string, TypedArray];
    });
    const outputs = await session.run(Object.fromEntries(written), { copyOutputs: false });
    const isView = session.outputs.map(
      ({ name, view }) => view !== undefined && outputs[name] === view,
    );
    const result = {
      outputs: hashes(outputs),
      inputs: session.inputs.map(({ view }) => !!view),
      isView,
    };
    await session.release();
    return { ...result, left: session.inputs.map(({ view }) => view?.length) };
  },

  /**
   * A blob and values that change as soon as they are given away, and views that are fed while
   * runs are under way: what came out, and the refusal.
   */
  async owned(task: Task): Promise<Outcome> {
    const file = readFileSync(task.blobs[0] ?? "");
    const bytes = new Uint8Array(new SharedArrayBuffer(file.length));
    bytes.set(file);
    const creation = Session.create(bytes, { device: task.device ?? "" });
    bytes.fill(0);
    const session = await creation;
    const [{ name, view } = { name: "" }] = session.inputs;
    const values = feedsOf(session.inputs, "")[name] as Uint8Array;
    view?.set(values);
    const runs = [session.run({ [name]: values }), session.run({ [name]: values })];
    values.fill(0);
    const refusal = await outcomeOf(() => session.run({ [name]: view as Uint8Array }));
    const outputs = (await Promise.all(runs)).map(hashes);
    view?.set(feedsOf(session.inputs, "")[name] as Uint8Array);
    outputs.push(hashes(await session.run({ [name]: view as Uint8Array })));
    await session.release();
    return { outputs, refusal };
  },

  /** Sessions one after the other: what the process holds after each quarter of them. */
  async cycles({ count = 1, ...task }: Task): Promise<Outcome> {
    const held: Outcome[] = [];
    for (let i = 1; i <= count; i++) {
      const session = await open(task);
      await session.run(feedsOf(session.inputs, ""));
      await session.release();
      if (i % Math.ceil(count / 4) === 0 || i === count) held.push(holdings());
    }
    return { held };
  },

  /** As many sessions at once as there are blobs, each running `count` times. */
  async parallel({ blobs, count = 1, ...options }: Task): Promise<Outcome> {
    const sessions = await Promise.all(blobs.map((blob) => open({ ...options, blobs: [blob] })));
    const outputs = await Promise.all(
      sessions.map(async (session) => {
        const feeds = feedsOf(session.inputs, "");
        const runs = Array.from({ length: count }, () => session.run(feeds));
        return (await Promise.all(runs)).map(hashes);
      }),
    );
    await Promise.all(sessions.map((session) => session.release()));
    return { outputs };
  },

  /**
   * Sessions of which the n-th allocation, ioctl or mapping of the addon fails, or all from the n-th
   * on, for every n that there is, with a sound one after each. Gives how many calls of each kind a
   * session has, and what was said of the failures.
   */
  async starved(task: Task): Promise<Outcome> {
    const control = openSync(join(process.env.NOLFET_STAND_IN ?? "", "starve"), "r+");
    const write = (...numbers: bigint[]) =>
      writeSync(control, BigInt64Array.from(numbers), 0, 32, 0);
    const session = () =>
      outcomeOf(async () => {
        const one = await open(task);
        try {
          return { outputs: hashes(await one.run(feedsOf(one.inputs, ""))) };
        } finally {
          await one.release();
        }
      });
    const calls: Record<string, number> = {};
    const failures: Record<string, string[]> = {};
    let before: Outcome | undefined;
    let sound: Outcome | undefined;
    for (const [kind, name] of ["", "allocation", "ioctl", "mmap"].entries()) {
      if (kind === 0) continue;
      const messages = new Set<string>();
      for (const andOn of [false, true]) {
        for (let n = 1, count = Infinity; n <= count; n++) {
          write(BigInt(kind), BigInt(n), andOn ? 2n ** 62n : BigInt(n), 0n);
          const starved: Outcome = await session();
          const numbers = new BigInt64Array(4);
          readSync(control, numbers, 0, 32, 0);
          write(0n, 0n, 0n, 0n);
          if (Number(numbers[3]) < n) count = calls[name] = Number(numbers[3]);
          if (starved.outputs) assert.deepEqual(starved, sound);
          else messages.add(`${starved.code}: ${starved.message}`);
          if (n > count) assert.ok(starved.outputs);
          const next: Outcome = await session();
          sound ??= next;
          assert.deepEqual(next, sound, `after ${name} ${n}`);
          before = await level(before, `${name} ${n}`);
        }
      }
      failures[name] = [...messages];
    }
    closeSync(control);
    return { calls, failures, sound };
  },

  /** A session that something happens to, then the same session again; sound ones around it. */
  async fault(task: Task): Promise<Outcome> {
    const sound = () =>
      outcomeOf(async () => {
        const session = await open({ blobs: task.blobs, device: process.env.SOUND_DEVICE ?? "" });
        const outputs = hashes(await session.run(feedsOf(session.inputs, "")));
        await session.release();
        return { outputs };
      });
    await sound();
    const before = holdings();
    const created = await outcomeOf(() => open(task));
    const outcomes: unknown[] = [];
    if (created instanceof Session) {
      const feeds = feedsOf(created.inputs, "");
      const run = () => outcomeOf(async () => ({ outputs: hashes(await created.run(feeds)) }));
      outcomes.push(await run(), await run());
      await created.release();
    } else outcomes.push(created);
    return { outcomes, next: await sound(), before, after: holdings() };
  },
};

/** Waits until no more is held than before; a job that nobody waited for holds its buffers to its end. */
async function level(before: Outcome | undefined, when: string): Promise<Outcome> {
  const isLevel = (now: Outcome) =>
    now.descriptors === before?.descriptors && now.buffers === before?.buffers;
  for (let i = 0; i < MOST_WAITS; i++) {
    await new Promise((resolve) => setTimeout(resolve, i));
    const now = holdings();
    if (i > 0 && (!before || isLevel(now))) return now;
  }
  throw new Error(`after ${when}: ${JSON.stringify({ before, now: holdings() })}`);
}

export type Scenario = keyof typeof SCENARIOS;

/** Open files, mappings, and bytes of resident memory. */
function holdings(): Outcome {
  globalThis.gc?.();
  const descriptors = readdirSync("/proc/self/fd").length;
  const mappings = readFileSync("/proc/self/maps", "utf8").trimEnd().split("\n");
  const buffers = mappings.filter((line) => /memfd|drm|dri\//.test(line)).length;
  return { descriptors, mappings: mappings.length, buffers, resident: process.memoryUsage().rss };
}

const [name = "", task = "{}"] = process.argv.slice(2);
const scenario = SCENARIOS[name as Scenario];
console.log(JSON.stringify(await scenario(JSON.parse(task))));
