// What in a blob refers to something else in it.
#pragma once

#include "nolf_generated.h"

namespace nolfet {

/**
 * Checks indices, spans of the two buffers, addresses, enum values, and that the segments in their
 * order compute all that they read. Throws Refusal, also for what is not on the NPU.
 */
void checkReferences(const nolf::Blob& blob);

}  // namespace nolfet
