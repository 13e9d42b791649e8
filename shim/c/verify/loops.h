// Where the elements of a TP job go.
#pragma once

#include <cstdint>

#include "descriptor.h"
#include "memory.h"

namespace nolfet {

/** The tiles that a TP job fetches its elements in, from every slice of its image. */
struct TpTiling {
  int64_t width, height;          // of the window
  int64_t tileWidth, tileHeight;  // those at the window's far edges are cut off by it
  int64_t slices;

  int64_t elements() const { return width * height * slices; }
  int64_t columns() const { return (width + tileWidth - 1) / tileWidth; }
  int64_t rows() const { return (height + tileHeight - 1) / tileHeight; }
};

/** Bytes from the output's base, both included. */
struct OffsetExtent {
  int64_t least, greatest;
};

/**
 * Seven nested loops, the innermost first; together they point `sum(index * increment)` bytes
 * after the base, and each element takes the next step. A loop whose count is 0 never ends by
 * itself; at the end of a tile row or a tile, a reset replaces the step: it starts the
 * loops up to some level again and advances the one above.
 */
class Loops {
 public:
  explicit Loops(const Descriptor& tp);

  /** An extent that holds all elements, at once; it may be larger than needed. */
  OffsetExtent bound(const TpTiling& tiling) const;

  /** The least one, by a walk over all runs of the innermost loop. */
  OffsetExtent walk(const TpTiling& tiling, Memory& memory);

 private:
  static constexpr int kLoops = 7;

  OffsetExtent boundTiles(const TpTiling& tiling, int outer, bool isLastRow,
                          bool isLastColumn) const;
  int64_t boundTile(OffsetExtent& extent, int64_t width, int64_t height) const;
  void move(OffsetExtent& extent, int k, int64_t from, int64_t to) const;
  int64_t spread(OffsetExtent& extent, int from, int to, int64_t steps) const;
  void row(int64_t elements, bool isReset, Memory& memory);
  void reset(int level);
  void advance(int from);

  int64_t increment_[kLoops];
  int64_t count_[kLoops];
  /** Loops that start again at the end of a row and of a tile: up to this one, -1 for none. */
  int rowReset_;
  int tileReset_;
  /** The innermost loop with more than one turn. */
  int innermost_;

  int64_t index_[kLoops] = {};
  OffsetExtent reached_ = {};
};

}  // namespace nolfet
