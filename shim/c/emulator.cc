// An emulated core, over the same bytes.
#include <cstring>
#include <vector>

#include "../wasm/module.h"
#include "npu.h"

namespace nolfet {
namespace {

class EmulatedNpu : public Npu {
 public:
  explicit EmulatedNpu(const Image& image) : image_(image) {
    const uint32_t core = indexOf(image.core);
    check(module_.call([=](auto* one) { return Z_emulatorZ_configure(one, core); }));
    uint8_t* const constants = map(image.constantsAddress, image.constantsBytes, true);
    std::memcpy(constants, image.constants.data(), image.constantsBytes);
    arena_ = map(image.arenaAddress, static_cast<uint32_t>(image.arenaBytes), false);
    run(image.init);
  }

  const std::string& name() const override { return name_; }
  uint8_t* arena() const override { return arena_; }
  void prepare(uint32_t, const etnaviv::Deadline&) const override {}
  void finish() const override {}
  void submit(size_t segment, const etnaviv::Deadline&) override { run(image_.streams[segment]); }

 private:
  uint8_t* map(uint32_t address, uint32_t bytes, bool constant) {
    const uint32_t pointer = module_.call(
        [=](auto* one) { return Z_emulatorZ_map(one, address, bytes, constant ? 1 : 0); });
    if (pointer == 0) module_.refuse();
    return module_.at(pointer, bytes);
  }

  void run(const std::vector<uint32_t>& stream) {
    const auto words = static_cast<uint32_t>(stream.size());
    const uint32_t pointer =
        module_.call([=](auto* one) { return Z_emulatorZ_streamBuffer(one, words); });
    if (pointer == 0) module_.refuse();
    if (words > 0) std::memcpy(module_.at(pointer, 4ull * words), stream.data(), 4ull * words);
    check(module_.call([=](auto* one) { return Z_emulatorZ_submit(one, words); }));
  }

  void check(uint32_t status) {
    if (status != 0) module_.refuse();
  }

  const Image& image_;
  const std::string name_ = "emulator";
  Module<EmulatorApi> module_;
  uint8_t* arena_;
};

}  // namespace

std::unique_ptr<Npu> openEmulator(const Image& image) {
  return std::make_unique<EmulatedNpu>(image);
}

}  // namespace nolfet
