// A blob loaded into a device.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "../nolfet.h"
#include "blob.h"
#include "conversion.h"
#include "image.h"
#include "kernels.h"
#include "npu.h"

namespace nolfet {

class Session {
 public:
  /**
   * Verifies the blob and gives it to a device: a node's path, "emulator", or the first node that
   * fits where it is empty. Throws Refusal and etnaviv::Error.
   */
  Session(std::vector<uint8_t> file, const std::string& device);

  const std::vector<nolfet_tensor>& inputs() const { return inputs_; }
  const std::vector<nolfet_tensor>& outputs() const { return outputs_; }
  const std::vector<nolfet_operator>& operators() const { return operators_; }
  const char* device() const { return npu_ ? npu_->name().c_str() : ""; }

  void run(uint32_t milliseconds);
  /** What the next run begins with, where the model keeps something: what the first began with. */
  void reset();

 private:
  /** Copies what crosses a segment's border, where host and device do not share it. */
  struct Transfer {
    uint8_t* host;
    uint8_t* arena;
    uint32_t bytes;
    uint8_t flip;   // a signed byte is stored as itself plus 128
    bool converts;  // the host has float32 values of it
    Conversion conversion;
  };
  struct Segment {
    std::vector<Transfer> inputs, outputs;
  };

  using Memory = std::unique_ptr<uint8_t, decltype(&std::free)>;
  using Bindings = flatbuffers::Vector<flatbuffers::Offset<nolf::Binding>>;

  void runOnNpu(size_t segment, const etnaviv::Deadline& deadline);
  void bind();
  void list();
  bool isShifted(const nolf::Segment& segment, uint32_t tensor) const;
  std::vector<Transfer> transfers(const nolf::Segment& segment, const Bindings* bindings);
  void carry();
  bool leaves(uint32_t tensor) const;
  uint8_t* shared(uint32_t tensor, const nolf::Segment& segment, const Bindings* bindings) const;
  uint8_t* valueOf(uint32_t tensor);
  nolfet_tensor describe(uint32_t index);

  Blob blob_;
  Image image_;
  std::unique_ptr<Npu> npu_;             // null where nothing runs on one
  std::unique_ptr<CpuKernels> kernels_;  // likewise

  std::vector<Segment> segments_;
  /** By tensor: its bytes on the host's side; null where it has none. */
  std::vector<uint8_t*> values_;
  std::vector<Memory> memory_;
  uint64_t memoryBytes_ = 0;
  std::vector<nolfet_tensor> inputs_;
  std::vector<nolfet_tensor> outputs_;
  std::vector<nolfet_operator> operators_;
};

}  // namespace nolfet
