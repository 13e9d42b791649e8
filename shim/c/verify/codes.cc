#include "codes.h"

#include <algorithm>
#include <bitset>
#include <cstring>

namespace nolfet {
namespace {

constexpr uint32_t kTableAt = 2;
constexpr uint32_t kTableBytes = 18;
constexpr uint32_t kMapAt = 20;
constexpr uint32_t kSizesAt = 28;

/** Part 0 of a code that has a part 1. */
constexpr uint32_t kLong = 2;

uint32_t wordAt(const uint8_t* bytes) {
  uint32_t word;
  std::memcpy(&word, bytes, 4);
  return word;
}

bool isZero(const uint8_t* begin, const uint8_t* end) {
  return std::all_of(begin, end, [](uint8_t byte) { return byte == 0; });
}

/** A code's symbol, and where the lowest bit of its value is. */
struct CodeMeaning {
  uint32_t symbol;
  enum { CLEAR, SET, IN_PART_2 } low;
};

CodeMeaning meaningOf(uint32_t part0, uint32_t part1) {
  constexpr CodeMeaning byPart0[] = {
      {0, CodeMeaning::CLEAR},     {1, CodeMeaning::CLEAR},     {},
      {3, CodeMeaning::IN_PART_2}, {0, CodeMeaning::SET},       {1, CodeMeaning::SET},
      {4, CodeMeaning::IN_PART_2}, {2, CodeMeaning::IN_PART_2},
  };
  constexpr CodeMeaning byPart1[] = {
      {7, CodeMeaning::IN_PART_2},
      {5, CodeMeaning::CLEAR},
      {6, CodeMeaning::IN_PART_2},
      {5, CodeMeaning::SET},
  };
  return part0 == kLong ? byPart1[part1] : byPart0[part0];
}

}  // namespace

CodeHeader::CodeHeader(const Memory& memory, uint64_t address, uint32_t streams)
    : bytes_(memory.words(address, kBytes, "the coefficients' header")) {
  constexpr uint32_t kKnown[] = {0, 4, 6, 10, 18};
  if (bytes_[0] != 0x10) memory.bad("coefficients of version 0x10", bytes_[0]);
  const uint32_t runs = runLengths();
  if (std::find(std::begin(kKnown), std::end(kKnown), runs) == std::end(kKnown)) {
    memory.bad("0, 4, 6, 10 or 18 run lengths", runs);
  }
  if (!isZero(bytes_ + kTableAt + runs, bytes_ + kTableAt + kTableBytes)) {
    memory.bad("no more run lengths", "others");
  }
  if (!hasKnownMap()) memory.bad("a symbol for every length", symbolMap());
  if (!isZero(bytes_ + kMapAt + 5, bytes_ + kSizesAt) ||
      !isZero(bytes_ + kSizesAt + 4 * streams, bytes_ + kBytes)) {
    memory.bad("an average bias of a byte and no more streams", "others");
  }
}

uint32_t CodeHeader::symbolMap() const { return wordAt(bytes_ + kMapAt); }

/** Lengths 0 to 7; with runs 0, 7 and 8 and five of the others. */
bool CodeHeader::hasKnownMap() const {
  uint32_t lengths = 0;
  for (uint32_t symbol = 0; symbol < 8; symbol++) lengths |= 1u << lengthOf(symbol);
  if (!hasRuns()) return lengths == 0xff;
  return (lengths & ~0x7eu) == 0x181 && std::bitset<32>(lengths).count() == 8;
}

uint32_t CodeHeader::streamBits(uint32_t stream) const {
  return wordAt(bytes_ + kSizesAt + 4 * stream);
}

uint64_t CodeHeader::streamBytes(uint32_t stream) const {
  return (uint64_t{streamBits(stream)} + 511) / 512 * 64;
}

uint32_t CodeHeader::longestRun() const {
  uint32_t longest = 1;
  for (uint32_t i = 0; i < runLengths(); i++) longest = std::max(longest, zerosOf(i));
  return longest;
}

uint32_t CodeHeader::widthOf(uint32_t symbol) const {
  const uint32_t length = lengthOf(symbol);
  if (!hasRuns()) return std::max(length, 1u);
  if (length != 8) return length == 0 ? 1 : length == 7 ? 8 : length;
  uint32_t width = 0;
  while ((2u << width) < runLengths() - 1) width++;
  return width;
}

uint32_t CodeHeader::itemOf(uint32_t symbol, uint32_t value) const {
  const uint32_t length = lengthOf(symbol);
  if (hasRuns() && length == 0) return kRun + zerosOf(value);
  if (hasRuns() && length == 8) return kRun + zerosOf(2 + value);
  if (hasRuns() && length == 7) return value;
  const uint32_t magnitude = (1u << length) >> 1 | value >> 1;
  if ((value & 1) == 0) return magnitude;
  return (hasRuns() ? 0 - magnitude : ~magnitude) & 0xff;
}

CodedBytes::CodedBytes(const CodeHeader& header, BitString bits) : header_(header), bits_(bits) {
  // What runs ahead of the first pair.
  step();
  step();
  ready_ = 0;
}

uint32_t CodedBytes::take() {
  if (run_ == 0 && !openRun()) {
    return hasOverrun_ ? 0 : (nextItem() + header_.averageBias()) & 0xff;
  }
  run_--;
  return header_.averageBias();
}

void CodedBytes::pass(uint64_t bytes) {
  while (bytes > 0 && !hasOverrun_) {
    if (run_ == 0 && !openRun()) {
      if (hasOverrun_) return;
      nextItem();
      bytes--;
      continue;
    }
    const uint64_t passed = std::min(run_, bytes);
    run_ -= passed;
    bytes -= passed;
  }
}

uint32_t CodedBytes::word() {
  uint32_t word = 0;
  for (int shift = 0; shift < 32; shift += 8) word |= take() << shift;
  return word;
}

bool CodedBytes::isAtEnd() {
  if (run_ > 0 || hasOverrun_) return false;
  const bool isOdd = isOdd_;
  if (isOdd && nextItem() != 0) return false;
  if (ready_ > 0 || !bits_.isAtEnd()) return false;
  const uint32_t empty = isOdd ? 4 : 0;
  for (const auto& pair : pipeline_) {
    for (const Code& code : pair) {
      if (code.isEmpty || code.part0 != empty) return false;
    }
  }
  return true;
}

bool CodedBytes::openRun() {
  if (ready_ == 0 && !step()) {
    hasOverrun_ = true;
    return false;
  }
  if (items_[2 - ready_] < CodeHeader::kRun) return false;
  run_ = nextItem() - CodeHeader::kRun;
  return true;
}

uint32_t CodedBytes::nextItem() {
  isOdd_ = !isOdd_;
  return items_[2 - ready_--];
}

/** Part 0 of a new pair, then part 1 of the one before it, then part 2 of the oldest. */
bool CodedBytes::step() {
  if (!bits_.hasMore()) return false;
  Code fresh[2];
  for (Code& code : fresh) code = {bits_.read(3), 0, false};
  for (Code& code : pipeline_[1]) {
    if (!code.isEmpty && code.part0 == kLong) code.part1 = bits_.read(2);
  }
  for (int i = 0; i < 2; i++) items_[i] = itemOf(pipeline_[0][i]);
  std::copy(pipeline_[1], pipeline_[1] + 2, pipeline_[0]);
  std::copy(fresh, fresh + 2, pipeline_[1]);
  ready_ = 2;
  return true;
}

uint32_t CodedBytes::itemOf(const Code& code) {
  if (code.isEmpty) return 0;
  const auto [symbol, low] = meaningOf(code.part0, code.part1);
  const uint32_t width = header_.widthOf(symbol);
  if (low == CodeMeaning::IN_PART_2) return header_.itemOf(symbol, bits_.read(width));
  return header_.itemOf(symbol, bits_.read(width - 1) << 1 | (low == CodeMeaning::SET ? 1 : 0));
}

}  // namespace nolfet
