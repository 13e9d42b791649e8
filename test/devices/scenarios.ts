import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
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
