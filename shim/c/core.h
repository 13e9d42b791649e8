// The cores that nolfet knows, from the table that the compiler has (assembly/targets/cores.ts).
#pragma once

#include <cstdint>
#include <string>

namespace nolfet {

struct Core {
  const char* name;
  const char* aliases;  // separated by blanks
  uint32_t model, revision, product, eco, customer;
  uint32_t architecture;  // 7 or 8
  uint32_t coding;        // of coefficients (assembly/targets/cores.ts)
  uint32_t nnCores, tpCores;
  uint32_t sramBytes;
  uint32_t zeroRunBits;
  uint32_t inputBufferDepth, accumulationBufferDepth;  // lines

  /** TP cores that one job is split over. */
  uint32_t tpCoresPerJob() const { return tpCores < 4 ? tpCores : 4; }
};

/** Null for a name that is not known. */
const Core* findCore(const std::string& name);

/** Finds a core by its name or an alias, in any case; null for one that is not known. */
const Core* findTarget(const std::string& name);

/** The number of a core in the table, by which the Wasm modules know it. */
uint32_t indexOf(const Core& core);

}  // namespace nolfet
