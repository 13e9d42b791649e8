#include <algorithm>
#include <cstring>

#include "descriptor.h"
#include "jobs.h"
#include "loops.h"

namespace nolfet {
namespace {

constexpr uint32_t kTableWords = 1024;
constexpr uint32_t kMostOverfetch = 2;

int32_t isSigned(uint32_t half) { return static_cast<int16_t>(half); }

/** 21 bits: a sign, five of exponent, fifteen of mantissa; all of them finite. */
void checkTable(const Memory& memory, const uint8_t* table) {
  for (uint32_t i = 0; i < kTableWords; i++) {
    uint32_t word;
    std::memcpy(&word, table + 4 * i, 4);
    if (word >> 21 != 0 || (word >> 15 & 31) == 31) memory.bad("finite floats of 21 bits", word);
  }
}

/** The flags of a function go together, and its parts need them. */
bool hasFunction(const Memory& memory, const Descriptor& tp) {
  const uint32_t enabled = tp.bits(6, 27, 27);
  for (const uint32_t flag : {tp.bits(6, 30, 30), tp.bits(6, 31, 31), tp.bits(12, 28, 28)}) {
    if (flag != enabled) memory.bad("all flags of a function, or none", flag);
  }
  const uint32_t parts =
      tp.word(11) | tp.bits(24, 14, 10) | tp.bits(24, 27, 26) | tp.bits(30, 22, 8);
  if (enabled == 0 && parts != 0) memory.bad("no parts of a function", parts);
  return enabled == 1;
}

/** The part of the image that the window covers; nothing where they do not meet. */
Range inputOf(const Memory& memory, const Descriptor& tp) {
  memory.place(tp.word(10));
  const int64_t left = std::max(isSigned(tp.low(4)), 0);
  const int64_t top = std::max(isSigned(tp.high(4)), 0);
  const int64_t right = std::min<int64_t>(isSigned(tp.low(5)), int64_t{tp.low(0)} - 1);
  const int64_t bottom = std::min<int64_t>(isSigned(tp.high(5)), int64_t{tp.low(1)} - 1);
  const int64_t depth = tp.high(1);
  if (depth == 0 || left > right || top > bottom) return {};
  const int64_t first = top * tp.low(2) + left;
  const int64_t last = (depth - 1) * tp.word(3) + bottom * tp.low(2) + right;
  if (last < first) memory.bad("a window with a last element", "none");
  return memory.input(uint64_t{tp.word(10)} + static_cast<uint64_t>(first),
                      static_cast<uint64_t>(last - first) + 1);
}

Tiling tilingOf(const Memory& memory, const Descriptor& tp) {
  const Tiling tiling = {
      isSigned(tp.low(5)) - isSigned(tp.low(4)) + 1,
      isSigned(tp.high(5)) - isSigned(tp.high(4)) + 1,
      tp.low(8),
      tp.high(8),
      int64_t{tp.bits(12, 9, 8)} + tp.high(1) + tp.bits(12, 12, 11),
  };
  if (tp.bits(12, 9, 8) > kMostOverfetch || tp.bits(12, 12, 11) > kMostOverfetch) {
    memory.bad("at most 2 slices of border on a side", tp.word(12));
  }
  if (tiling.width <= 0 || tiling.height <= 0) memory.bad("a window with elements", "none");
  if (tiling.tileWidth == 0 || tiling.tileHeight == 0) memory.bad("tiles with elements", "none");
  if (tp.word(9) != tp.word(8)) memory.bad("tiles one after the other", tp.word(9));
  return tiling;
}

/** Where an extent lies in the arena, apart from the input; empty where it does not. */
Range placed(const Memory& memory, uint64_t base, const Extent& extent, const Range& input) {
  const int64_t first = static_cast<int64_t>(base) + extent.least;
  const int64_t last = static_cast<int64_t>(base) + extent.greatest;
  const auto begin = static_cast<int64_t>(memory.arena().first);
  const auto end = begin + static_cast<int64_t>(memory.arena().bytes);
  if (first < begin || last >= end) return {};
  const Range output = {static_cast<uint64_t>(first), static_cast<uint64_t>(last - first) + 1};
  return output.overlaps(input) ? Range{} : output;
}

/** Bounds show that nearly all jobs are right; a walk finds out about the others. */
void checkOutput(Memory& memory, const Descriptor& tp, const Tiling& tiling, const Range& input) {
  const uint64_t base = tp.word(13);
  memory.output(base, 1);
  if (static_cast<uint64_t>(tiling.elements()) > memory.arena().bytes) {
    memory.bad("no more elements than the arena has bytes", tiling.elements());
  }
  Loops loops(tp);
  if (placed(memory, base, loops.bound(tiling), input).bytes != 0) return;
  if (placed(memory, base, loops.walk(tiling, memory), input).bytes != 0) return;
  memory.bad("an output in the arena, apart from the input", base);
}

}  // namespace

Range verifyTp(Memory& memory, const Core& core, uint32_t descriptor, bool continued) {
  const Descriptor tp(memory.words(descriptor, 4 * kTpWords, "the TP descriptor"));
  const int strange = strangeTpWord(tp, core);
  if (strange >= 0) memory.bad(phrase("known bits in word ", strange), tp.word(strange));
  if ((tp.bits(12, 30, 30) == 1) != continued) {
    memory.bad("a flush with the last job of an operation alone", tp.word(12));
  }
  const Tiling tiling = tilingOf(memory, tp);
  if (tp.low(29) > 255) memory.bad("a border that is a byte", tp.low(29));
  const bool function = hasFunction(memory, tp);
  const Range input = inputOf(memory, tp);
  if (tiling.elements() == 0) {
    memory.place(tp.word(13));
    return {};
  }
  Range table;
  if (function) {
    table = {tp.word(11), 4 * kTableWords};
    const uint8_t* words = memory.words(table.first, table.bytes, "a function's table");
    memory.spend(table.bytes);
    checkTable(memory, words);
  }
  checkOutput(memory, tp, tiling, input);
  return table;
}

}  // namespace nolfet
