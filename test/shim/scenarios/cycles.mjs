import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { STREAM, settled, twoBuffers } from "./common.mjs";

const CYCLES = Number(process.env.NOLFET_CYCLES ?? 10_000);

/** How much two moments of a process that does not grow may differ, by what Node itself does. */
const SLACK_BYTES = 16 << 20;
const SLACK_MAPPINGS = 32;

/** What a process holds of the system. */
function held() {
  const mappings = readFileSync("/proc/self/maps", "utf8").split("\n");
  return {
    descriptors: readdirSync("/proc/self/fd").length,
    buffers: mappings.filter((line) => line.includes("memfd:stand-in buffer")).length,
    mappings: mappings.length,
    resident: process.memoryUsage.rss(),
  };
}

function isLevel(before, after) {
  const told = JSON.stringify({ before, after });
  assert.equal(after.descriptors, before.descriptors, told);
  assert.equal(after.buffers, before.buffers, told);
  assert.ok(after.mappings <= before.mappings + SLACK_MAPPINGS, told);
}

async function cycle(open) {
  const device = open("healthy");
  const list = twoBuffers(device);
  new Uint8Array(list[0].buffer.view).fill(1);
  await device.wait(0, device.submit(0, STREAM, list), 30_000);
  device.close();
}

/** Opens, fills, runs and closes: a tenth to warm up, then as often again as it takes. */
export async function holdsNothingBack(open) {
  for (let i = 0; i < CYCLES / 10; i++) await cycle(open);
  await collected();
  const before = held();
  for (let i = CYCLES / 10; i < CYCLES; i++) await cycle(open);
  await collected();
  const after = held();
  isLevel(before, after);
  const told = JSON.stringify({ before, after });
  assert.ok(after.resident <= before.resident + SLACK_BYTES, told);
}

/** Buffers go before their device does, and their addresses can be had again. */
export async function givesBuffersBack(open) {
  const device = open("healthy");
  await collected();
  const before = held();
  for (let i = 0; i < 100; i++) {
    const list = twoBuffers(device);
    await device.wait(0, device.submit(0, STREAM, list), 30_000);
    for (const { buffer } of list) buffer.close();
  }
  await collected();
  isLevel(before, held());
}

/** What is dropped without a word is given back by the collector of garbage. */
export async function collectsWhatIsDropped(open) {
  await cycle(open);
  await collected();
  const before = held();
  for (let i = 0; i < 50; i++) twoBuffers(open("healthy"));
  assert.ok(held().buffers > before.buffers, "some are not collected yet");
  await collected();
  isLevel(before, held());
}

async function collected() {
  for (let i = 0; i < 5; i++) {
    globalThis.gc();
    await settled();
  }
}

/** Eight at a time, each in an address space of its own. */
export async function runsInParallel(open) {
  const devices = Array.from({ length: 8 }, () => open("healthy"));
  const lists = devices.map(twoBuffers);
  for (let round = 0; round < 5; round++) {
    const runs = devices.map((device, i) =>
      device.wait(0, device.submit(0, STREAM, lists[i]), 30_000),
    );
    await Promise.all(runs);
  }
  for (const device of devices) device.close();
}
