import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { STREAM, settled, twoBuffers } from "./common.mjs";

const CYCLES = Number(process.env.NOLFET_CYCLES ?? 10_000);

/** How much resident memory may differ between two moments of a process that does not grow. */
const SLACK_BYTES = 16 << 20;

/** What a process holds of the system. */
function held() {
  return {
    descriptors: readdirSync("/proc/self/fd").length,
    mappings: readFileSync("/proc/self/maps", "utf8").split("\n").length,
    resident: process.memoryUsage.rss(),
  };
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
  const told = JSON.stringify({ before, after });
  assert.equal(after.descriptors, before.descriptors, told);
  assert.ok(after.mappings <= before.mappings + 8, told);
  assert.ok(after.resident <= before.resident + SLACK_BYTES, told);
}

/** Buffers go before their device does, and their addresses can be had again. */
export async function givesBuffersBack(open) {
  const device = open("healthy");
  await settled();
  const before = held();
  for (let i = 0; i < 100; i++) {
    const list = twoBuffers(device);
    await device.wait(0, device.submit(0, STREAM, list), 30_000);
    for (const { buffer } of list) buffer.close();
  }
  await settled();
  assert.equal(held().descriptors, before.descriptors);
  assert.equal(held().mappings, before.mappings);
}

/** What is dropped without a word is given back by the collector of garbage. */
export async function collectsWhatIsDropped(open) {
  await cycle(open);
  await collected();
  const before = held();
  for (let i = 0; i < 50; i++) twoBuffers(open("healthy"));
  const { descriptors } = held();
  assert.ok(descriptors >= before.descriptors + 100, `${descriptors} descriptors`);
  await collected();
  const after = held();
  assert.equal(after.descriptors, before.descriptors);
  assert.ok(after.mappings <= before.mappings + 8);
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
