// The kernels of v7, whose biases and output offsets stand among their weights.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "coefficients.h"

namespace nolfet {

/** Which output channels have their kernel. */
using TakenOutputs = std::vector<bool>;

/**
 * Goes through one core's kernels. In a superblock they take turns: a channel's plane each, or six
 * channels of 1x1 kernels. `Weights` is what they are read from: `pass` for so many weights, `word`
 * for a bias or an offset, `isOpen` where no kernel may end, `hasOverrun`, and `kHasBiasFirst`.
 */
template <typename Weights>
class KernelWords {
 public:
  KernelWords(const Memory& memory, const CoefficientShape& job, uint32_t usedCores,
              uint32_t nnCore, Weights& weights, TakenOutputs& taken)
      : memory_(memory),
        job_(job),
        usedCores_(usedCores),
        nnCore_(nnCore),
        weights_(weights),
        taken_(taken) {}

  void verify(uint32_t announced) {
    const uint32_t kernels = (job_.outputChannels + usedCores_ - 1) / usedCores_;
    if (announced != kernels) memory_.bad(phrase(kernels, " kernels in a stream"), announced);
    for (uint32_t first = 0; first < kernels; first += job_.kernelsPerCore) {
      superblock(first, std::min(job_.kernelsPerCore, kernels - first));
    }
  }

 private:
  static constexpr uint32_t kChannelsAtATime = 6;
  static constexpr uint32_t kMostOutputsByChannel = 8;

  bool byChannel() const {
    return job_.kernelArea > 1 || job_.outputChannels <= kMostOutputsByChannel;
  }

  void superblock(uint32_t first, uint32_t kernels) {
    const uint32_t group = byChannel() ? 1 : kChannelsAtATime;
    const uint32_t rounds = (job_.inputChannels + group - 1) / group;
    for (uint32_t round = 0; round < rounds; round++) {
      if (round == 1 && rounds > 2) {
        weights_.pass(uint64_t{rounds - 2} * weightsIn(1) * kernels);
        round = rounds - 1;
      }
      for (uint32_t k = 0; k < kernels; k++) {
        if (round == 0) bias();
        weights_.pass(weightsIn(round) - (round == 0 ? 1 : 0));
        if (round == rounds - 1) position(first * usedCores_ + nnCore_ * kernels + k);
        if (weights_.hasOverrun()) memory_.bad("more weights", "the end of their stream");
      }
    }
  }

  uint32_t weightsIn(uint32_t round) const {
    if (byChannel()) return job_.kernelArea;
    return std::min(kChannelsAtATime, job_.inputChannels - round * kChannelsAtATime);
  }

  /** And a kernel's first weight. */
  void bias() {
    if (Weights::kHasBiasFirst) weights_.word();
    weights_.pass(1);
    if (!Weights::kHasBiasFirst) weights_.word();
  }

  /**
   * Every output channel has one kernel; those that only fill up the last superblock go by their
   * number and lie after the output.
   */
  void position(uint32_t number) {
    if (weights_.isOpen()) memory_.bad("a token that ends with the kernel", "a longer one");
    const uint64_t offset = weights_.word();
    if (number >= job_.outputChannels) {
      const uint64_t expected = job_.outputPlanePitch * number;
      if (offset != expected) memory_.bad(phrase("the output offset ", expected), offset);
      return;
    }
    const uint64_t output = offset / job_.outputPlanePitch;
    if (offset % job_.outputPlanePitch != 0 || output >= job_.outputChannels || taken_[output]) {
      memory_.bad("an output offset of a plane without a kernel", offset);
    }
    taken_[output] = true;
  }

  const Memory& memory_;
  const CoefficientShape& job_;
  const uint32_t usedCores_;
  const uint32_t nnCore_;
  Weights& weights_;
  TakenOutputs& taken_;
};

}  // namespace nolfet
