#include "buffer.h"

#include <sys/ioctl.h>
#include <sys/mman.h>

#include <cerrno>
#include <utility>

#include "error.h"

namespace etnaviv {

/** The device maps memory in pages of this size, whatever the processor's are. */
static constexpr uint64_t kPage = 4096;

static uint64_t wholePages(uint64_t bytes) { return (bytes + kPage - 1) / kPage * kPage; }

static uint32_t newHandle(const Device& device, uint64_t bytes) {
  drm_etnaviv_gem_new request = {wholePages(bytes), ETNA_BO_WC, 0};
  device.call("GEM_NEW", DRM_IOCTL_ETNAVIV_GEM_NEW, &request);
  return request.handle;
}

static std::shared_ptr<void> map(const Device& device, uint64_t offset, uint64_t bytes) {
  constexpr int kAccess = PROT_READ | PROT_WRITE;
  void* memory = mmap(nullptr, bytes, kAccess, MAP_SHARED, device.descriptor(), offset);
  if (memory == MAP_FAILED) throw Error("mmap", errno);
  return {memory, [bytes](void* mapped) { munmap(mapped, bytes); }};
}

Buffer::Buffer(std::shared_ptr<const Device> device, uint64_t bytes, uint64_t address,
               uint32_t handle)
    : bytes(bytes), address(address), handle(handle), device_(std::move(device)) {}

Buffer::Buffer(std::shared_ptr<const Device> device, uint64_t bytes, uint64_t address)
    : Buffer(device, bytes, address, newHandle(*device, bytes)) {
  drm_etnaviv_gem_info info = {handle, 0, 0};
  device->call("GEM_INFO", DRM_IOCTL_ETNAVIV_GEM_INFO, &info);
  memory_ = map(*device, info.offset, wholePages(bytes));
}

Buffer::~Buffer() {
  drm_gem_close request = {handle, 0};
  ioctl(device_->descriptor(), DRM_IOCTL_GEM_CLOSE, &request);
}

void Buffer::prepare(uint32_t access, const Deadline& deadline) const {
  drm_etnaviv_gem_cpu_prep request = {handle, access, deadline};
  device_->call("GEM_CPU_PREP", DRM_IOCTL_ETNAVIV_GEM_CPU_PREP, &request);
}

void Buffer::finish() const {
  drm_etnaviv_gem_cpu_fini request = {handle, 0};
  device_->call("GEM_CPU_FINI", DRM_IOCTL_ETNAVIV_GEM_CPU_FINI, &request);
}

}  // namespace etnaviv
