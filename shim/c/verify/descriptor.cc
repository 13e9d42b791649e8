#include "descriptor.h"

#include <cstring>

namespace nolfet {
namespace {

/** A word: the bits that vary, and the value of all others. */
struct Word {
  uint32_t varying;
  uint32_t value;
};

constexpr uint32_t kAll = 0xffffffff;
constexpr uint32_t kNoEnd = 0x03ffffff;

/*
 *    31    28   24   20   16   12   8    4    0
 *  0  1│─│Q│PL│ kernels  │ kernel z       │ kx │N│─   Q pooling size, PL pooling, N v8 alone
 *  1  in y               │ in x             │ ─
 *  2  shift 4:0│m│─│R│ ─                    │y │x     m multiplier 0, R relu, offsets 2:0
 *  3  out y              │ out x            │─ │N│─
 *  4  tile y │ tile x │y│x│ 1 │ out z                 y x: offsets 3
 *  5  ─  │ coefficient address >> 6
 *  6  in address    7  out address
 *  8  out y stride       │ ky │pattern 69:64│─│k│i    k kernel caching, i image caching: v7
 *  9  pattern 31:0 10  pattern 63:32    11  0x800, kernel cache start    12  its end
 * 13  image cache start                  14  its end
 * 15  ─│S │ mult. 6:1 │─ │ border           │─        S shift 6:5
 * 16  in y stride       │ in x stride       17  mult. 14:7 │ ─ │ out x stride
 * 18  u3│u2│─   v8 alone: set together where the image is padded
 * 22  ─ │ mult. 22:15 │D│─│ out zero │ weight zero    multiplier and D(epthwise): v8 alone
 */
constexpr Word kNn[kNnWords] = {
    {0x7ffffffc & ~(1u << 30), 0x80000000},
    {0xffffffc0, 0},
    {0xfd00003f, 0},
    {0xffffffc0, 0},
    {0xffff3fff, 0x00004000},
    {0x03ffffff, 0},
    {kAll, 0},
    {kAll, 0},
    {0xffffffc0, 0},
    {kAll, 0},
    {kAll, 0},
    {0, 0x800},
    {kAll, 0},
    {kAll, 0},
    {kAll, 0},
    {0x3fc3fffc, 0},
    {kAll, 0},
    {0xff00ffff, 0},
    {0, 0},
    {0, kNoEnd},
    {0, 0},
    {0, kNoEnd},
    {0x0000ffff, 0},
    {0, 0},
    {0, 0},
    {0, 0},
    {0, 0},
    {0, 0},
    {0, kNoEnd},
    {0, 0x7f800000},
    {0, 0xff800000},
    {0, 0},
    {0, 0},
    {0, 0},
};

/** What an architecture has on top of that. */
struct Addition {
  uint32_t architecture;
  uint32_t word;
  Word bits;
};

constexpr Addition kNnAdditions[] = {
    {8, 0, {0, 1u << 1}},     {8, 3, {0, 1u << 3}},     {7, 8, {0xf, 0}},
    {8, 18, {0xe0000000, 0}}, {8, 22, {0x03fe0000, 0}},
};

/*
 *     31        24        16         8         0
 *  0  ─                   │ in x
 *  1  in z                │ in y             2  ─ │ in stride      3  in slice
 *  4  window y start      │ x start          5  window y end │ x end
 *  6  L│l│1│─│P│ ─                │1│1│ ─    a function: P, from the table l that L has in memory
 *  8  tile y              │ tile x           9  its increments
 * 10  in address  11  table address
 * 12  1│N│─│S│ ─       │behind│before│ ─ │321│1│─     resets 3 2 1; slices of border; S as P
 * 13  out address 14 15 17 18 20 21 23  loop increments, 16 19 22  loop counts in pairs
 * 24  ─ │S│ ─ │ shift 4:0 │ ─ │1 │1 │─       S shift 6:5
 * 29  in zero │ ─ │ border                   30  ─ │ multiplier │ out zero
 */
constexpr Word kTp[kTpWords] = {
    {0x0000ffff, 0},
    {kAll, 0},
    {0x0000ffff, 0},
    {kAll, 0},
    {kAll, 0},
    {kAll, 0},
    {0xc8000000, 0x20000018},
    {0, 0},
    {kAll, 0},
    {kAll, 0},
    {kAll, 0},
    {kAll, 0},
    {0x50001b1c, 0x80000002},
    {kAll, 0},
    {kAll, 0},
    {kAll, 0},
    {kAll, 0},
    {kAll, 0},
    {kAll, 0},
    {kAll, 0},
    {kAll, 0},
    {kAll, 0},
    {kAll, 0},
    {kAll, 0},
    {0x0c007c00, 0x0000000a},
    {0, 0},
    {0, kNoEnd},
    {0, 0},
    {0, kNoEnd},
    {0xff00ffff, 0},
    {0x007fffff, 0},
};

bool isStrange(const Descriptor& descriptor, uint32_t index, Word known) {
  return ((descriptor.word(index) ^ known.value) & ~known.varying) != 0;
}

}  // namespace

uint32_t Descriptor::word(uint32_t index) const {
  uint32_t word;
  std::memcpy(&word, bytes_ + 4 * index, 4);
  return word;
}

uint32_t Descriptor::bits(uint32_t index, uint32_t high, uint32_t low) const {
  return word(index) << (31 - high) >> (31 - high + low);
}

int strangeNnWord(const Descriptor& descriptor, const Core& core) {
  for (uint32_t i = 0; i < kNnWords; i++) {
    Word known = kNn[i];
    for (const Addition& addition : kNnAdditions) {
      if (addition.architecture != core.architecture || addition.word != i) continue;
      known.varying |= addition.bits.varying;
      known.value |= addition.bits.value;
    }
    if (isStrange(descriptor, i, known)) return static_cast<int>(i);
  }
  return -1;
}

int strangeTpWord(const Descriptor& descriptor) {
  for (uint32_t i = 0; i < kTpWords; i++) {
    if (isStrange(descriptor, i, kTp[i])) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace nolfet
