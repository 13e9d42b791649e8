import assert from "node:assert/strict";
import { once } from "node:events";
import { createRequire } from "node:module";
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { STREAM, twoBuffers } from "./common.mjs";

/** Workers have the addon, too; one is ended in the middle of a wait. */
export async function servesWorkers(open, addon) {
  const started = ["healthy", "healthy", "stuck"].map((node) => {
    return new Worker(new URL(import.meta.url), { workerData: { addon, node } });
  });
  const [first, second, stuck] = started;
  const ends = [first, second].map((worker) => once(worker, "exit"));
  await once(stuck, "message");
  await stuck.terminate();
  for (const [code] of await Promise.all(ends)) assert.equal(code, 0);
  await inWorker(open("healthy"), () => {});
}

async function inWorker(device, tell) {
  const fence = device.submit(0, STREAM, twoBuffers(device));
  const wait = device.wait(0, fence, 500);
  tell();
  await wait;
}

if (!isMainThread) {
  const { parentPort } = await import("node:worker_threads");
  const { Device } = createRequire(import.meta.url)(workerData.addon);
  await inWorker(new Device(`/dev/dri/${workerData.node}`), () => parentPort.postMessage("waits"));
}
