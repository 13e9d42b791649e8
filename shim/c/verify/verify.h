// What a blob would have a device do, before any of it reaches the kernel.
#pragma once

#include "../blob.h"
#include "../image.h"

namespace nolfet {

/**
 * Every packet, state and descriptor is understood, every address stays inside the two buffers,
 * nothing is written to the constants, and the jobs are those that the blob lists. Throws Refusal
 * with the segment, and the word or job in it.
 */
void verify(const Image& image, const nolf::Blob& blob);

}  // namespace nolfet
