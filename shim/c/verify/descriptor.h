// Descriptors: their fields by name, and which of their bits have a known meaning.
#pragma once

#include <cstdint>

#include "../core.h"

namespace nolfet {

/** Bits `high` to `low` of a word. */
struct Field {
  uint32_t word, high, low;
};

// The fields that the emulator reads, by the names that they have there, where they are drawn
// (assembly/emulator/nn/fields.ts, assembly/emulator/tp/fields.ts).
#include "fields.generated.inc"

/** The words of a descriptor, of either kind. */
class Descriptor {
 public:
  explicit Descriptor(const uint8_t* bytes) : bytes_(bytes) {}

  uint32_t word(uint32_t index) const;
  uint32_t bits(const Field& field) const;
  /** The bits as a two's complement number. */
  int32_t asSigned(const Field& field) const;

 private:
  const uint8_t* bytes_;
};

/** Index of the first word with a bit that has no known meaning; -1 where there is none. */
int strangeNnWord(const Descriptor& descriptor, const Core& core);
int strangeTpWord(const Descriptor& descriptor, const Core& core);

}  // namespace nolfet
