// The compiler (assembly/compiler).
#pragma once

#include <cstdint>
#include <vector>

#include "../nolfet.h"

namespace nolfet {

/** The bytes of a `.nolf` file. Throws Refusal. */
std::vector<uint8_t> compileModel(const uint8_t* model, size_t bytes,
                                  const nolfet_options& options);

}  // namespace nolfet
