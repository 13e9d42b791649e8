/** MurmurHash3, the 32-bit variant for x86 with seed 0, of whole words (`bytes` a multiple of 4). */
export function checksum(pointer: usize, bytes: u32): u32 {
  let hash: u32 = 0;
  for (let i: u32 = 0; i < bytes; i += 4) {
    let word = load<u32>(pointer + i);
    word = rotl<u32>(word * 0xcc9e2d51, 15) * 0x1b873593;
    hash = rotl<u32>(hash ^ word, 13) * 5 + 0xe6546b64;
  }
  hash ^= bytes;
  hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35;
  return hash ^ (hash >> 16);
}
