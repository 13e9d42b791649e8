// Where the segments on the NPU run: a device, or the emulator.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "../etnaviv/device.h"
#include "blob.h"
#include "image.h"

namespace nolfet {

/** A core that holds a blob's constants and arena. What fails is thrown as Refusal or Error. */
class Npu {
 public:
  virtual ~Npu() = default;

  /** Node, pipe and core; or "emulator". */
  virtual const std::string& name() const = 0;

  /** The arena's bytes, good for as long as the core is there. */
  virtual uint8_t* arena() const = 0;

  /** Waits until the host may read or write the arena (ETNA_PREP_READ, _WRITE). */
  virtual void prepare(uint32_t access, const etnaviv::Deadline& deadline) const = 0;
  /** Gives the arena back to the core. */
  virtual void finish() const = 0;

  /** Runs a segment to its end. */
  virtual void submit(size_t segment, const etnaviv::Deadline& deadline) = 0;
};

/** The first of all render nodes that has the blob's core, or `node`; the image moves where it
 * must. */
std::unique_ptr<Npu> openDevice(Image& image, const Blob& blob, const std::string& node);

/** An emulated core (assembly/emulator). */
std::unique_ptr<Npu> openEmulator(const Image& image);

}  // namespace nolfet
