#include <set>
#include <string>

#include "blob.h"
#include "references.h"
#include "refusal.h"

namespace nolfet {
namespace {

/** Follows the segments: whatever one reads must be there by then, and is computed once. */
class DataFlow {
 public:
  explicit DataFlow(const nolf::Blob& blob) : blob_(blob) {
    uint32_t index = 0;
    for (const auto* tensor : each(blob.tensors())) {
      if (each(tensor->data()).size() != 0) known_.insert(index);
      index++;
    }
  }

  void read(uint32_t tensor, const std::string& where) const {
    isIndex<int64_t>(tensor, each(blob_.tensors()).size(), where);
    if (known_.count(tensor) != 0 || isEmpty(*blob_.tensors()->Get(tensor))) return;
    refuse(where, phrase("tensor ", tensor, " computed before it is read"), "nothing that does");
  }

  void write(uint32_t tensor, const std::string& where) {
    isIndex<int64_t>(tensor, each(blob_.tensors()).size(), where);
    if (known_.insert(tensor).second) return;
    refuse(where, phrase("one value of tensor ", tensor), "another");
  }

 private:
  static bool isEmpty(const nolf::Tensor& tensor) {
    for (const int32_t extent : each(tensor.shape())) {
      if (extent == 0) return true;
    }
    return false;
  }

  const nolf::Blob& blob_;
  std::set<uint32_t> known_;
};

/** A segment on the CPU: by the operators' own operands, or those of the model that LiteRT runs. */
void follow(const nolf::Blob& blob, const nolf::Segment& segment, DataFlow& flow,
            const std::string& where) {
  if (each(segment.model()).size() > 0) {
    for (const uint32_t tensor : each(segment.model_inputs())) flow.read(tensor, where);
    for (const uint32_t tensor : each(segment.model_outputs())) flow.write(tensor, where);
    return;
  }
  for (const uint32_t index : each(segment.operators())) {
    const nolf::Operator& one = *blob.operators()->Get(index);
    const std::string what = phrase("operator ", index);
    for (const int32_t tensor : each(one.inputs())) {
      if (tensor >= 0) flow.read(static_cast<uint32_t>(tensor), what);
    }
    for (const int32_t tensor : each(one.outputs())) {
      flow.write(static_cast<uint32_t>(tensor), what);
    }
  }
}

}  // namespace

void checkDataFlow(const nolf::Blob& blob) {
  DataFlow flow(blob);
  for (const uint32_t tensor : each(blob.inputs())) flow.write(tensor, "the model's inputs");
  for (const auto* state : each(blob.states())) flow.write(state->input(), "the run before");
  uint32_t number = 0;
  for (const auto* segment : each(blob.segments())) {
    const std::string where = phrase("segment ", number++);
    if (segment->placement() == nolf::Placement_CPU) {
      follow(blob, *segment, flow, where);
      continue;
    }
    for (const auto* binding : each(segment->inputs())) flow.read(valuesOf(*binding), where);
    for (const auto* binding : each(segment->outputs())) flow.write(valuesOf(*binding), where);
  }
  for (const uint32_t tensor : each(blob.outputs())) flow.read(tensor, "the model's outputs");
  for (const auto* state : each(blob.states())) flow.read(state->output(), "the next run");
}

}  // namespace nolfet
