#include "generation.h"

#include "descriptor.h"

namespace nolfet {
namespace {

#include "generations.generated.inc"

}  // namespace

const Generation& generationOf(const Core& core) {
  const Generation* generation = kGenerations;
  while (generation->architecture != core.architecture) generation++;
  return *generation;
}

}  // namespace nolfet
