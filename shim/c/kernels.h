// What runs on the CPU: nolfet's kernels (assembly/cpu).
#pragma once

#include <cstdint>
#include <map>

#include "../etnaviv/device.h"
#include "../wasm/module.h"
#include "blob.h"

namespace nolfet {

/** The kernels of all operators on the CPU, with memory of their own for what they read and write.
 */
class CpuKernels {
 public:
  /** Prepares every operator. Throws Refusal where one has no kernel that is exact to TFLite's. */
  explicit CpuKernels(const nolf::Blob& blob);

  /** The bytes of a tensor; null where no kernel touches it. */
  uint8_t* valueOf(uint32_t tensor) const;

  /** Runs the operators of a segment in their order. Throws Refusal after the deadline. */
  void run(const nolf::Segment& segment, const etnaviv::Deadline& deadline);

 private:
  struct Value {
    uint32_t number;
    uint8_t* bytes;
  };

  void prepare(const nolf::Blob& blob, uint32_t index);
  uint32_t numberOf(const nolf::Blob& blob, int32_t tensor);
  Value add(const nolf::Tensor& tensor);

  Module<CpuApi> module_;
  std::map<uint32_t, Value> values_;      // by tensor
  std::map<uint32_t, uint32_t> kernels_;  // by operator
};

}  // namespace nolfet
