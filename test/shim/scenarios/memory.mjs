import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { CONSTANTS, settled, twoBuffers, WRITE } from "./common.mjs";

export async function sharesMemory(open) {
  const device = open("healthy");
  const { buffer } = twoBuffers(device)[0];
  assert.equal(buffer.bytes, 10_000);
  assert.equal(buffer.address, CONSTANTS);
  assert.equal(buffer.view.byteLength, 10_000);
  const bytes = new Uint8Array(buffer.view);
  assert.ok(bytes.every((byte) => byte === 0));
  await buffer.prepare(WRITE, 1000);
  bytes.fill(7);
  buffer.finish();
  assert.equal(buffer.view, bytes.buffer, "there is one view, not a copy each time");
  assert.throws(() => {
    buffer.view = new ArrayBuffer(1);
  }, TypeError);
}

/** A view that is transferred leaves its bytes to another one, which stays good. */
export async function keepsTransferredBytes(open) {
  const { buffer } = twoBuffers(open("healthy"))[0];
  new Uint8Array(buffer.view).fill(5);
  const transferred = transfer().call(buffer.view);
  assert.equal(buffer.view.byteLength, 0);
  buffer.close();
  await settled();
  const bytes = new Uint8Array(transferred);
  assert.equal(bytes.length, 10_000);
  assert.ok(bytes.every((byte) => byte === 5));
}

/** ArrayBuffer's `transfer`, which Node 20 has after a flag, for contexts made after it is set. */
function transfer() {
  if (ArrayBuffer.prototype.transfer) return ArrayBuffer.prototype.transfer;
  setFlagsFromString("--harmony-rab-gsab-transfer");
  return runInNewContext("ArrayBuffer.prototype.transfer");
}
