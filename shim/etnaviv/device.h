// An open render node of the kernel driver etnaviv.
#pragma once

#include <drm/etnaviv_drm.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace etnaviv {

class Buffer;

/** What the kernel driver calls itself. */
struct Driver {
  std::string name;
  int major, minor, patch;
};

/** A buffer that a submission touches, and how: ETNA_SUBMIT_BO_READ, _WRITE or both. */
struct Use {
  std::shared_ptr<const Buffer> buffer;
  uint32_t access;
};

/** A moment of CLOCK_MONOTONIC, which a wait ends at. */
using Deadline = drm_etnaviv_timespec;
Deadline deadlineIn(uint32_t milliseconds);

/**
 * One open render node: one file descriptor, and so one GPU address space, in which the buffers
 * made of it live. They hold it open. Whatever the kernel refuses is thrown as an Error.
 */
class Device {
 public:
  /** Throws unless the node's driver is etnaviv, of a version that reports a core's identity. */
  explicit Device(const std::string& path);
  ~Device();
  Device(const Device&) = delete;

  const Driver& driver() const { return driver_; }
  int descriptor() const { return descriptor_; }

  /** A parameter of a pipe, which is one of the device's cores; ENXIO where there is none. */
  uint64_t parameter(uint32_t pipe, uint32_t parameter) const;

  /** Queues a command stream with buffers at their own addresses, and gives its fence. */
  uint32_t submit(uint32_t pipe, const void* stream, size_t bytes,
                  const std::vector<Use>& uses) const;

  /** Blocks until the fence has signalled; ETIMEDOUT where it has not by then. */
  void wait(uint32_t pipe, uint32_t fence, const Deadline& deadline) const;

  /** Makes an ioctl, again where a signal came between. */
  void call(const char* name, unsigned long request, void* argument) const;

 private:
  explicit Device(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
  Driver driver_;
};

}  // namespace etnaviv
