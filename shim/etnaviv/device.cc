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
namespace {

/** The first version whose GET_PARAM tells product, customer and ECO. */
constexpr int kMajor = 1;
constexpr int kLeastMinor = 4;

/** The kind of pipe that a submission is for: an NPU counts as a 3D core. */
constexpr uint32_t kExecState = ETNA_PIPE_3D;

uint64_t pointerOf(const void* data) { return reinterpret_cast<uintptr_t>(data); }

int opened(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) throw Error("open", errno);
  return descriptor;
}

}  // namespace

Deadline deadlineIn(uint32_t milliseconds) {
  using namespace std::chrono;
  const nanoseconds moment =
      steady_clock::now().time_since_epoch() + std::chrono::milliseconds(milliseconds);
  const auto whole = duration_cast<seconds>(moment);
  return {whole.count(), (moment - whole).count()};
}

Device::Device(int descriptor) : descriptor_(descriptor) {}

Device::Device(const std::string& path) : Device(opened(path)) {
  char name[32] = {};
  drm_version version = {};
  version.name = name;
  version.name_len = sizeof(name);
  call("VERSION", DRM_IOCTL_VERSION, &version);
  // The kernel gives the length of the whole name, however much of it there was room for.
  driver_ = {{name, std::min<size_t>(version.name_len, sizeof(name))},
             version.version_major,
             version.version_minor,
             version.version_patchlevel};
  if (driver_.name != "etnaviv") {
    throw Error("VERSION", ENODEV, "the node's driver is " + driver_.name + ", not etnaviv");
  }
  if (driver_.major != kMajor || driver_.minor < kLeastMinor) {
    const std::string found = std::to_string(driver_.major) + "." + std::to_string(driver_.minor);
    throw Error("VERSION", EPROTO, "etnaviv 1.4 or a later 1.x is needed, this is " + found);
  }
}

Device::~Device() { close(descriptor_); }

uint64_t Device::parameter(uint32_t pipe, uint32_t parameter) const {
  drm_etnaviv_param request = {};
  request.pipe = pipe;
  request.param = parameter;
  call("GET_PARAM", DRM_IOCTL_ETNAVIV_GET_PARAM, &request);
  return request.value;
}

uint32_t Device::submit(uint32_t pipe, const uint32_t* words, size_t count,
                        const std::vector<Use>& uses) const {
  std::vector<drm_etnaviv_gem_submit_bo> bos;
  for (const auto& [buffer, access] : uses) {
    bos.push_back({access, buffer->handle(), buffer->address()});
  }
  drm_etnaviv_gem_submit request = {};
  request.pipe = pipe;
  request.exec_state = kExecState;
  request.nr_bos = bos.size();
  request.bos = pointerOf(bos.data());
  request.stream_size = count * sizeof(uint32_t);
  request.stream = pointerOf(words);
  request.flags = ETNA_SUBMIT_SOFTPIN;
  request.fence_fd = -1;
  call("GEM_SUBMIT", DRM_IOCTL_ETNAVIV_GEM_SUBMIT, &request);
  return request.fence;
}

void Device::wait(uint32_t pipe, uint32_t fence, const Deadline& deadline) const {
  drm_etnaviv_wait_fence request = {};
  request.pipe = pipe;
  request.fence = fence;
  request.timeout = deadline;
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
