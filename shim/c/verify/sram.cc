#include "sram.h"

#include <algorithm>

namespace nolfet {
namespace {

constexpr uint32_t kWidestTile = 64;
constexpr uint32_t kHighestTileOnV8 = 4;
constexpr uint32_t kAccumulatorGroup = 64;

/** What the words tell of a tile. */
struct Tile {
  explicit Tile(const Descriptor& nn)
      : width(nn.bits(kNnTileX)),
        height(nn.bits(kNnTileY)),
        kernelWidth(nn.bits(kNnKernelX)),
        kernelHeight(nn.bits(kNnKernelY)) {}

  uint32_t width, height, kernelWidth, kernelHeight;
};

/** Rows of a narrow tile that share a line of the buffers. */
uint32_t sharing(uint32_t width, uint32_t kernelHeight, uint32_t architecture) {
  const uint32_t span = width + kernelHeight - 1;
  if (span > 36) return 1;
  const uint32_t fitting = width <= 8 ? 8 : width <= 16 ? 4 : width <= 32 ? 2 : 1;
  const bool isWide = span > 18;
  return std::min(fitting, (architecture == 8) != isWide ? 4u : 2u);
}

uint32_t highestTile(const Core& core, const Tile& tile, uint32_t rows) {
  const uint32_t input = core.inputBufferDepth * rows;
  const uint32_t border = tile.kernelHeight - 1;
  uint32_t highest = input > border ? input - border : 1;
  highest = std::min(highest, core.accumulationBufferDepth * rows);
  return core.architecture == 8 ? std::min(highest, kHighestTileOnV8) : highest;
}

/** Kernels whose sums over a tile the accumulators of a core hold. */
uint32_t mostKernels(const Core& core, const Tile& tile, uint32_t rows) {
  const uint32_t lines = core.accumulationBufferDepth;
  const bool isNarrow = tile.kernelWidth == 1;
  if (core.architecture == 8) {
    const uint32_t groups = (tile.width * tile.height + kAccumulatorGroup - 1) / kAccumulatorGroup;
    const uint32_t taken = isNarrow ? (tile.height + rows - 1) / rows : groups;
    return std::max(1u, std::min(lines / taken, lines * 6 / 9));
  }
  const uint32_t most = lines * rows / tile.height;
  return std::max(1u, isNarrow ? std::min(most, lines / 3) : most);
}

constexpr uint32_t kFull = 1;
constexpr uint32_t kPartial = 2;

/** Bits of a partial cache, from the least number of kernels that they are for. */
struct Pattern {
  uint32_t from, top, low, high;
};

// What the emulator knows of the regions (assembly/emulator/nn/sram.ts): kKernelStart and others,
// and kPatterns.
#include "sram.generated.inc"

bool hasPatternOf(const Descriptor& nn, uint32_t kernels) {
  for (const auto& [from, top, low, high] : kPatterns) {
    if (kernels < from) continue;
    return nn.bits(kNnPatternTop) == top && nn.bits(kNnPatternLow) == low &&
           nn.bits(kNnPatternHigh) == high;
  }
  return false;
}

/** What a tile's input takes; its rows go by the kernel's width, as drivers count. */
uint32_t imageBytes(const Descriptor& nn) {
  const Tile tile(nn);
  const uint32_t border = tile.kernelWidth - 1;
  const uint32_t area = (tile.width + border) * (tile.height + border);
  return (((area + 15) & ~15u) * nn.bits(kNnKernelZ) + 127) & ~127u;
}

/** Kernels in part get what the image leaves, or all; 0 where the image does not fit itself. */
void checkKernels(const Memory& memory, const Core& core, const Descriptor& nn, bool isPartial) {
  const uint32_t end = nn.bits(kNnKernelCacheEnd);
  if (isPartial) {
    const uint32_t image = imageBytes(nn);
    const uint32_t rest = image > core.sramBytes ? 0 : core.sramBytes - image;
    if (end != core.sramBytes && end != rest) {
      memory.bad(phrase("cached kernels to ", core.sramBytes, " or ", rest), end);
    }
    return;
  }
  const uint32_t most = std::max(core.sramBytes, kLeastKernelEnd);
  if (end % kRegionUnit != 0 || end < kLeastKernelEnd || end > most) {
    memory.bad(phrase("cached kernels to an end up to ", most), end);
  }
}

/** A large image follows the kernels; the place of a small one is that of none. */
void checkImage(const Memory& memory, const Core& core, const Descriptor& nn) {
  const uint32_t start = nn.bits(kNnImageCacheStart);
  const uint32_t end = nn.bits(kNnImageCacheEnd);
  if (start == 0 && end == kKernelStart) return;
  const bool isCached = core.architecture == 8 || nn.bits(kNnImageCaching) == 1;
  if (isCached && start == nn.bits(kNnKernelCacheEnd) && end > start && end <= core.sramBytes)
    return;
  memory.bad("a cached image behind the kernels, or none", phrase(start, " to ", end));
}

}  // namespace

void checkTiling(const Memory& memory, const Core& core, const Descriptor& nn) {
  const Tile tile(nn);
  if (tile.width == 0 || tile.height == 0) memory.bad("tiles above 0", 0);
  if (tile.width > kWidestTile) memory.bad(phrase("tiles up to ", kWidestTile), tile.width);
  const uint32_t rows = std::max(sharing(tile.width, tile.kernelHeight, core.architecture),
                                 sharing(tile.width, 1, core.architecture));
  const uint32_t highest = highestTile(core, tile, rows);
  if (tile.height > highest) memory.bad(phrase("tiles up to ", highest, " rows"), tile.height);
  const uint32_t kernels = nn.bits(kNnKernelsPerCore);
  const uint32_t most = mostKernels(core, tile, rows);
  if (kernels > most) memory.bad(phrase("up to ", most, " kernels at a time"), kernels);
}

void checkCaching(const Memory& memory, const Core& core, const Descriptor& nn) {
  const bool isPartial =
      (nn.bits(kNnPatternTop) | nn.bits(kNnPatternLow) | nn.bits(kNnPatternHigh)) != 0;
  if (isPartial && !hasPatternOf(nn, nn.bits(kNnOutZ))) {
    memory.bad("the kernel pattern for as many kernels", nn.bits(kNnPatternLow));
  }
  const uint32_t mode = isPartial ? kPartial : kFull;
  if (core.architecture == 7 && nn.bits(kNnKernelCaching) != mode) {
    memory.bad(phrase("the kernel caching ", mode), nn.bits(kNnKernelCaching));
  }
  checkKernels(memory, core, nn, isPartial);
  checkImage(memory, core, nn);
}

}  // namespace nolfet
