#include <algorithm>
#include <cstring>

#include "descriptor.h"
#include "jobs.h"
#include "loops.h"
#include "ring.h"

namespace nolfet {
namespace {

constexpr uint32_t kTableWords = 1024;
constexpr uint32_t kMostOverfetch = 2;

/** Data types of an image. */
constexpr uint32_t kFloat16 = 1;
constexpr uint32_t kSigned = 2;

int32_t isSigned(uint32_t half) { return static_cast<int16_t>(half); }

/** 21 bits: a sign, five of exponent, fifteen of mantissa; all of them finite. */
void checkTable(const Memory& memory, const uint8_t* table) {
  for (uint32_t i = 0; i < kTableWords; i++) {
    uint32_t word;
    std::memcpy(&word, table + 4 * i, 4);
    if (word >> 21 != 0 || (word >> 15 & 31) == 31) memory.bad("finite floats of 21 bits", word);
  }
}

/** The flags of a function go together; a table in memory is announced with pooling as well. */
bool hasFunction(const Memory& memory, const Descriptor& tp) {
  const uint32_t enabled = tp.bits(6, 27, 27);
  const uint32_t pooling = tp.bits(6, 14, 9);
  if (tp.bits(6, 30, 30) != enabled || tp.bits(6, 31, 31) != (enabled | pooling)) {
    memory.bad("all flags of a function, or none", tp.word(6));
  }
  if (enabled == 1 && pooling != 0) memory.bad("a function without pooling", "both");
  if (enabled == 0 && (tp.word(11) | tp.bits(12, 28, 28)) != 0) {
    memory.bad("no parts of a function", tp.word(11));
  }
  return enabled == 1;
}

constexpr uint32_t kEveryOther = 3;

/** Pixels from a maximum of 2 x 2 to the next one; 0 without pooling. Both axes pool alike. */
uint32_t poolStepOf(const Memory& memory, const Descriptor& tp) {
  const uint32_t code = tp.bits(6, 8, 6);
  const uint32_t count = code == 0 ? 0 : 1;
  if (code != 0 && code != 1 && code != kEveryOther) memory.bad("a known way of pooling", code);
  const bool isAlike = tp.bits(6, 17, 16) == code && tp.bits(6, 14, 9) == count &&
                       tp.bits(6, 24, 19) == count && tp.bits(24, 25, 24) == count;
  if (!isAlike) memory.bad("rows pooled like columns, and an outside that never wins", tp.word(6));
  return (code + 1) / 2;
}

/** Of so many pixels along an axis, those that are left. */
int64_t pooled(int64_t pixels, uint32_t step) { return step == 2 ? pixels / 2 : pixels - step; }

/** One axis of a pooling job: every tile holds pairs, each with a pixel inside the image. */
void checkPooledAxis(const Memory& memory, uint32_t step, int64_t start, int64_t end, int64_t size,
                     uint32_t tile) {
  if (start < -1 || end > size) memory.bad("a window at most 1 beyond the image", end);
  const int64_t pixels = end - start + 1;
  const bool arePairs = step == 2 ? pixels % 2 == 0 && tile % 2 == 0
                                  : tile > 1 && (pixels - 1) % (int64_t{tile} - 1) != 0;
  if (!arePairs) memory.bad("tiles of pairs", pixels);
}

/** Zero points belong to unsigned bytes; floats are not made integers. */
void checkTypes(const Memory& memory, const Descriptor& tp) {
  const uint32_t in = tp.bits(12, 20, 18);
  const uint32_t out = tp.bits(12, 23, 21);
  if ((in != 0 && in != kSigned) || out > kSigned) memory.bad("known data types", tp.word(12));
  if (in == kSigned && tp.bits(29, 31, 24) != 0) memory.bad("no zero point of signed bytes", in);
  if (out != 0 && tp.bits(30, 7, 0) != 0) memory.bad("no zero point of such an output", out);
  if (tp.bits(6, 29, 29) != (out == kFloat16 ? 0 : 1)) memory.bad("integers or floats", tp.word(6));
}

void checkNumbers(const Memory& memory, const Descriptor& tp) {
  if (tp.low(29) > 255) memory.bad("a border that is a byte", tp.low(29));
  if (tp.bits(24, 9, 5) > 14) memory.bad("a shift of the input up to 14", tp.bits(24, 9, 5));
}

/** The part of the image that the window covers; nothing where they do not meet. */
Range inputOf(const Memory& memory, const Descriptor& tp) {
  const Ring ring(memory, tp.bits(25, 25, 0), tp.bits(26, 25, 0));
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
  const Range image = {uint64_t{tp.word(10)} + static_cast<uint64_t>(first),
                       static_cast<uint64_t>(last - first) + 1};
  if (ring.isUsed()) memory.input(ring.range().first, ring.range().bytes);
  const Range placed = ring.place(memory, image);
  return memory.input(placed.first, placed.bytes);
}

Tiling tilingOf(const Memory& memory, const Descriptor& tp) {
  const int64_t width = isSigned(tp.low(5)) - isSigned(tp.low(4)) + 1;
  const int64_t height = isSigned(tp.high(5)) - isSigned(tp.high(4)) + 1;
  if (width <= 0 || height <= 0) memory.bad("a window with elements", "none");
  if (tp.bits(12, 9, 8) > kMostOverfetch || tp.bits(12, 12, 11) > kMostOverfetch) {
    memory.bad("at most 2 slices of border on a side", tp.word(12));
  }
  if (tp.low(8) == 0 || tp.high(8) == 0) memory.bad("tiles with elements", "none");
  const uint32_t step = poolStepOf(memory, tp);
  const uint32_t shared = step == 1 ? 1 : 0;
  if (tp.low(9) != tp.low(8) - shared || tp.high(9) != tp.high(8) - shared) {
    memory.bad("tiles one after the other", tp.word(9));
  }
  if (step != 0) {
    checkPooledAxis(memory, step, isSigned(tp.low(4)), isSigned(tp.low(5)), tp.low(0), tp.low(8));
    checkPooledAxis(memory, step, isSigned(tp.high(4)), isSigned(tp.high(5)), tp.low(1),
                    tp.high(8));
    if ((tp.bits(12, 9, 8) | tp.bits(12, 12, 11)) != 0) {
      memory.bad("no border slices with pooling", tp.word(12));
    }
  }
  return {
      pooled(width, step),
      pooled(height, step),
      pooled(tp.low(8), step),
      pooled(tp.high(8), step),
      int64_t{tp.bits(12, 9, 8)} + tp.high(1) + tp.bits(12, 12, 11),
  };
}

/** Where elements that extend so far lie in the arena, apart from the input; empty where not. */
Range placed(const Memory& memory, const Ring& ring, uint64_t base, const Extent& extent,
             int64_t bytes, const Range& input) {
  const int64_t first = static_cast<int64_t>(base) + extent.least * bytes;
  const int64_t last = static_cast<int64_t>(base) + extent.greatest * bytes + bytes - 1;
  const Range within = ring.isUsed() ? ring.range() : memory.arena();
  const auto begin = static_cast<int64_t>(within.first);
  const auto size = static_cast<int64_t>(within.bytes);
  if (first < begin || last >= begin + (ring.isUsed() ? 2 : 1) * size) return {};
  const Range output = {static_cast<uint64_t>(first), static_cast<uint64_t>(last - first) + 1};
  const Range reached = last >= begin + size ? within : output;
  return reached.overlaps(input) ? Range{} : reached;
}

/** A circular output lies in the arena, around its base. */
Ring outputRing(const Memory& memory, const Descriptor& tp) {
  const Ring ring(memory, tp.bits(27, 25, 0), tp.bits(28, 25, 0));
  if (!ring.isUsed()) return ring;
  memory.output(ring.range().first, ring.range().bytes);
  if (!ring.range().overlaps({tp.word(13), 1})) memory.bad("a ring around the output", "elsewhere");
  return ring;
}

/** Bounds show that nearly all jobs are right; a walk finds out about the others. */
void checkOutput(Memory& memory, const Descriptor& tp, const Tiling& tiling, const Range& input) {
  const uint64_t base = tp.word(13);
  const int64_t bytes = tp.bits(12, 23, 21) == kFloat16 ? 2 : 1;
  memory.output(base, 1);
  if (static_cast<uint64_t>(tiling.elements() * bytes) > memory.arena().bytes) {
    memory.bad("no more elements than the arena has bytes", tiling.elements());
  }
  const Ring ring = outputRing(memory, tp);
  Loops loops(tp);
  if (placed(memory, ring, base, loops.bound(tiling), bytes, input).bytes != 0) return;
  if (placed(memory, ring, base, loops.walk(tiling, memory), bytes, input).bytes != 0) return;
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
  checkNumbers(memory, tp);
  checkTypes(memory, tp);
  const bool function = hasFunction(memory, tp);
  const Range input = inputOf(memory, tp);
  if (tiling.elements() == 0) {
    Ring(memory, tp.bits(27, 25, 0), tp.bits(28, 25, 0));
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
