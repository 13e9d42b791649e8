#include <algorithm>

#include "../limits.h"
#include "coefficients.h"
#include "kernel-words.h"

namespace nolfet {
namespace {

/*
 *  ┌ header ───────────────────────────────┬ streams, each padded to 64 bytes ┐
 *  │ bytes of stream u32 x NN cores, to 64 │ core 0 │ core 1 │ …              │
 *  └───────────────────────────────────────┴──────────────────────────────────┘
 *  stream │ run bits 8 │ kernels 16 │ token … bias 32 token … output offset 32 … │ zeros
 *  token  │ run │ literal 8 │
 */
constexpr uint32_t kUnit = 64;

/** Weights as runs of zeros, each with a literal after it. */
class Tokens {
 public:
  /** It stands after the token of a kernel's first weight, which may continue after the bias. */
  static constexpr bool kHasBiasFirst = false;

  Tokens(BitString& bits, uint32_t runBits) : bits_(bits), runBits_(runBits) {}

  void pass(uint64_t weights) {
    if (runBits_ == 0) return bits_.skip(8 * weights);
    while (weights > 0 && !bits_.hasOverrun()) {
      if (!isOpen_) open();
      const uint64_t zeros = std::min<uint64_t>(zeros_, weights);
      zeros_ -= zeros;
      weights -= zeros;
      if (weights == 0) return;
      isOpen_ = false;
      weights--;
    }
  }

  uint32_t word() { return bits_.read(32); }
  bool isOpen() const { return isOpen_; }
  bool hasOverrun() const { return bits_.hasOverrun(); }

 private:
  void open() {
    zeros_ = bits_.read(runBits_ + 8) & ((1u << runBits_) - 1);
    isOpen_ = true;
  }

  BitString& bits_;
  uint32_t runBits_;
  uint64_t zeros_ = 0;
  bool isOpen_ = false;
};

void verifyStream(const Memory& memory, const Core& core, const CoefficientShape& job,
                  uint32_t used, uint32_t nnCore, BitString bits, TakenOutputs& taken) {
  const uint32_t runBits = bits.read(8);
  if (runBits > core.zeroRunBits) memory.bad("short run lengths", phrase(runBits, " bits"));
  Tokens tokens(bits, runBits);
  const uint32_t announced = bits.read(16);
  KernelWords<Tokens>(memory, job, used, nnCore, tokens, taken).verify(announced);
  bits.align(32);
  if (!bits.endsPadded(8 * kUnit)) memory.bad("zeros behind a stream, to 64 bytes", "others");
}

}  // namespace

Range verifyZeroRuns(Memory& memory, const Core& core, const CoefficientShape& job) {
  const uint64_t headerBytes = (4 * core.nnCores + kUnit - 1) / kUnit * kUnit;
  BitString sizes(memory.words(job.address, headerBytes, "the coefficients' header"),
                  32 * core.nnCores);
  uint64_t end = job.address + headerBytes;
  const uint32_t used = std::min(job.outputChannels, core.nnCores);
  const uint32_t kernels = (job.outputChannels + used - 1) / used;
  TakenOutputs taken(job.outputChannels);
  for (uint32_t nnCore = 0; nnCore < core.nnCores; nnCore++) {
    const uint32_t bytes = sizes.read(32);
    const bool isUsed = nnCore < job.outputChannels;
    if (bytes % kUnit != 0 || (bytes > 0) != isUsed) memory.bad("the size of a stream", bytes);
    if (!isUsed) continue;
    const uint8_t* stream = memory.words(end, bytes, "a coefficient stream");
    memory.spend(bytes + kWorkOfKernel * kernels);
    verifyStream(memory, core, job, used, nnCore, BitString(stream, 8ull * bytes), taken);
    end += bytes;
  }
  return {job.address, end - job.address};
}

}  // namespace nolfet
