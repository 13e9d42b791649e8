// Memory that the device and the processor share.
#pragma once

#include <cstdint>
#include <memory>

#include "device.h"

namespace etnaviv {

/**
 * A buffer of write-combined memory that lies, for the device, at an address of the caller's
 * choice. The kernel hears of that address with the first submission that uses the buffer.
 */
class Buffer {
 public:
  Buffer(std::shared_ptr<const Device> device, uint64_t bytes, uint64_t address);
  ~Buffer();
  Buffer(const Buffer&) = delete;

  const uint64_t bytes;
  const uint64_t address;
  const uint32_t handle;

  /** The bytes, which stay mapped for as long as anybody shares them, the buffer gone or not. */
  const std::shared_ptr<void>& memory() const { return memory_; }

  /** Blocks until the device leaves the buffer to the processor, to read or to write. */
  void prepare(uint32_t access, const Deadline& deadline) const;

  /** Gives the buffer back to the device. */
  void finish() const;

 private:
  Buffer(std::shared_ptr<const Device> device, uint64_t bytes, uint64_t address, uint32_t handle);

  std::shared_ptr<const Device> device_;
  std::shared_ptr<void> memory_;
};

}  // namespace etnaviv
