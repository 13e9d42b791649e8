// The two buffers, to check whether a job may touch a range of addresses.
#pragma once

#include <cstdint>
#include <string>

#include "../image.h"

namespace nolfet {

/** A range of addresses that lies in one of the buffers. */
struct Range {
  uint64_t first = 0;
  uint64_t bytes = 0;

  bool overlaps(const Range& other) const {
    return first < other.first + other.bytes && other.first < first + bytes;
  }
};

/** What verifying a blob may still take, in units of about a nanosecond. */
using Work = uint64_t;

/** Throws Refusal where a range is not what it should be. */
class Memory {
 public:
  Memory(const Image& image, std::string where, Work& work);

  /** Words that tell the device what to do are constants, kSlackBytes more may be looked at. */
  const uint8_t* words(uint64_t address, uint64_t bytes, const char* what) const;

  /** What a job reads lies in either buffer. */
  Range input(uint64_t address, uint64_t bytes) const;

  /** Where a core without a share is sent: into either buffer, or after its last byte. */
  void place(uint64_t address) const;

  /** What it writes lies in the arena. */
  Range output(uint64_t address, uint64_t bytes) const;

  const Range& arena() const { return arena_; }

  /** Takes work: a few words could make verifying endless. */
  void spend(uint64_t work);

  template <typename Expected, typename Found>
  [[noreturn]] void bad(const Expected& expected, const Found& found) const;

  /** What is verified at the moment, for a Refusal. */
  std::string where;

 private:
  const Image& image_;
  Range constants_;
  Range arena_;
  Work& work_;
};

}  // namespace nolfet

#include "../refusal.h"

template <typename Expected, typename Found>
void nolfet::Memory::bad(const Expected& expected, const Found& found) const {
  refuse(where, expected, found);
}
