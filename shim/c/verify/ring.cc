#include "ring.h"

namespace nolfet {
namespace {

constexpr uint32_t kNoEnd = 0x03ffffff;

}  // namespace

Ring::Ring(const Memory& memory, uint32_t size, uint32_t end) {
  if (size == 0 && end != kNoEnd) memory.bad("no end without a circular buffer", end);
  if (end < size) memory.bad("a circular buffer behind address 0", end);
  if (size != 0) range_ = {uint64_t{end - size} << 6, uint64_t{size} << 6};
}

Range Ring::place(const Memory& memory, const Range& image) const {
  if (!isUsed()) return image;
  const uint64_t end = range_.first + range_.bytes;
  const uint64_t first = image.first >= end ? image.first - range_.bytes : image.first;
  if (first < range_.first || first >= end || image.bytes > range_.bytes) {
    memory.bad("an image that fits into its circular buffer", image.first);
  }
  return first + image.bytes > end ? range_ : Range{first, image.bytes};
}

}  // namespace nolfet
