#include "buffer.h"

#include <sys/ioctl.h>
#include <sys/mman.h>

#include <cerrno>
#include <utility>

#include "error.h"

namespace etnaviv {
namespace {

/** The device maps memory in pages of this size, whatever the processor's are. */
constexpr uint64_t kPage = 4096;

uint64_t wholePages(uint64_t bytes) { return (bytes + kPage - 1) / kPage * kPage; }

uint32_t newHandle(const Device& device, uint64_t bytes) {
  drm_etnaviv_gem_new request = {};
  request.size = wholePages(bytes);
  request.flags = ETNA_BO_WC;
  device.call("GEM_NEW", DRM_IOCTL_ETNAVIV_GEM_NEW, &request);
  return request.handle;
}

}  // namespace

Mapping::Mapping(const Device& device, uint64_t offset, uint64_t bytes) : bytes_(bytes) {
  constexpr int kAccess = PROT_READ | PROT_WRITE;
  data_ = mmap(nullptr, bytes, kAccess, MAP_SHARED, device.descriptor(), offset);
  if (data_ == MAP_FAILED) throw Error("mmap", errno);
}

Mapping::~Mapping() { munmap(data_, bytes_); }

Buffer::Buffer(std::shared_ptr<const Device> device, uint64_t bytes, uint64_t address,
               uint32_t handle)
    : device_(std::move(device)), bytes_(bytes), address_(address), handle_(handle) {}

Buffer::Buffer(std::shared_ptr<const Device> device, uint64_t bytes, uint64_t address)
    : Buffer(device, bytes, address, newHandle(*device, bytes)) {
  drm_etnaviv_gem_info info = {};
  info.handle = handle_;
  device->call("GEM_INFO", DRM_IOCTL_ETNAVIV_GEM_INFO, &info);
  mapping_ = std::make_shared<Mapping>(*device, info.offset, wholePages(bytes));
}

Buffer::~Buffer() {
  drm_gem_close request = {};
  request.handle = handle_;
  ioctl(device_->descriptor(), DRM_IOCTL_GEM_CLOSE, &request);
}

void Buffer::prepare(uint32_t access, const Deadline& deadline) const {
  drm_etnaviv_gem_cpu_prep request = {};
  request.handle = handle_;
  request.op = access;
  request.timeout = deadline;
  device_->call("GEM_CPU_PREP", DRM_IOCTL_ETNAVIV_GEM_CPU_PREP, &request);
}

void Buffer::finish() const {
  drm_etnaviv_gem_cpu_fini request = {};
  request.handle = handle_;
  device_->call("GEM_CPU_FINI", DRM_IOCTL_ETNAVIV_GEM_CPU_FINI, &request);
}

}  // namespace etnaviv
