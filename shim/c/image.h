// What a device is given of a blob: the words and bytes, and the addresses where they lie.
#pragma once

#include <cstdint>
#include <vector>

#include "core.h"

namespace nolfet {

class Blob;

/** Bytes after the constants that may be read along with the last of them. */
constexpr uint32_t kSlackBytes = 64;

struct Image {
  explicit Image(const Blob& blob);

  const Core& core;
  uint32_t constantsAddress;
  uint32_t constantsBytes;         // whole pages
  std::vector<uint8_t> constants;  // filled up to these with zeros; slack comes on top
  uint32_t arenaAddress;
  uint64_t arenaBytes;  // whole pages
  std::vector<uint32_t> init;
  std::vector<std::vector<uint32_t>> streams;  // of the segments
};

/**
 * Moves both buffers after the addresses that the kernel driver keeps for itself, where they do
 * not lie there already, and patches every word that the blob's relocations name. Whether these
 * name the right ones is for `verify` to find out. False where nothing had to be moved; throws
 * Refusal where the address space ends.
 */
bool relocate(Image& image, const Blob& blob, uint64_t leastAddress);

}  // namespace nolfet
