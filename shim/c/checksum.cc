#include "checksum.h"

#include <cstring>

namespace nolfet {
namespace {

uint32_t rotated(uint32_t word, int left) { return word << left | word >> (32 - left); }

}  // namespace

uint32_t checksum(const uint8_t* bytes, size_t count, size_t skipped) {
  uint32_t hash = 0;
  for (size_t at = 0; at < count; at += 4) {
    uint32_t word;
    std::memcpy(&word, bytes + at, 4);
    if (at == skipped) word = 0;
    hash ^= rotated(word * 0xcc9e2d51u, 15) * 0x1b873593u;
    hash = rotated(hash, 13) * 5 + 0xe6546b64u;
  }
  hash ^= static_cast<uint32_t>(count);
  hash = (hash ^ hash >> 16) * 0x85ebca6bu;
  hash = (hash ^ hash >> 13) * 0xc2b2ae35u;
  return hash ^ hash >> 16;
}

}  // namespace nolfet
