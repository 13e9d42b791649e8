#include "sram.h"

#include <algorithm>
#include <iterator>

#include "generation.h"

namespace nolfet {
namespace {

// The emulator's numbers (assembly/emulator/nn/sram.ts).
#include "sram.generated.inc"

/** A job's tile and kernel. */
struct Tile {
  explicit Tile(const Descriptor& nn)
      : width(nn.bits(kNnTileX)),
        height(nn.bits(kNnTileY)),
        kernelWidth(nn.bits(kNnKernelX)),
        kernelHeight(nn.bits(kNnKernelY)) {}

  uint32_t width, height, kernelWidth, kernelHeight;
};

/** Rows of so narrow tiles that fit into a line. */
uint32_t fittingRows(uint32_t width) {
  return width <= 8 ? 8 : width <= 16 ? 4 : width <= 32 ? 2 : 1;
}

/** Rows of a narrow tile that share a line of the buffers. */
uint32_t sharing(uint32_t width, uint32_t kernelHeight, const Generation& generation) {
  const uint32_t span = width + kernelHeight - 1;
  if (span > kWideSpan) return 1;
  const uint32_t rows = span > kNarrowSpan ? generation.wideRows : generation.narrowRows;
  return std::min(fittingRows(width), rows);
}

uint32_t highestTile(const Core& core, const Tile& tile, uint32_t rows) {
  const uint32_t input = core.inputBufferDepth * rows;
  const uint32_t border = tile.kernelHeight - 1;
  uint32_t highest = input > border ? input - border : 1;
  highest = std::min(highest, core.accumulationBufferDepth * rows);
  return std::min(highest, generationOf(core).highestTile);
}

uint32_t divideUp(uint32_t a, uint32_t b) { return (a + b - 1) / b; }

/** Kernels whose sums over a tile the accumulators of a core hold. */
uint32_t mostKernels(const Core& core, const Tile& tile, uint32_t rows) {
  const Generation& generation = generationOf(core);
  const uint32_t lines = core.accumulationBufferDepth;
  const uint32_t group = generation.accumulatorGroup;
  const bool isColumn = tile.kernelWidth == 1;
  uint32_t most = lines * rows / tile.height;
  if (group > 0) {
    most = lines /
           (isColumn ? divideUp(tile.height, rows) : divideUp(tile.width * tile.height, group));
  }
  const uint32_t thirds = isColumn ? generation.columnThirds : generation.kernelThirds;
  return std::max(1u, thirds > 0 ? std::min(most, lines * thirds / 3) : most);
}

/** The limits of the vendor's compiler; the open driver has others
 * (assembly/emulator/nn/tiling.ts). */
bool fitsBuffers(const Core& core, const Tile& tile, uint32_t kernels) {
  const uint32_t rows = fittingRows(tile.width);
  return tile.height + tile.kernelHeight - 1 <= core.inputBufferDepth * rows &&
         tile.height * kernels <= core.accumulationBufferDepth * rows;
}

constexpr uint32_t kFull = 1;
constexpr uint32_t kPartial = 2;

/** Regions that are used end after their start, and share nothing. */
void checkApart(const Memory& memory, const Descriptor& nn) {
  const uint32_t mode = nn.bits(kNnKernelCaching);
  const uint32_t kernelStart = nn.bits(kNnKernelCacheStart);
  const uint32_t kernelEnd = nn.bits(kNnKernelCacheEnd);
  const uint32_t imageStart = nn.bits(kNnImageCacheStart);
  const uint32_t imageEnd = nn.bits(kNnImageCacheEnd);
  // The open driver has no region for kernels that are cached in part beside too large an image.
  const bool kernels = mode == kFull || (mode == kPartial && kernelEnd != 0);
  const bool image = nn.bits(kNnImageCaching) != 0;
  if (kernels && kernelEnd <= kernelStart)
    memory.bad("a region that ends behind its start", kernelEnd);
  if (image && imageEnd <= imageStart) memory.bad("a region that ends behind its start", imageEnd);
  if (kernels && image && imageStart < kernelEnd && kernelStart < imageEnd) {
    memory.bad("an image cached outside the kernels' region", imageStart);
  }
}

void checkPlace(const Memory& memory, const Core& core, uint32_t place, uint32_t least) {
  if (place % kRegionUnit != 0 || place > std::max(core.sramBytes, least)) {
    memory.bad(phrase("a place in an SRAM of ", core.sramBytes, " bytes"), place);
  }
}

}  // namespace

void checkTiling(const Memory& memory, const Core& core, const Descriptor& nn) {
  const Tile tile(nn);
  if (tile.width == 0 || tile.height == 0) memory.bad("tiles above 0", 0);
  if (tile.width > kWidestTile) memory.bad(phrase("tiles up to ", kWidestTile), tile.width);
  if (fitsBuffers(core, tile, nn.bits(kNnKernelsPerCore))) return;
  const Generation& generation = generationOf(core);
  const uint32_t rows = std::max(sharing(tile.width, tile.kernelHeight, generation),
                                 sharing(tile.width, 1, generation));
  const uint32_t highest = highestTile(core, tile, rows);
  if (tile.height > highest) memory.bad(phrase("tiles up to ", highest, " rows"), tile.height);
  const uint32_t kernels = nn.bits(kNnKernelsPerCore);
  const uint32_t most = mostKernels(core, tile, rows);
  if (kernels > most) memory.bad(phrase("up to ", most, " kernels at a time"), kernels);
}

void checkCaching(const Memory& memory, const Core& core, const Descriptor& nn) {
  const bool hasPattern =
      (nn.bits(kNnPatternTop) | nn.bits(kNnPatternLow) | nn.bits(kNnPatternHigh)) != 0;
  const uint32_t mode = nn.bits(kNnKernelCaching);
  if (mode > kPartial || nn.bits(kNnImageCaching) > 1) memory.bad("known ways of caching", mode);
  if ((mode == kFull && hasPattern) || (mode == kPartial && !hasPattern)) {
    memory.bad("a kernel pattern with kernels cached in part alone", nn.bits(kNnPatternLow));
  }
  checkPlace(memory, core, nn.bits(kNnKernelCacheStart), kLeastStart);
  for (const Field& field : {kNnKernelCacheEnd, kNnImageCacheStart, kNnImageCacheEnd}) {
    checkPlace(memory, core, nn.bits(field), kLeastEnd);
  }
  for (const Field& field : {kNnOtherCacheStart, kNnOtherCacheEnd}) {
    const uint32_t place = nn.bits(field) & ~kLowBits;
    if (place > core.sramBytes) memory.bad("another region in the SRAM", place);
  }
  if (core.sramBytes >= kLeastEnd) checkApart(memory, nn);
}

void useCaches(const Memory& memory, const Descriptor& nn, CachedKernels& kernels) {
  const CachedKernels::Region region = {nn.bits(kNnKernelCacheStart), nn.bits(kNnKernelCacheEnd),
                                        nn.bits(kNnKernelAddress)};
  const uint32_t mode = nn.bits(kNnKernelCaching);
  if (nn.bits(kNnImageCaching) != 0)
    kernels.drop(nn.bits(kNnImageCacheStart), nn.bits(kNnImageCacheEnd));
  if (nn.bits(kNnFromCache) == 1) {
    if (mode != 0) memory.bad("no caching of cached kernels", mode);
    if (!kernels.has(region)) memory.bad("kernels that a job before has cached", region.start);
    return;
  }
  if (mode != 0) kernels.drop(region.start, region.end);
  if (mode == kFull) kernels.add(region);
}

void CachedKernels::add(const Region& region) {
  regions_[next_] = region;
  next_ = (next_ + 1) % std::size(regions_);
}

void CachedKernels::drop(uint32_t start, uint32_t end) {
  for (Region& region : regions_) {
    if (region.start < end && start < region.end) region.end = 0;
  }
}

bool CachedKernels::has(const Region& wanted) const {
  return std::any_of(std::begin(regions_), std::end(regions_), [&](const Region& region) {
    return region.end != 0 && region.start == wanted.start && region.end == wanted.end &&
           region.coefficients == wanted.coefficients;
  });
}

}  // namespace nolfet
