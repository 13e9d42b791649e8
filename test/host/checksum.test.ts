import { test } from "uvu";
import * as assert from "uvu/assert";
import { checksum } from "../../host/blob/checksum.ts";

const MASK = 0xffffffffn;

/** The algorithm once more, from its definition over big integers. */
function murmur3(bytes: Uint8Array): number {
  const rotate = (value: bigint, bits: bigint) =>
    ((value << bits) | (value >> (32n - bits))) & MASK;
  let hash = 0n;
  for (let i = 0; i < bytes.length; i += 4) {
    const word = [3, 2, 1, 0].reduce((sum, k) => (sum << 8n) | BigInt(bytes[i + k] ?? 0), 0n);
    const mixed = (rotate((word * 0xcc9e2d51n) & MASK, 15n) * 0x1b873593n) & MASK;
    hash = (rotate(hash ^ mixed, 13n) * 5n + 0xe6546b64n) & MASK;
  }
  hash ^= BigInt(bytes.length);
  hash = ((hash ^ (hash >> 16n)) * 0x85ebca6bn) & MASK;
  hash = ((hash ^ (hash >> 13n)) * 0xc2b2ae35n) & MASK;
  return Number(hash ^ (hash >> 16n));
}

test("gives the published value of MurmurHash3", () => {
  assert.is(checksum(new TextEncoder().encode("test"), -1), 0xba6bd213);
  assert.is(checksum(new Uint8Array(), -1), 0);
});

test("agrees with the definition at any alignment", () => {
  const bytes = Uint8Array.from({ length: 1028 }, (_, i) => (i * 89 + (i >> 4)) & 0xff);
  for (let start = 0; start < 4; start++) {
    const part = bytes.subarray(start, start + 1024);
    assert.is(checksum(part, -1), murmur3(part.slice()));
  }
});

test("reads the skipped word as zero", () => {
  const bytes = Uint8Array.from({ length: 64 }, (_, i) => i + 1);
  const zeroed = bytes.slice().fill(0, 20, 24);
  assert.is(checksum(bytes, 20), murmur3(zeroed));
  assert.is.not(checksum(bytes, 20), checksum(bytes, -1));
});

test.run();
