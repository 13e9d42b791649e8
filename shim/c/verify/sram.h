// What an NN job keeps in its core: tiles in the line buffers, kernels and an image in the SRAM.
#pragma once

#include "../core.h"
#include "descriptor.h"
#include "memory.h"

namespace nolfet {

/** A tile that is no larger than the buffers, with no more kernels at a time. */
void checkTiling(const Memory& memory, const Core& core, const Descriptor& nn);

/** Places in the SRAM, and a pattern where kernels are cached in part. */
void checkCaching(const Memory& memory, const Core& core, const Descriptor& nn);

/** Kernels that the jobs of a stream have left in the SRAM, for later ones to take from there. */
class CachedKernels {
 public:
  struct Region {
    uint32_t start, end;    // from the start of the SRAM
    uint32_t coefficients;  // their address in units of 64 bytes
  };

  /** More than the vendor's compiler keeps at a time; the oldest are forgotten first. */
  void add(const Region& region);
  void drop(uint32_t start, uint32_t end);
  bool has(const Region& wanted) const;

 private:
  Region regions_[8] = {};
  size_t next_ = 0;
};

/** Takes the kernels from the SRAM or leaves them there. */
void useCaches(const Memory& memory, const Descriptor& nn, CachedKernels& kernels);

}  // namespace nolfet
