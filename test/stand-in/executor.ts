import { createHash } from "node:crypto";
import { appendFileSync, closeSync, openSync, readSync, writeSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { CORES } from "../../assembly/targets/cores.ts";
import { NolfetError } from "../../host/errors.ts";
import { emulatorFor } from "../support/emulator.ts";
import type { Submission, SubmissionBuffer } from "./submission.ts";

// The core after the stand-in kernel: executes on an emulator what processes submit, over their
// own buffers, and keeps a record of it. Its argument is the stand-in's folder.

/** One submission, as executor.c writes it. */
interface Request {
  pid: number;
  context: number;
  /** Model, revision, product, customer, eco. */
  core: number[];
  buffers: { file: number; address: number; bytes: number; writable: boolean }[];
  stream: string;
}

const [folder = "."] = process.argv.slice(2);

const emulators = new Map<string, ReturnType<typeof emulatorFor>>();

function emulatorOf(identity: number[]): ReturnType<typeof emulatorFor> {
  const core = CORES.find(({ model, revision, product, customer, eco }) => {
    return [model, revision, product, customer, eco].every((number, i) => number === identity[i]);
  });
  if (!core) throw new Error(`no core is ${identity.map((number) => number.toString(16))}`);
  const emulator = emulators.get(core.name) ?? emulatorFor(core.name);
  emulators.set(core.name, emulator);
  return emulator;
}

async function execute({ pid, context, core, buffers, stream }: Request): Promise<Submission> {
  const emulator = await emulatorOf(core);
  const words = stream.match(/.{8}/g) ?? [];
  const files = buffers.map(({ file }) => openSync(`/proc/${pid}/fd/${file}`, "r+"));
  const record: Submission = { pid, context, stream: words, buffers: [] };
  try {
    buffers.forEach(({ address, bytes }, i) => {
      emulator.map(address, bytes);
      readSync(files[i] as number, emulator.view(address, bytes), 0, bytes, 0);
    });
    const before = buffers.map(({ address, bytes }) => hash(emulator.view(address, bytes)));
    try {
      emulator.submit(Uint32Array.from(words, (word) => Number.parseInt(word, 16)));
    } catch (error) {
      if (!(error instanceof NolfetError)) throw error;
      record.error = `${error.code}: ${error.message}`;
    }
    record.buffers = buffers.map(({ address, bytes, writable }, i): SubmissionBuffer => {
      const content = emulator.view(address, bytes);
      const after = hash(content);
      const changed = after !== before[i];
      if (changed && !writable) record.error ??= `a buffer to be read changed, at ${address}`;
      if (changed) writeSync(files[i] as number, content, 0, bytes, 0);
      return { address, bytes, writable, before: before[i] as string, after };
    });
    return record;
  } finally {
    emulator.unmapAll();
    for (const file of files) closeSync(file);
  }
}

function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function serve(socket: Socket): Promise<void> {
  for await (const line of createInterface({ input: socket })) {
    const record = await execute(JSON.parse(line));
    appendFileSync(join(folder, "submissions"), `${JSON.stringify(record)}\n`);
    socket.write(".");
  }
}

/** Processes may end, or close their buffers, with a submission under way. */
const GONE = ["ECONNRESET", "EPIPE", "ENOENT"];

createServer((socket) => {
  socket.on("error", () => socket.destroy());
  serve(socket).catch((error) => {
    if (!GONE.includes(error.code)) console.error(error);
    socket.destroy();
  });
}).listen(join(folder, "executor"), () => console.log("ready"));
