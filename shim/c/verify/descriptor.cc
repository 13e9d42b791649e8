#include "descriptor.h"

#include <cstring>

#include "generation.h"

namespace nolfet {
namespace {

/** Index of the first of `words` words that differs from the known one in more than its varying
 * bits. */
int strangeWord(const Descriptor& descriptor, const KnownWord* known, uint32_t words) {
  for (uint32_t i = 0; i < words; i++) {
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
  return strangeWord(descriptor, generationOf(core).nn, kNnWords);
}

int strangeTpWord(const Descriptor& descriptor, const Core& core) {
  return strangeWord(descriptor, generationOf(core).tp, kTpWords);
}

}  // namespace nolfet
