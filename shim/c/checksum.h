// The checksum of .nolf files.
#pragma once

#include <cstddef>
#include <cstdint>

namespace nolfet {

/** MurmurHash3 (x86, 32 bits, seed 0) of whole words, the one at byte `skipped` read as 0. */
uint32_t checksum(const uint8_t* bytes, size_t count, size_t skipped);

}  // namespace nolfet
