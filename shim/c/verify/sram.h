// What an NN job keeps in its core: tiles in the line buffers, kernels and an image in the SRAM.
#pragma once

#include "../core.h"
#include "descriptor.h"
#include "memory.h"

namespace nolfet {

/** A tile that is no larger than the buffers, with no more kernels at a time. */
void checkTiling(const Memory& memory, const Core& core, const Descriptor& nn);

/** Regions inside the SRAM that lie apart, and the pattern that goes with the number of kernels. */
void checkCaching(const Memory& memory, const Core& core, const Descriptor& nn);

}  // namespace nolfet
