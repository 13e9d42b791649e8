#include "memory.h"

#include <utility>

namespace nolfet {
namespace {

bool contains(const Range& range, uint64_t address, uint64_t bytes) {
  return address >= range.first && bytes <= range.bytes &&
         address - range.first <= range.bytes - bytes;
}

std::string inHex(uint64_t address, uint64_t bytes) {
  std::ostringstream text;
  text << bytes << " bytes from 0x" << std::hex << address << " on";
  return text.str();
}

}  // namespace

Memory::Memory(const Image& image, std::string where, Work& work)
    : where(std::move(where)),
      image_(image),
      constants_{image.constantsAddress, image.constantsBytes},
      arena_{image.arenaAddress, image.arenaBytes},
      work_(work) {}

const uint8_t* Memory::words(uint64_t address, uint64_t bytes, const char* what) const {
  if (!contains(constants_, address, bytes)) {
    bad(phrase(what, " among the constants"), inHex(address, bytes));
  }
  return image_.constants.data() + (address - constants_.first);
}

Range Memory::input(uint64_t address, uint64_t bytes) const {
  if (!contains(constants_, address, bytes) && !contains(arena_, address, bytes)) {
    bad("an input inside one of the buffers", inHex(address, bytes));
  }
  return {address, bytes};
}

void Memory::place(uint64_t address) const { input(address, 0); }

Range Memory::output(uint64_t address, uint64_t bytes) const {
  if (!contains(arena_, address, bytes)) bad("an output in the arena", inHex(address, bytes));
  return {address, bytes};
}

void Memory::spend(uint64_t work) {
  if (work > work_) bad("a blob that is verified with the work allowed for its size", "more");
  work_ -= work;
}

}  // namespace nolfet
