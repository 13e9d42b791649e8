#include <algorithm>

#include "../limits.h"
#include "coefficients.h"

namespace nolfet {
namespace {

/*
 *  ┌ header ───────────────────────────────┬ streams, each padded to 64 bytes ┐
 *  │ bytes of stream u32 x NN cores, to 64 │ core 0 │ core 1 │ …              │
 *  └───────────────────────────────────────┴──────────────────────────────────┘
 *  stream │ run bits 8 │ kernels 16 │ token … bias 32 token … output offset 32 … │ zeros
 *  token  │ run │ literal 8 │
 *
 * In a superblock the kernels take turns: a channel's plane each, or six channels of 1x1 kernels.
 */
constexpr uint32_t kUnit = 64;
constexpr uint32_t kChannelsAtATime = 6;
constexpr uint32_t kMostOutputsByChannel = 8;

/** Weights as runs of zeros, each with a literal behind it. */
class Tokens {
 public:
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

  bool isOpen() const { return isOpen_; }

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

/** The stream of one NN core. */
class Stream {
 public:
  Stream(const Memory& memory, const Core& core, const Convolution& job, uint32_t nnCore,
         BitString bits)
      : memory_(memory),
        job_(job),
        usedCores_(std::min(job.outputChannels, core.nnCores)),
        nnCore_(nnCore),
        bits_(bits),
        tokens_(bits_, beginning(core)),
        byChannel_(job.kernelArea > 1 || job.outputChannels <= kMostOutputsByChannel) {}

  void verify() {
    const uint32_t kernels = (job_.outputChannels + usedCores_ - 1) / usedCores_;
    const uint32_t announced = bits_.read(16);
    if (announced != kernels) memory_.bad(phrase(kernels, " kernels in a stream"), announced);
    for (uint32_t first = 0; first < kernels; first += job_.kernelsPerCore) {
      superblock(first, std::min(job_.kernelsPerCore, kernels - first));
    }
    bits_.align(32);
    if (!bits_.endsPadded(8 * kUnit)) memory_.bad("zeros behind a stream, to 64 bytes", "others");
  }

 private:
  uint32_t beginning(const Core& core) {
    const uint32_t runBits = bits_.read(8);
    if (runBits > core.zeroRunBits) memory_.bad("short run lengths", phrase(runBits, " bits"));
    return runBits;
  }

  void superblock(uint32_t first, uint32_t kernels) {
    const uint32_t group = byChannel_ ? 1 : kChannelsAtATime;
    const uint32_t rounds = (job_.inputChannels + group - 1) / group;
    for (uint32_t round = 0; round < rounds; round++) {
      if (round == 1 && rounds > 2) {
        tokens_.pass(uint64_t{rounds - 2} * weightsIn(1) * kernels);
        round = rounds - 1;
      }
      for (uint32_t k = 0; k < kernels; k++) {
        if (round == 0) bias();
        tokens_.pass(weightsIn(round) - (round == 0 ? 1 : 0));
        if (round == rounds - 1) place(first * usedCores_ + nnCore_ * kernels + k);
        if (bits_.hasOverrun()) memory_.bad("more weights", "the end of their stream");
      }
    }
  }

  uint32_t weightsIn(uint32_t round) const {
    if (byChannel_) return job_.kernelArea;
    return std::min(kChannelsAtATime, job_.inputChannels - round * kChannelsAtATime);
  }

  /** It stands behind a kernel's first weight. */
  void bias() {
    tokens_.pass(1);
    if (tokens_.isOpen()) memory_.bad("a token that ends before the bias", "a longer one");
    bits_.read(32);
  }

  /** Goes by the kernel's number; those that only fill up the last superblock lie behind the
   * output. */
  void place(uint32_t kernel) {
    if (tokens_.isOpen()) memory_.bad("a token that ends with the kernel", "a longer one");
    const uint64_t offset = bits_.read(32);
    const uint64_t expected = job_.outputPlane * kernel;
    if (offset != expected) memory_.bad(phrase("the output offset ", expected), offset);
  }

  const Memory& memory_;
  const Convolution& job_;
  const uint32_t usedCores_;
  const uint32_t nnCore_;
  BitString bits_;
  Tokens tokens_;
  const bool byChannel_;
};

}  // namespace

Range verifyZeroRuns(Memory& memory, const Core& core, const Convolution& job) {
  const uint64_t headerBytes = (4 * core.nnCores + kUnit - 1) / kUnit * kUnit;
  BitString sizes(memory.words(job.address, headerBytes, "the coefficients' header"),
                  32 * core.nnCores);
  uint64_t end = job.address + headerBytes;
  const uint32_t used = std::min(job.outputChannels, core.nnCores);
  const uint32_t kernels = (job.outputChannels + used - 1) / used;
  for (uint32_t nnCore = 0; nnCore < core.nnCores; nnCore++) {
    const uint32_t bytes = sizes.read(32);
    const bool isUsed = nnCore < job.outputChannels;
    if (bytes % kUnit != 0 || (bytes > 0) != isUsed) memory.bad("the size of a stream", bytes);
    if (!isUsed) continue;
    const uint8_t* stream = memory.words(end, bytes, "a coefficient stream");
    memory.spend(bytes + kWorkOfKernel * kernels);
    Stream(memory, core, job, nnCore, BitString(stream, 8ull * bytes)).verify();
    end += bytes;
  }
  return {job.address, end - job.address};
}

}  // namespace nolfet
