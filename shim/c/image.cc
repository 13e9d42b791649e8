#include "image.h"

#include <cstring>

#include "blob.h"
#include "refusal.h"

namespace nolfet {
namespace {

constexpr uint64_t kAddressSpaceBytes = 1ull << 32;

std::vector<uint32_t> wordsOf(const flatbuffers::Vector<uint32_t>* words) {
  return words == nullptr ? std::vector<uint32_t>() : std::vector(words->begin(), words->end());
}

/** Adds to an address that stands `shift` bits lower; what lies above it in the word stays. */
void patch(uint8_t* at, int64_t distance, uint32_t shift) {
  uint32_t word;
  std::memcpy(&word, at, 4);
  word += static_cast<uint32_t>(distance >> shift);
  std::memcpy(at, &word, 4);
}

}  // namespace

Image::Image(const Blob& blob)
    : core(blob.core()),
      constantsAddress(blob->constants_address()),
      arenaAddress(blob->arena_address()),
      arenaBytes(wholePages(blob->arena_bytes())),
      init(wordsOf(blob->init())) {
  const auto* bytes = blob->constants();
  const uint32_t count = each(bytes).size();
  constantsBytes = static_cast<uint32_t>(wholePages(count));
  constants.resize(uint64_t{constantsBytes} + kSlackBytes);
  if (count > 0) std::memcpy(constants.data(), bytes->data(), count);
  for (const auto* segment : each(blob->segments())) streams.push_back(wordsOf(segment->stream()));
}

bool relocate(Image& image, const Blob& blob, uint64_t leastAddress) {
  if (image.constantsAddress >= leastAddress && image.arenaAddress >= leastAddress) return false;
  const uint64_t constants = wholePages(leastAddress);
  const uint64_t arena = constants + image.constantsBytes;
  if (leastAddress > kAddressSpaceBytes || arena + image.arenaBytes > kAddressSpaceBytes) {
    throw Refusal(NOLFET_DEVICE, "",
                  phrase("addresses for ", image.arenaBytes, " bytes from ", leastAddress, " on"),
                  "the end of the address space");
  }
  const int64_t distances[] = {
      static_cast<int64_t>(constants) - image.constantsAddress,
      static_cast<int64_t>(arena) - image.arenaAddress,
  };
  for (uint32_t i = 0; i < image.streams.size(); i++) {
    auto* stream = reinterpret_cast<uint8_t*>(image.streams[i].data());
    for (const auto* one : each(blob->segments()->Get(i)->relocations())) {
      uint8_t* words = one->in_stream() ? stream : image.constants.data();
      patch(words + one->position(), distances[one->target()], one->shift());
    }
  }
  image.constantsAddress = static_cast<uint32_t>(constants);
  image.arenaAddress = static_cast<uint32_t>(arena);
  return true;
}

}  // namespace nolfet
