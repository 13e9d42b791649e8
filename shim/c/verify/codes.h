// The Huffman codes of coefficients.
#pragma once

#include <cstdint>

#include "coefficients.h"

namespace nolfet {

/*
 *  header │ 0x10 │ run lengths u8 │ zeros of each, less 1: u8 x 18 │ symbol map u32 │
 *         │ average bias u16 │ 0 u16 │ bits of each stream u32 │ 0
 */
class CodeHeader {
 public:
  static constexpr uint32_t kBytes = 64;

  CodeHeader(const Memory& memory, uint64_t address, uint32_t streams);

  uint32_t streamBits(uint32_t stream) const;
  /** Padding included. */
  uint64_t streamBytes(uint32_t stream) const;

  bool hasRuns() const { return runLengths() != 0; }
  /** The most bytes of one code. */
  uint32_t longestRun() const;
  uint32_t averageBias() const { return bytes_[24]; }

  /** What a symbol stands for: a byte, or kRun and a number of zeros. */
  static constexpr uint32_t kRun = 0x100;
  uint32_t itemOf(uint32_t symbol, uint32_t value) const;
  /** Bits of a symbol's values. */
  uint32_t widthOf(uint32_t symbol) const;

 private:
  uint32_t runLengths() const { return bytes_[1]; }
  uint32_t zerosOf(uint32_t entry) const { return bytes_[2 + entry] + 1u; }
  uint32_t symbolMap() const;
  uint32_t lengthOf(uint32_t symbol) const { return symbolMap() >> (4 * symbol) & 15; }
  bool hasKnownMap() const;

  const uint8_t* bytes_;
};

/** The bytes of one stream. */
class CodedBytes {
 public:
  /** A kernel's bias comes before its first weight, and runs may reach over it. */
  static constexpr bool kHasBiasFirst = true;
  bool isOpen() const { return false; }

  CodedBytes(const CodeHeader& header, BitString bits);

  uint32_t take();
  void pass(uint64_t bytes);
  uint32_t word();
  bool hasOverrun() const { return hasOverrun_ || bits_.hasOverrun(); }
  /** Whether all is taken, but for a byte 0 that makes their codes even, and the end after it. */
  bool isAtEnd();

 private:
  struct Code {
    uint32_t part0 = 0, part1 = 0;
    bool isEmpty = true;
  };

  /** Takes a run that is ahead; false where there is none. */
  bool openRun();
  uint32_t nextItem();
  /** Has the next two items ready; false where there are none. */
  bool step();
  uint32_t itemOf(const Code& code);

  const CodeHeader& header_;
  BitString bits_;
  Code pipeline_[2][2];  // of the pair that comes out next, and of the one after it
  uint32_t items_[2] = {};
  uint32_t ready_ = 0;
  uint64_t run_ = 0;
  bool isOdd_ = false;
  bool hasOverrun_ = false;
};

}  // namespace nolfet
