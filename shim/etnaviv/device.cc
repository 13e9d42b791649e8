#include "device.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "buffer.h"
#include "error.h"

namespace etnaviv {

/** GET_PARAM reports product, customer and ECO since 1.4. */
static bool identifiesCores(const Driver& driver) {
  return driver.name == "etnaviv" && driver.major == 1 && driver.minor >= 4;
}

static uint64_t pointerOf(const void* data) { return reinterpret_cast<uintptr_t>(data); }

Deadline deadlineIn(uint32_t milliseconds) {
  using namespace std::chrono;
  const nanoseconds now = steady_clock::now().time_since_epoch();
  const int64_t moment = now.count() + milliseconds * 1'000'000LL;
  return {moment / 1'000'000'000, moment % 1'000'000'000};
}

Device::Device(const std::string& path) : Device(open(path.c_str(), O_RDWR | O_CLOEXEC)) {
  if (descriptor_ < 0) throw Error("open", errno);
  char name[32] = {};
  drm_version version = {};
  version.name = name;
  version.name_len = sizeof(name);
  call("VERSION", DRM_IOCTL_VERSION, &version);
  // The kernel gives the length of the whole name, however much of it there was room for.
  driver_.name.assign(name, std::min<size_t>(version.name_len, sizeof(name)));
  driver_.major = version.version_major;
  driver_.minor = version.version_minor;
  driver_.patch = version.version_patchlevel;
  if (!identifiesCores(driver_)) {
    const std::string number = std::to_string(driver_.major) + "." + std::to_string(driver_.minor);
    throw Error("VERSION", ENODEV, "this is " + driver_.name + " " + number + ", not etnaviv 1.4");
  }
}

Device::~Device() { close(descriptor_); }

uint64_t Device::parameter(uint32_t pipe, uint32_t parameter) const {
  drm_etnaviv_param request = {pipe, parameter, 0};
  call("GET_PARAM", DRM_IOCTL_ETNAVIV_GET_PARAM, &request);
  return request.value;
}

uint32_t Device::submit(uint32_t pipe, const void* stream, size_t bytes,
                        const std::vector<Use>& uses) const {
  std::vector<drm_etnaviv_gem_submit_bo> bos;
  for (const auto& [buffer, access] : uses) {
    bos.push_back({access, buffer->handle, buffer->address});
  }
  drm_etnaviv_gem_submit request = {};
  request.pipe = pipe;
  request.exec_state = ETNA_PIPE_3D;  // which an NPU counts as
  request.nr_bos = bos.size();
  request.bos = pointerOf(bos.data());
  request.stream_size = bytes;
  request.stream = pointerOf(stream);
  request.flags = ETNA_SUBMIT_SOFTPIN;
  request.fence_fd = -1;
  call("GEM_SUBMIT", DRM_IOCTL_ETNAVIV_GEM_SUBMIT, &request);
  return request.fence;
}

void Device::wait(uint32_t pipe, uint32_t fence, const Deadline& deadline) const {
  drm_etnaviv_wait_fence request = {pipe, fence, 0, 0, deadline};
  call("WAIT_FENCE", DRM_IOCTL_ETNAVIV_WAIT_FENCE, &request);
}

void Device::call(const char* name, unsigned long request, void* argument) const {
  int result;
  do {
    result = ioctl(descriptor_, request, argument);
  } while (result < 0 && errno == EINTR);
  if (result < 0) throw Error(name, errno);
}

}  // namespace etnaviv
