// What in a blob refers to something else in it.
#pragma once

#include <cstdint>
#include <string>

#include "nolf_generated.h"
#include "refusal.h"

namespace nolfet {

/**
 * Checks indices, spans of the two buffers, addresses, enum values, and that the segments in their
 * order compute all that they read. Throws Refusal.
 */
void checkReferences(const nolf::Blob& blob);

/** That segments read only what is there by then, and compute every tensor once. */
void checkDataFlow(const nolf::Blob& blob);

/** Refuses what is no index into `count` things; `least` is -1 where there may be none. */
template <typename T>
void isIndex(T value, uint32_t count, const std::string& what, int64_t least = 0) {
  if (value < least || static_cast<int64_t>(value) >= static_cast<int64_t>(count)) {
    refuse(what, phrase("an index below ", count), value);
  }
}

}  // namespace nolfet
