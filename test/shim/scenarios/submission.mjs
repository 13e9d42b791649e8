import assert from "node:assert/strict";
import { READ, STREAM, twoBuffers } from "./common.mjs";

export async function submitsAsTold(open) {
  const device = open("healthy");
  const list = twoBuffers(device);
  new Uint8Array(list[0].buffer.view).fill(1);
  const fences = [1, 2, 3].map((words) => device.submit(0, STREAM.subarray(0, 2 * words), list));
  for (const fence of fences) await device.wait(0, fence, 10_000);
  await list[1].buffer.prepare(READ, 10_000);
  assert.equal(new Set(fences).size, 3);
}
