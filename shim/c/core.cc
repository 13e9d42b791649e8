#include "core.h"

namespace nolfet {
namespace {

const Core kCores[] = {
#include "cores.generated.inc"
};

}  // namespace

const Core* findCore(const std::string& name) {
  for (const Core& core : kCores) {
    if (core.name == name) return &core;
  }
  return nullptr;
}

}  // namespace nolfet
