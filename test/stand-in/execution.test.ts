import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Blob } from "../../host/blob/blob.ts";
import { openEmulator } from "../../host/devices/emulated.ts";
import { compile, openBlob } from "../../host/index.ts";
import { InputGenerator } from "../support/inputs.ts";
import { MODELS } from "../support/models.ts";
import { compileDriver, hasTools, StandIn } from "../support/stand-in.ts";

// Every submission of every model on both cores, by a program that knows nothing but ioctls.

const CORES = ["a311d", "imx8mp"];

/** All that the NPU is given for a blob, as files. */
function unpack(blob: Blob, arena: Uint8Array, folder: string): string[] {
  const streams = [blob.init, ...npuStreams(blob)];
  const write = (name: string, bytes: Uint8Array | Uint32Array) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  return [
    write("constants", blob.constants),
    `${blob.constantsAddress}`,
    write("arena", arena),
    `${blob.arenaAddress}`,
    ...streams.map((stream, i) => write(`stream${i}`, stream)),
  ];
}

function npuStreams({ segments }: Blob): Uint32Array[] {
  return segments.filter(({ placement }) => placement === "NPU").map(({ stream }) => stream);
}

/** The arena after all streams, on an emulator of our own. */
async function emulated(blob: Blob, arena: Uint8Array): Promise<Uint8Array> {
  const device = await openEmulator(blob);
  device.arena().set(arena);
  for (const stream of npuStreams(blob)) await device.submit(stream);
  return device.arena().slice();
}

if (hasTools("submissions of all models")) {
  const standIn = await StandIn.create();
  test.after(() => standIn.close());

  for (const core of CORES) {
    for (const [name, read] of Object.entries(MODELS)) {
      test(`${name} for ${core} is taken and executed`, async () => {
        const blob = openBlob(await compile(read(), { target: core }));
        const arena = new InputGenerator().bytes(blob.arenaBytes);
        const folder = mkdtempSync(join(tmpdir(), "nolfet-execution-"));
        standIn.describe("renderD128", { cores: [core] });
        standIn.forget();
        try {
          const args = unpack(blob, arena, folder);
          const { code, stderr } = await standIn.run(compileDriver("execute"), args);
          assert.is(stderr, "");
          assert.is(code, 0);
          assert.equal(standIn.refusals(), []);
          assert.is(standIn.submissions().length, 1 + npuStreams(blob).length);
          const found = new Uint8Array(readFileSync(join(folder, "arena")));
          assert.ok(Buffer.compare(found, await emulated(blob, arena)) === 0, "the arenas differ");
        } finally {
          rmSync(folder, { recursive: true });
        }
      });
    }
  }
}

test.run();
