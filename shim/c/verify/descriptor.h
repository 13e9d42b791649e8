// Descriptors as two tables: which bits may vary, and what all others are.
#pragma once

#include <cstdint>

#include "../core.h"

namespace nolfet {

constexpr uint32_t kNnWords = 34;
constexpr uint32_t kTpWords = 31;

/** The words of a descriptor, of either kind. */
class Descriptor {
 public:
  explicit Descriptor(const uint8_t* bytes) : bytes_(bytes) {}

  uint32_t word(uint32_t index) const;
  /** Bits `high` to `low` of a word. */
  uint32_t bits(uint32_t index, uint32_t high, uint32_t low) const;
  /** The lower and the upper half of a word. */
  uint32_t low(uint32_t index) const { return bits(index, 15, 0); }
  uint32_t high(uint32_t index) const { return bits(index, 31, 16); }

 private:
  const uint8_t* bytes_;
};

/** Index of the first word with a bit that has no known meaning; -1 where there is none. */
int strangeNnWord(const Descriptor& descriptor, const Core& core);
int strangeTpWord(const Descriptor& descriptor, const Core& core);

}  // namespace nolfet
