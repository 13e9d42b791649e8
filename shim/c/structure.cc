#include "structure.h"

#include <cstring>
#include <string>

#include "limits.h"
#include "refusal.h"

namespace nolfet {
namespace {

enum class Kind { SCALAR, VECTOR, STRING, TABLE, TABLES, UNION };

/** What lies in one slot of a table. */
struct Slot {
  Kind kind;
  uint32_t bytes, align;  // of a scalar, or of a vector's elements
  /** Indices of tables: one, or by the number in the slot before; -1 for none. */
  std::vector<int> tables;
};

#include "layout.generated.inc"

/** Offsets within tables are read as signed halves by some accessors. */
constexpr uint32_t kMostTableBytes = 0x7fff;

class Structure {
 public:
  explicit Structure(const std::vector<uint8_t>& file)
      : file_(file), budget_(kMostFileVisits * file.size()) {}

  void check() {
    range(0, 8, 1);
    if (std::memcmp(&file_[4], kIdentifier, 4) != 0) refuse("", "a .nolf file", "another kind");
    table(follow(0), kRoot);
  }

 private:
  template <typename T>
  T at(uint64_t position) const {
    T value;
    std::memcpy(&value, &file_[position], sizeof value);
    return value;
  }

  /*
   *  table:  vtable offset (i32, subtracted) | fields ...
   *  vtable: own bytes (u16) | table's bytes (u16) | offset of each slot (u16, 0 absent) ...
   */
  void table(uint64_t position, int index) {
    range(position, 4, 4);
    const uint64_t vtable = position - static_cast<int64_t>(at<int32_t>(position));
    range(vtable, 4, 2);
    const uint32_t vtableBytes = at<uint16_t>(vtable);
    const uint32_t tableBytes = at<uint16_t>(vtable + 2);
    if (vtableBytes < 4 || vtableBytes % 2 != 0 || vtableBytes > kMostTableBytes) {
      bad("a vtable", vtable);
    }
    if (tableBytes > kMostTableBytes) bad("a table below 32 KiB", position);
    range(vtable, vtableBytes, 1);
    range(position, tableBytes, 1);
    visit(kBytesOfTable, position);

    const std::vector<Slot>& slots = kTables[static_cast<size_t>(index)];
    uint64_t before = 0;
    for (size_t i = 0; i < slots.size(); i++) {
      const uint64_t entry = 4 + 2 * i;
      const uint32_t offset = entry < vtableBytes ? at<uint16_t>(vtable + entry) : 0;
      const uint32_t bytes = slots[i].kind == Kind::SCALAR ? slots[i].bytes : 4;
      if (offset != 0 && offset + bytes > tableBytes) bad("a field inside its table", position);
      const uint64_t field = offset == 0 ? 0 : position + offset;
      if (field != 0) slot(slots[i], field, before);
      before = field;
    }
  }

  /** `type` is the field in the slot before. */
  void slot(const Slot& slot, uint64_t field, uint64_t type) {
    switch (slot.kind) {
      case Kind::SCALAR:
        return range(field, slot.bytes, slot.align);
      case Kind::VECTOR:
        vector(follow(field), slot.bytes, slot.align);
        return;
      case Kind::STRING:
        return string(follow(field));
      case Kind::TABLE:
        return table(follow(field), slot.tables[0]);
      case Kind::TABLES:
        return tables(follow(field), slot.tables[0]);
      case Kind::UNION: {
        const uint32_t number = type == 0 ? 0 : at<uint8_t>(type);
        if (number >= slot.tables.size() || slot.tables[number] < 0) bad("a known type", field);
        return table(follow(field), slot.tables[number]);
      }
    }
  }

  void tables(uint64_t position, int index) {
    const uint32_t count = vector(position, 4, 4);
    for (uint32_t i = 0; i < count; i++) table(follow(position + 4 + 4ull * i), index);
  }

  void string(uint64_t position) {
    const uint64_t end = position + 4 + vector(position, 1, 1);
    range(end, 1, 1);
    if (file_[end] != 0) bad("a zero byte at the end of a text", end);
  }

  /** Checks length and elements; gives the number of elements. */
  uint32_t vector(uint64_t position, uint32_t bytes, uint32_t align) {
    range(position, 4, 4);
    const uint32_t count = at<uint32_t>(position);
    range(position + 4, uint64_t{count} * bytes, align);
    return count;
  }

  /** The target of an offset stored at a position. */
  uint64_t follow(uint64_t position) {
    range(position, 4, 4);
    return position + at<uint32_t>(position);
  }

  void range(uint64_t position, uint64_t bytes, uint32_t align) {
    if (position > file_.size() || bytes > file_.size() - position)
      bad("parts inside the file", position);
    if (bytes > 0 && position % align != 0)
      bad(phrase("a part aligned to ", align, " bytes"), position);
    visit(bytes, position);
  }

  void visit(uint64_t bytes, uint64_t position) {
    if (bytes > budget_) bad("parts that do not overlap", position);
    budget_ -= bytes;
  }

  [[noreturn]] static void bad(const std::string& expected, uint64_t position) {
    refuse(phrase("byte ", position), phrase("a .nolf file with ", expected), "a damaged one");
  }

  const std::vector<uint8_t>& file_;
  uint64_t budget_;
};

}  // namespace

void checkStructure(const std::vector<uint8_t>& file) { Structure(file).check(); }

}  // namespace nolfet
