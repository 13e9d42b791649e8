// Which render node has the core that a blob is for.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "../etnaviv/device.h"
#include "core.h"

namespace nolfet {

/** A core behind an open node. */
struct Located {
  std::shared_ptr<const etnaviv::Device> device;
  uint32_t pipe;
  std::string name;
};

/** Looks at one node, or at all of them where `node` is empty. Throws Refusal. */
Located locate(const std::string& node, const Core& core);

}  // namespace nolfet
