#include "descriptor.h"

#include <cstddef>
#include <cstring>

namespace nolfet {
namespace {

/** A word: the bits that vary, and the value of all others. */
struct Word {
  uint32_t varying;
  uint32_t value;
};

// For either kind and architecture, from the same layouts as the fields.
#include "descriptors.generated.inc"

/** Index of the first word that differs from those of a table in more than its varying bits. */
template <size_t N>
int strangeWord(const Descriptor& descriptor, const Word (&known)[N]) {
  for (uint32_t i = 0; i < N; i++) {
    const uint32_t different = descriptor.word(i) ^ known[i].value;
    if ((different & ~known[i].varying) != 0) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace

uint32_t Descriptor::word(uint32_t index) const {
  uint32_t word;
  std::memcpy(&word, bytes_ + 4 * index, 4);
  return word;
}

uint32_t Descriptor::bits(const Field& field) const {
  return word(field.word) << (31 - field.high) >> (31 - field.high + field.low);
}

int32_t Descriptor::asSigned(const Field& field) const {
  return static_cast<int32_t>(word(field.word) << (31 - field.high)) >>
         (31 - field.high + field.low);
}

int strangeNnWord(const Descriptor& descriptor, const Core& core) {
  return strangeWord(descriptor, core.architecture == 8 ? kNnOnV8 : kNnOnV7);
}

int strangeTpWord(const Descriptor& descriptor, const Core& core) {
  return strangeWord(descriptor, core.architecture == 8 ? kTpOnV8 : kTpOnV7);
}

}  // namespace nolfet
