// Memory that the device and the processor share.
#pragma once

#include <cstdint>
#include <memory>

#include "device.h"

namespace etnaviv {

/** A buffer's bytes as the processor sees them, for as long as this lives. */
class Mapping {
 public:
  Mapping(const Device& device, uint64_t offset, uint64_t bytes);
  ~Mapping();
  Mapping(const Mapping&) = delete;

  void* data() const { return data_; }

 private:
  void* data_;
  uint64_t bytes_;
};

/**
 * A buffer of write-combined memory that lies, for the device, at an address of the caller's
 * choice. The kernel hears of that address with the first submission that uses the buffer.
 */
class Buffer {
 public:
  Buffer(std::shared_ptr<const Device> device, uint64_t bytes, uint64_t address);
  ~Buffer();
  Buffer(const Buffer&) = delete;

  uint32_t handle() const { return handle_; }
  uint64_t bytes() const { return bytes_; }
  uint64_t address() const { return address_; }

  /** Whoever uses the bytes for longer than the buffer lives shares their mapping. */
  const std::shared_ptr<const Mapping>& mapping() const { return mapping_; }

  /** Blocks until the device leaves the buffer to the processor, to read or to write. */
  void prepare(uint32_t access, const Deadline& deadline) const;

  /** Gives the buffer back to the device. */
  void finish() const;

 private:
  Buffer(std::shared_ptr<const Device> device, uint64_t bytes, uint64_t address, uint32_t handle);

  std::shared_ptr<const Device> device_;
  uint64_t bytes_;
  uint64_t address_;
  uint32_t handle_;
  std::shared_ptr<const Mapping> mapping_;
};

}  // namespace etnaviv
