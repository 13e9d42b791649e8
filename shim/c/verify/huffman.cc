#include <algorithm>
#include <cstring>

#include "../limits.h"
#include "coefficients.h"

namespace nolfet {
namespace {

/*
 *  ┌ header, 64 bytes ┬ streams, each padded to 64 bytes ┬ biases ───────────────┐
 *  │                  │ core 0 │ core 1 │ …              │ i32 x output channels │
 *  └──────────────────┴──────────────────────────────────┴───────────────────────┘
 *  header │ 0x10 │ 0 x 19 │ symbol map u32 │ 0 u32 │ bits of each stream u32, the rest 0 │
 *  stream, as bytes │ kernels of the core u16 │ weights, each kernel's filled up to nines │
 */
constexpr uint32_t kHeaderBytes = 64;
constexpr uint8_t kFixed[20] = {0x10};
constexpr uint32_t kMapAt = 20;
constexpr uint32_t kSizesAt = 28;
constexpr uint32_t kBlock = 9;
constexpr uint32_t kCountBytes = 2;
constexpr uint32_t kShortestCode = 3;
constexpr uint32_t kLongestCode = 12;
/** Bytes that may follow the weights: one that makes them even, and two empty pairs. */
constexpr uint32_t kMostBehind = 5;

uint32_t wordAt(const uint8_t* bytes) {
  uint32_t word;
  std::memcpy(&word, bytes, 4);
  return word;
}

bool isZero(const uint8_t* begin, const uint8_t* end) {
  return std::all_of(begin, end, [](uint8_t byte) { return byte == 0; });
}

void checkHeader(const Memory& memory, const uint8_t* header, uint32_t streams) {
  if (std::memcmp(header, kFixed, sizeof kFixed) != 0) {
    memory.bad("coefficients of version 0x10 without run lengths", "others");
  }
  uint32_t lengths = 0;
  for (int shift = 0; shift < 32; shift += 4) {
    lengths |= 1u << (wordAt(header + kMapAt) >> shift & 15);
  }
  if (lengths != 0xff) memory.bad("a symbol for every length", wordAt(header + kMapAt));
  if (!isZero(header + kMapAt + 4, header + kSizesAt) ||
      !isZero(header + kSizesAt + 4 * streams, header + kHeaderBytes)) {
    memory.bad("no average bias and no more streams", "others");
  }
}

/** The code of a byte: part 0, then after 2 part 1, then bits of its own, two pairs later. */
struct Code {
  uint32_t part0, part1;
};

/** What a symbol's code says of the byte, but for its last bits. */
struct Meaning {
  uint32_t symbol;
  enum { POSITIVE, NEGATIVE, IN_PART_2 } sign;
};

Meaning meaningOf(const Code& code) {
  constexpr Meaning byPart0[] = {
      {0, Meaning::POSITIVE},  {1, Meaning::POSITIVE},  {},
      {3, Meaning::IN_PART_2}, {0, Meaning::NEGATIVE},  {1, Meaning::NEGATIVE},
      {4, Meaning::IN_PART_2}, {2, Meaning::IN_PART_2},
  };
  constexpr Meaning byPart1[] = {
      {7, Meaning::IN_PART_2},
      {5, Meaning::POSITIVE},
      {6, Meaning::IN_PART_2},
      {5, Meaning::NEGATIVE},
  };
  return code.part0 == 2 ? byPart1[code.part1] : byPart0[code.part0];
}

uint32_t byteOf(const Code& code, uint32_t symbolMap, BitString& bits) {
  const auto [symbol, sign] = meaningOf(code);
  const uint32_t length = symbolMap >> (4 * symbol) & 7;
  const bool inPart2 = sign == Meaning::IN_PART_2;
  const uint32_t width = inPart2 ? std::max(length, 1u) : length == 0 ? 0 : length - 1;
  const uint32_t part2 = bits.read(width);
  const bool negative = inPart2 ? part2 & 1 : sign == Meaning::NEGATIVE;
  const uint32_t magnitude = (1u << length) >> 1 | (inPart2 ? part2 >> 1 : part2);
  return (negative ? ~magnitude : magnitude) & 0xff;
}

/** Three pairs run through at a time: part 0 of the third comes before part 2 of the first. */
uint32_t firstPair(BitString& bits, uint32_t symbolMap) {
  Code pairs[3][2] = {};
  for (int step = 0; step < 3; step++) {
    for (Code& code : pairs[step]) code.part0 = bits.read(3);
    if (step == 0) continue;
    for (Code& code : pairs[step - 1]) {
      if (code.part0 == 2) code.part1 = bits.read(2);
    }
  }
  const uint32_t low = byteOf(pairs[0][0], symbolMap, bits);
  return low | byteOf(pairs[0][1], symbolMap, bits) << 8;
}

}  // namespace

Range verifyHuffman(Memory& memory, const Core& core, const Convolution& job) {
  const uint32_t streams = std::min(job.outputChannels, core.nnCores);
  const uint8_t* header = memory.words(job.address, kHeaderBytes, "the coefficients' header");
  checkHeader(memory, header, streams);
  const uint64_t weights = uint64_t{job.kernelArea} * (job.depthwise ? 1 : job.inputChannels);
  const uint64_t filled = (weights + kBlock - 1) / kBlock * kBlock;
  uint64_t end = job.address + kHeaderBytes;
  for (uint32_t i = 0; i < streams; i++) {
    const uint32_t bits = wordAt(header + kSizesAt + 4 * i);
    const uint64_t bytes = (uint64_t{bits} + 511) / 512 * 64;
    BitString stream(memory.words(end, bytes, "a coefficient stream"), bits);
    const uint32_t kernels = job.outputChannels / streams + (i < job.outputChannels % streams);
    memory.spend(kWorkOfKernel * kernels);
    const uint64_t decoded = kCountBytes + kernels * filled;
    if (decoded * kShortestCode > bits || (decoded + kMostBehind) * kLongestCode < bits) {
      memory.bad(phrase("a stream of ", decoded, " bytes"), phrase(bits, " bits"));
    }
    const uint32_t announced = firstPair(stream, wordAt(header + kMapAt));
    if (stream.hasOverrun() || announced != kernels) {
      memory.bad(phrase(kernels, " kernels in a stream"), announced);
    }
    end += bytes;
  }
  memory.words(end, 4ull * job.outputChannels, "the biases");
  return {job.address, end + 4ull * job.outputChannels - job.address};
}

}  // namespace nolfet
