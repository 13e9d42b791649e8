import assert from "node:assert/strict";
import { fails, READ, STREAM, twoBuffers } from "./common.mjs";

/** JavaScript goes on while a job runs that takes half a second. */
export async function waitsInTheBackground(open) {
  const device = open("slow");
  const fence = device.submit(0, STREAM, twoBuffers(device));
  let ticks = 0;
  const timer = setInterval(() => ticks++, 10);
  await device.wait(0, fence, 30_000);
  clearInterval(timer);
  assert.ok(ticks > 5, `${ticks} ticks of a timer`);
}

export async function endsWaitsInTime(open) {
  const device = open("stuck");
  const list = twoBuffers(device);
  const fence = device.submit(0, STREAM, list);
  const start = performance.now();
  await assert.rejects(device.wait(0, fence, 200), fails("WAIT_FENCE", "ETIMEDOUT"));
  await assert.rejects(list[1].buffer.prepare(READ, 100), fails("GEM_CPU_PREP", "ETIMEDOUT"));
  assert.ok(performance.now() - start >= 290, "waits are not cut short");
  device.close();
  await succeeds(open("healthy"));
}

/** More waits than the pool has threads: each has its own end, counted from when it was asked. */
export async function endsManyWaits(open) {
  const devices = Array.from({ length: 8 }, () => open("stuck"));
  const waits = devices.map((device) => {
    return device.wait(0, device.submit(0, STREAM, twoBuffers(device)), 300);
  });
  const inTime = fails("WAIT_FENCE", "ETIMEDOUT");
  for (const { reason } of await Promise.allSettled(waits)) inTime(reason);
  for (const device of devices) device.close();
  await succeeds(open("healthy"));
}

export async function survivesFaults(open) {
  const refusing = open("refusing");
  const list = twoBuffers(refusing);
  assert.throws(() => refusing.submit(0, STREAM, list), fails("GEM_SUBMIT", "EINVAL"));
  await refusing.wait(0, refusing.submit(0, STREAM, list), 10_000);

  const vanishing = open("vanishing");
  const theirs = twoBuffers(vanishing);
  assert.throws(() => vanishing.submit(0, STREAM, theirs), fails("GEM_SUBMIT", "ENODEV"));
  assert.throws(() => vanishing.allocate(1, 0x50000000), fails("GEM_NEW", "ENODEV"));
  await assert.rejects(vanishing.wait(0, 1, 1000), fails("WAIT_FENCE", "ENODEV"));
  new Uint8Array(theirs[0].buffer.view).fill(1);
  vanishing.close();

  await succeeds(open("interrupted"));
  await succeeds(open("healthy"));
}

async function succeeds(device) {
  const list = twoBuffers(device);
  await device.wait(0, device.submit(0, STREAM, list), 10_000);
  await list[1].buffer.prepare(READ, 10_000);
  list[1].buffer.finish();
  device.close();
}
