/**
 * MurmurHash3 (x86, 32 bits, seed 0) of a file whose length is a multiple of 4, reading the
 * word at byte `skipped` (a multiple of 4, or -1 for none) as 0.
 */
export function checksum(bytes: Uint8Array, skipped: number): number {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >>> 2);
  const zero = skipped / 4;
  let hash = 0;
  for (let i = 0; i < words.length; i++) {
    let word = i === zero ? 0 : (words[i] as number);
    word = Math.imul(word, 0xcc9e2d51);
    word = Math.imul((word << 15) | (word >>> 17), 0x1b873593);
    hash ^= word;
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  return finish(hash ^ aligned.byteLength);
}

/** Spreads every bit of the state over the whole result. */
function finish(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
