// What nolfet takes at most: the compiler's constants (assembly/targets/limits.ts and version.ts).
#pragma once

#include <cstdint>

namespace nolfet {

#include "limits.generated.inc"

}  // namespace nolfet
