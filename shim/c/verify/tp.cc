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
  const uint32_t enabled = tp.bits(kTpFunctionEnable);
  const uint32_t pooling = tp.bits(kTpColumnCount);
  if (tp.bits(kTpLoadTable) != enabled || tp.bits(kTpTableInMemory) != (enabled | pooling)) {
    memory.bad("all flags of a function, or none", tp.bits(kTpLoadTable));
  }
  if (enabled == 1 && pooling != 0) memory.bad("a function without pooling", "both");
  if (enabled == 0 && (tp.bits(kTpTableAddress) | tp.bits(kTpSignSupport)) != 0) {
    memory.bad("no parts of a function", tp.bits(kTpTableAddress));
  }
  return enabled == 1;
}

constexpr uint32_t kEveryOther = 3;

/** Pixels from a maximum of 2 x 2 to the next one; 0 without pooling. Both axes pool alike. */
uint32_t poolStepOf(const Memory& memory, const Descriptor& tp) {
  if (tp.bits(kTpTileSequence) != 0) memory.bad("no fully connected job", "one");
  if (tp.bits(kTpWeightZero) != 0) memory.bad("no zero point of weights", tp.bits(kTpWeightZero));
  const uint32_t code = tp.bits(kTpColumnPooling);
  const uint32_t count = code == 0 ? 0 : 1;
  if (code != 0 && code != 1 && code != kEveryOther) memory.bad("a known way of pooling", code);
  const bool isAlike = tp.bits(kTpRowPooling) == code && tp.bits(kTpColumnCount) == count &&
                       tp.bits(kTpRowCount) == count && tp.bits(kTpBorderMode) == count;
  if (!isAlike) memory.bad("rows pooled like columns, and an outside that never wins", code);
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
  const uint32_t in = tp.bits(kTpInType);
  const uint32_t out = tp.bits(kTpOutType);
  if ((in != 0 && in != kSigned) || out > kSigned)
    memory.bad("known data types", phrase(in, " and ", out));
  if (in == kSigned && tp.bits(kTpInZero) != 0) memory.bad("no zero point of signed bytes", in);
  if (out != 0 && tp.bits(kTpOutZero) != 0) memory.bad("no zero point of such an output", out);
  if (tp.bits(kTpConvertsToInteger) != (out == kFloat16 ? 0 : 1))
    memory.bad("integers or floats", out);
}

void checkNumbers(const Memory& memory, const Descriptor& tp) {
  if (tp.bits(kTpBorderConstant) > 255)
    memory.bad("a border that is a byte", tp.bits(kTpBorderConstant));
  if (tp.bits(kTpPreshift) > 14) memory.bad("a shift of the input up to 14", tp.bits(kTpPreshift));
}

/** The part of the image that the window covers; nothing where they do not meet. */
Range inputOf(const Memory& memory, const Descriptor& tp) {
  const Ring ring(memory, tp.bits(kTpInRing), tp.bits(kTpInRingEnd));
  memory.place(tp.bits(kTpInAddress));
  const int64_t left = std::max(tp.asSigned(kTpWindowXStart), 0);
  const int64_t top = std::max(tp.asSigned(kTpWindowYStart), 0);
  const int64_t right = std::min<int64_t>(tp.asSigned(kTpWindowXEnd), int64_t{tp.bits(kTpInX)} - 1);
  const int64_t bottom =
      std::min<int64_t>(tp.asSigned(kTpWindowYEnd), int64_t{tp.bits(kTpInY)} - 1);
  const int64_t depth = tp.bits(kTpInZ);
  if (depth == 0 || left > right || top > bottom) return {};
  const int64_t first = top * tp.bits(kTpStride) + left;
  const int64_t last = (depth - 1) * tp.bits(kTpSlice) + bottom * tp.bits(kTpStride) + right;
  if (last < first) memory.bad("a window with a last element", "none");
  const Range image = {uint64_t{tp.bits(kTpInAddress)} + static_cast<uint64_t>(first),
                       static_cast<uint64_t>(last - first) + 1};
  if (ring.isUsed()) memory.input(ring.range().first, ring.range().bytes);
  const Range placed = ring.place(memory, image);
  return memory.input(placed.first, placed.bytes);
}

TpTiling tilingOf(const Memory& memory, const Descriptor& tp) {
  const int64_t width = tp.asSigned(kTpWindowXEnd) - tp.asSigned(kTpWindowXStart) + 1;
  const int64_t height = tp.asSigned(kTpWindowYEnd) - tp.asSigned(kTpWindowYStart) + 1;
  if (width <= 0 || height <= 0) memory.bad("a window with elements", "none");
  if (tp.bits(kTpSlicesBefore) > kMostOverfetch || tp.bits(kTpSlicesBehind) > kMostOverfetch) {
    memory.bad("at most 2 slices of border on a side", tp.bits(kTpSlicesBefore));
  }
  if (tp.bits(kTpTileX) == 0 || tp.bits(kTpTileY) == 0) memory.bad("tiles with elements", "none");
  const uint32_t step = poolStepOf(memory, tp);
  const uint32_t shared = step == 1 ? 1 : 0;
  if (tp.bits(kTpTileXIncrement) != tp.bits(kTpTileX) - shared ||
      tp.bits(kTpTileYIncrement) != tp.bits(kTpTileY) - shared) {
    memory.bad("tiles one after the other", tp.bits(kTpTileXIncrement));
  }
  if (step != 0) {
    checkPooledAxis(memory, step, tp.asSigned(kTpWindowXStart), tp.asSigned(kTpWindowXEnd),
                    tp.bits(kTpInX), tp.bits(kTpTileX));
    checkPooledAxis(memory, step, tp.asSigned(kTpWindowYStart), tp.asSigned(kTpWindowYEnd),
                    tp.bits(kTpInY), tp.bits(kTpTileY));
    if ((tp.bits(kTpSlicesBefore) | tp.bits(kTpSlicesBehind)) != 0) {
      memory.bad("no border slices with pooling", tp.bits(kTpSlicesBefore));
    }
  }
  return {
      pooled(width, step),
      pooled(height, step),
      pooled(tp.bits(kTpTileX), step),
      pooled(tp.bits(kTpTileY), step),
      int64_t{tp.bits(kTpSlicesBefore)} + tp.bits(kTpInZ) + tp.bits(kTpSlicesBehind),
  };
}

/** Where elements that extend so far lie in the arena, apart from the input; empty where not. */
Range placed(const Memory& memory, const Ring& ring, uint64_t base, const OffsetExtent& extent,
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
  const Ring ring(memory, tp.bits(kTpOutRing), tp.bits(kTpOutRingEnd));
  if (!ring.isUsed()) return ring;
  memory.output(ring.range().first, ring.range().bytes);
  if (!ring.range().overlaps({tp.bits(kTpOutAddress), 1}))
    memory.bad("a ring around the output", "elsewhere");
  return ring;
}

/** Bounds show that nearly all jobs are right; a walk finds out about the others. */
void checkOutput(Memory& memory, const Descriptor& tp, const TpTiling& tiling, const Range& input) {
  const uint64_t base = tp.bits(kTpOutAddress);
  const int64_t bytes = tp.bits(kTpOutType) == kFloat16 ? 2 : 1;
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
  if ((tp.bits(kTpNoFlush) == 1) != continued) {
    memory.bad("a flush with the last job of an operation alone", tp.bits(kTpNoFlush));
  }
  const TpTiling tiling = tilingOf(memory, tp);
  checkNumbers(memory, tp);
  checkTypes(memory, tp);
  const bool function = hasFunction(memory, tp);
  const Range input = inputOf(memory, tp);
  if (tiling.elements() == 0) {
    Ring(memory, tp.bits(kTpOutRing), tp.bits(kTpOutRingEnd));
    memory.place(tp.bits(kTpOutAddress));
    return {};
  }
  Range table;
  if (function) {
    table = {tp.bits(kTpTableAddress), 4 * kTableWords};
    const uint8_t* words = memory.words(table.first, table.bytes, "a function's table");
    memory.spend(table.bytes);
    checkTable(memory, words);
  }
  checkOutput(memory, tp, tiling, input);
  return table;
}

}  // namespace nolfet
