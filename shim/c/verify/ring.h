// Circular buffers, as descriptors name them.
#pragma once

#include "memory.h"

namespace nolfet {

/** One size is subtracted from what lies at or beyond the end of its range. */
class Ring {
 public:
  /** Size and end in units of 64 bytes; of no ring they are 0 and 0x3ffffff. */
  Ring(const Memory& memory, uint32_t size, uint32_t end);

  bool isUsed() const { return range_.bytes != 0; }
  const Range& range() const { return range_; }

  /** The range that an image takes: all of a ring that it wraps in, itself without one. */
  Range place(const Memory& memory, const Range& image) const;

 private:
  Range range_;
};

}  // namespace nolfet
