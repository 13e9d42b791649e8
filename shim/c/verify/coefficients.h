// The coefficient streams of NN jobs, as far as they decide what is read and written.
#pragma once

#include <cstdint>

#include "../core.h"
#include "memory.h"

namespace nolfet {

/** The sizes of a convolution that determine how its coefficients are stored. */
struct CoefficientShape {
  uint64_t address;  // of the coefficients
  uint32_t kernelArea, inputChannels, outputChannels;
  uint64_t outputPlanePitch;  // bytes
  uint32_t kernelsPerCore;
  bool depthwise;
};

/** All bytes of the coefficients. v7: the streams hold the positions of outputs. */
Range verifyZeroRuns(Memory& memory, const Core& core, const CoefficientShape& job);

/** v8: sizes stand in the header, and how many kernels there are in the streams. */
Range verifyHuffman(Memory& memory, const Core& core, const CoefficientShape& job);

/** The S905D3: v7's streams as bytes in v8's code. */
Range verifyCodedWords(Memory& memory, const Core& core, const CoefficientShape& job);

/** Bits of a core's stream, the lowest of each byte first; kSlackBytes after them are readable. */
class BitString {
 public:
  BitString(const uint8_t* bytes, uint64_t bits) : bytes_(bytes), bits_(bits) {}

  /** The next 0 to 32 bits; 0 after the end. */
  uint32_t read(uint32_t bits);
  void skip(uint64_t bits) { position_ += bits; }
  void align(uint32_t unit) { position_ = (position_ + unit - 1) / unit * unit; }

  bool hasMore() const { return position_ < bits_; }
  bool isAtEnd() const { return position_ == bits_; }
  bool hasOverrun() const { return position_ > bits_; }
  /** Whether fewer than `unit` bits are left, all of them 0. */
  bool endsPadded(uint32_t unit);

 private:
  const uint8_t* bytes_;
  uint64_t bits_;
  uint64_t position_ = 0;
};

}  // namespace nolfet
