// Jobs of either unit, by their descriptors.
#pragma once

#include <cstdint>

#include "memory.h"
#include "sram.h"

namespace nolfet {

/** Where a job's coefficients or table lie; bytes are 0 where it has none. */
Range verifyNn(Memory& memory, const Core& core, CachedKernels& kernels, uint32_t descriptor);
/** `continued` where others of the same operation follow, on the other TP cores. */
Range verifyTp(Memory& memory, const Core& core, uint32_t descriptor, bool continued);

}  // namespace nolfet
