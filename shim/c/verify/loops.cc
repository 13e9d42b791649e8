#include "loops.h"

#include <algorithm>
#include <limits>

#include "../limits.h"

namespace nolfet {
namespace {

constexpr int64_t kEndless = std::numeric_limits<int64_t>::max();
/** Behind any buffer, and still far from where sums overflow. */
constexpr int64_t kFar = int64_t{1} << 40;

}  // namespace

Loops::Loops(const Descriptor& tp) {
  for (int k = 0; k < kLoops; k++) {
    increment_[k] = tp.asSigned(kTpIncrements[k]);
    const bool isOutermost = k == kLoops - 1;
    const uint32_t count = isOutermost ? 0 : tp.bits(kTpCounts[k]);
    count_[k] = count == 0 ? kEndless : count;
  }
  rowReset_ = tp.bits(kTpReset1) == 1 ? 1 : -1;
  tileReset_ = tp.bits(kTpReset3) == 1 ? 3 : tp.bits(kTpReset2) == 1 ? 2 : -1;
  innermost_ = 0;
  while (count_[innermost_] == 1) innermost_++;
}

/**
 * Each loop as far as it gets between two resets, all of them at once: more than there is only
 * where they do not end together. Clipped tiles are distinguished where each tile is one turn
 * of a loop, and two loops count the columns and rows of tiles.
 */
OffsetExtent Loops::bound(const TpTiling& tiling) const {
  const int outer = std::max(rowReset_, tileReset_) + 1;
  const int64_t columns = tiling.columns();
  const int64_t rows = tiling.rows();
  OffsetExtent whole = {0, 0};
  const int64_t inTile = boundTile(whole, std::min(tiling.tileWidth, tiling.width),
                                   std::min(tiling.tileHeight, tiling.height));
  const bool isCounted = count_[outer] == columns && count_[outer + 1] == rows;
  if (tileReset_ < 0 || inTile != 1 || !isCounted) {
    spread(whole, outer, kLoops - 1,
           std::min(tiling.elements(), inTile * columns * rows * tiling.slices));
    return whole;
  }
  OffsetExtent all = {kEndless, -kEndless};
  for (const bool isLastRow : {false, true}) {
    for (const bool isLastColumn : {false, true}) {
      if ((rows == 1 && !isLastRow) || (columns == 1 && !isLastColumn)) continue;
      const OffsetExtent extent = boundTiles(tiling, outer, isLastRow, isLastColumn);
      all = {std::min(all.least, extent.least), std::max(all.greatest, extent.greatest)};
    }
  }
  return all;
}

/** The tiles of the last row and column, or of all the others. */
OffsetExtent Loops::boundTiles(const TpTiling& tiling, int outer, bool isLastRow,
                               bool isLastColumn) const {
  const int64_t columns = tiling.columns() - 1;
  const int64_t rows = tiling.rows() - 1;
  OffsetExtent extent = {0, 0};
  boundTile(extent, isLastColumn ? tiling.width - columns * tiling.tileWidth : tiling.tileWidth,
            isLastRow ? tiling.height - rows * tiling.tileHeight : tiling.tileHeight);
  move(extent, outer, isLastColumn ? columns : 0, isLastColumn ? columns : columns - 1);
  move(extent, outer + 1, isLastRow ? rows : 0, isLastRow ? rows : rows - 1);
  spread(extent, outer + 2, kLoops - 1, tiling.slices);
  return extent;
}

/** Returns the steps of the loop that follows a tile's. */
int64_t Loops::boundTile(OffsetExtent& extent, int64_t width, int64_t height) const {
  const int64_t inRow = spread(extent, 0, rowReset_, width);
  return spread(extent, rowReset_ + 1, tileReset_, inRow * height);
}

/** Loop `k` from one of its turns to another. */
void Loops::move(OffsetExtent& extent, int k, int64_t from, int64_t to) const {
  extent.least += std::min(from * increment_[k], to * increment_[k]);
  extent.greatest += std::max(from * increment_[k], to * increment_[k]);
}

/** Bounds loops over so many steps of theirs; gives those that the next loop then has. */
int64_t Loops::spread(OffsetExtent& extent, int from, int to, int64_t steps) const {
  if (to < from) return steps;
  int64_t left = steps - 1;
  for (int k = from; k <= to; k++) {
    const int64_t way = std::clamp(std::min(left, count_[k] - 1) * increment_[k], -kFar, kFar);
    (way < 0 ? extent.least : extent.greatest) += way;
    left /= count_[k];
  }
  return left + 1;
}

OffsetExtent Loops::walk(const TpTiling& tiling, Memory& memory) {
  reached_ = {kEndless, -kEndless};
  if (rowReset_ < 0 && tileReset_ < 0) {
    row(tiling.elements(), false, memory);
    return reached_;
  }
  for (int64_t z = 0; z < tiling.slices; z++) {
    for (int64_t y = 0; y < tiling.height; y += tiling.tileHeight) {
      for (int64_t x = 0; x < tiling.width; x += tiling.tileWidth) {
        const int64_t rows = std::min(tiling.tileHeight, tiling.height - y);
        for (int64_t i = 0; i < rows; i++) {
          const bool endsTile = i == rows - 1 && tileReset_ >= 0;
          const int level = endsTile ? tileReset_ : rowReset_;
          row(std::min(tiling.tileWidth, tiling.width - x), level >= 0, memory);
          if (level >= 0) reset(level);
        }
      }
    }
  }
  return reached_;
}

/** The last element's step is left to the reset, if there is one. */
void Loops::row(int64_t elements, bool isReset, Memory& memory) {
  for (int64_t left = elements; left > 0;) {
    memory.spend(kWorkOfRun);
    const int64_t run = std::min(left, count_[innermost_] - index_[innermost_]);
    int64_t first = 0;
    for (int k = innermost_; k < kLoops; k++) first += index_[k] * increment_[k];
    const int64_t last = first + (run - 1) * increment_[innermost_];
    reached_.least = std::min({reached_.least, first, last});
    reached_.greatest = std::max({reached_.greatest, first, last});
    left -= run;
    index_[innermost_] += run - 1;
    if (left > 0 || !isReset) advance(innermost_);
  }
}

void Loops::reset(int level) {
  std::fill(index_, index_ + level + 1, 0);
  advance(level + 1);
}

void Loops::advance(int from) {
  for (int k = from; k < kLoops; k++) {
    if (++index_[k] < count_[k]) return;
    index_[k] = 0;
  }
}

}  // namespace nolfet
