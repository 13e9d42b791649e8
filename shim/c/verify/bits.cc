#include <algorithm>
#include <cstring>

#include "coefficients.h"

namespace nolfet {

uint32_t BitString::read(uint32_t bits) {
  const uint64_t at = position_;
  position_ += bits;
  if (at > bits_) return 0;
  uint64_t word;
  std::memcpy(&word, bytes_ + at / 8, 8);
  return static_cast<uint32_t>(word >> at % 8 & ((uint64_t{1} << bits) - 1));
}

bool BitString::endsPadded(uint32_t unit) {
  if (hasOverrun() || bits_ - position_ >= unit) return false;
  while (position_ < bits_) {
    if (read(static_cast<uint32_t>(std::min<uint64_t>(bits_ - position_, 32))) != 0) return false;
  }
  return true;
}

}  // namespace nolfet
