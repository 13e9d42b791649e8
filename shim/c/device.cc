// A core behind a render node.
#include <cstring>
#include <utility>

#include "../etnaviv/buffer.h"
#include "nodes.h"
#include "npu.h"
#include "verify/verify.h"

namespace nolfet {
namespace {

/** What loading may take: nothing runs by then. */
constexpr uint32_t kLoadMilliseconds = 2000;

class DeviceNpu : public Npu {
 public:
  DeviceNpu(const Image& image, Located located)
      : image_(image),
        located_(std::move(located)),
        constants_(newBuffer(image.constantsBytes, image.constantsAddress)),
        arena_(newBuffer(image.arenaBytes, image.arenaAddress)) {
    const etnaviv::Deadline deadline = etnaviv::deadlineIn(kLoadMilliseconds);
    constants_->prepare(ETNA_PREP_WRITE, deadline);
    std::memcpy(constants_->memory().get(), image.constants.data(), image.constantsBytes);
    constants_->finish();
    if (!image.init.empty()) run(image.init, {}, deadline);
  }

  const std::string& name() const override { return located_.name; }
  uint8_t* arena() const override { return static_cast<uint8_t*>(arena_->memory().get()); }
  void prepare(uint32_t access, const etnaviv::Deadline& deadline) const override {
    arena_->prepare(access, deadline);
  }
  void finish() const override { arena_->finish(); }
  void submit(size_t segment, const etnaviv::Deadline& deadline) override {
    const std::vector<etnaviv::Use> uses = {
        {constants_, ETNA_SUBMIT_BO_READ},
        {arena_, ETNA_SUBMIT_BO_READ | ETNA_SUBMIT_BO_WRITE},
    };
    run(image_.streams[segment], uses, deadline);
  }

 private:
  using Buffer = std::shared_ptr<const etnaviv::Buffer>;

  Buffer newBuffer(uint64_t bytes, uint64_t address) const {
    return std::make_shared<const etnaviv::Buffer>(located_.device, bytes, address);
  }

  void run(const std::vector<uint32_t>& words, const std::vector<etnaviv::Use>& uses,
           const etnaviv::Deadline& deadline) const {
    const uint32_t fence =
        located_.device->submit(located_.pipe, words.data(), words.size() * sizeof(uint32_t), uses);
    located_.device->wait(located_.pipe, fence, deadline);
  }

  const Image& image_;
  Located located_;
  Buffer constants_, arena_;
};

}  // namespace

std::unique_ptr<Npu> openDevice(Image& image, const Blob& blob, const std::string& node) {
  Located located = locate(node, blob.core());
  const uint64_t start = located.device->parameter(located.pipe, ETNAVIV_PARAM_SOFTPIN_START_ADDR);
  if (relocate(image, blob, start)) verify(image, blob.root());
  return std::make_unique<DeviceNpu>(image, std::move(located));
}

}  // namespace nolfet
