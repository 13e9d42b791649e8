#include "core.h"

#include <strings.h>

#include <sstream>

namespace nolfet {
namespace {

const Core kCores[] = {
#include "cores.generated.inc"
};

bool isAlias(const Core& core, const std::string& name) {
  std::istringstream aliases(core.aliases);
  for (std::string alias; aliases >> alias;) {
    if (strcasecmp(alias.c_str(), name.c_str()) == 0) return true;
  }
  return strcasecmp(core.name, name.c_str()) == 0;
}

}  // namespace

const Core* findCore(const std::string& name) {
  for (const Core& core : kCores) {
    if (core.name == name) return &core;
  }
  return nullptr;
}

const Core* findTarget(const std::string& name) {
  for (const Core& core : kCores) {
    if (isAlias(core, name)) return &core;
  }
  return nullptr;
}

uint32_t indexOf(const Core& core) { return static_cast<uint32_t>(&core - kCores); }

}  // namespace nolfet
