import assert from "node:assert/strict";
import { CONSTANTS, fails, MODEL, READ, STREAM, twoBuffers } from "./common.mjs";

export async function tellsWhatIsClosed(open) {
  const device = open("healthy");
  const [first, second] = twoBuffers(device);
  const bytes = new Uint8Array(first.buffer.view);
  first.buffer.close();
  first.buffer.close();
  assert.equal(bytes.length, 0, "the view is detached");
  assert.throws(() => first.buffer.finish(), fails("GEM_CPU_FINI", "EBADF"));
  assert.throws(() => first.buffer.prepare(READ, 1), fails("GEM_CPU_PREP", "EBADF"));
  assert.throws(() => device.submit(0, STREAM, [first]), fails("GEM_SUBMIT", "EBADF"));

  const more = new Uint8Array(second.buffer.view);
  device.close();
  device.close();
  assert.equal(more.length, 0, "a device closes its buffers");
  assert.throws(() => second.buffer.finish(), fails("GEM_CPU_FINI", "EBADF"));
  assert.throws(() => device.parameter(0, MODEL), fails("GET_PARAM", "EBADF"));
  assert.throws(() => device.allocate(1, CONSTANTS), fails("GEM_NEW", "EBADF"));
  assert.throws(() => device.submit(0, STREAM, []), fails("GEM_SUBMIT", "EBADF"));
  assert.throws(() => device.wait(0, 1, 1), fails("WAIT_FENCE", "EBADF"));
}

/** What waits keeps what it waits for. */
export async function closesUnderWaits(open) {
  const device = open("slow");
  const list = twoBuffers(device);
  const fence = device.submit(0, STREAM, list);
  const waits = [device.wait(0, fence, 30_000), list[1].buffer.prepare(READ, 30_000)];
  device.close();
  await Promise.all(waits);
}

/** Nothing is closed: the process ends all the same, at once. */
export function endsWithAllOpen(open) {
  const device = open("stuck");
  const list = twoBuffers(device);
  device.wait(0, device.submit(0, STREAM, list), 300).catch(() => {});
  process.on("exit", () => assert.equal(list[0].buffer.view.byteLength, 10_000));
}
