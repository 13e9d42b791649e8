// What differs between generations of NPUs, from the emulator's table of them
// (assembly/emulator/nn/generations).
#pragma once

#include <cstdint>

#include "../core.h"

namespace nolfet {

/** A word of a descriptor: the bits that vary, and the value of all others. */
struct KnownWord {
  uint32_t varying;
  uint32_t value;
};

struct Generation {
  uint32_t architecture;
  const KnownWord* nn;  // kNnWords
  const KnownWord* tp;  // kTpWords
  bool flagsBorders;
  // Tiles: see assembly/emulator/nn/generations/generation.ts.
  uint32_t highestTile, narrowRows, wideRows;
  uint32_t accumulatorGroup, columnThirds, kernelThirds;
};

const Generation& generationOf(const Core& core);

}  // namespace nolfet
