#include "session.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "limits.h"
#include "refusal.h"
#include "verify/verify.h"

namespace nolfet {
namespace {

constexpr char kEmulator[] = "emulator";
constexpr uint8_t kSignBit = 0x80;

void copy(uint8_t* to, const uint8_t* from, uint32_t bytes, uint8_t flip) {
  if (flip == 0) {
    std::memcpy(to, from, bytes);
  } else {
    std::transform(from, from + bytes, to, [=](uint8_t byte) { return byte ^ flip; });
  }
}

bool hasSegments(const nolf::Blob& blob, nolf::Placement placement) {
  for (const auto* segment : each(blob.segments())) {
    if (segment->placement() == placement) return true;
  }
  return false;
}

}  // namespace

Session::Session(std::vector<uint8_t> file, const std::string& device)
    : blob_(std::move(file)), image_(blob_) {
  verify(image_, blob_.root());
  if (hasSegments(blob_.root(), nolf::Placement_CPU)) {
    kernels_ = std::make_unique<CpuKernels>(blob_.root());
  }
  if (hasSegments(blob_.root(), nolf::Placement_NPU)) {
    npu_ = device == kEmulator ? openEmulator(image_) : openDevice(image_, blob_, device);
  }
  bind();
  list();
}

void Session::run(uint32_t milliseconds) {
  const etnaviv::Deadline deadline = etnaviv::deadlineIn(milliseconds);
  size_t number = 0;
  for (const auto* segment : each(blob_->segments())) {
    if (segment->placement() == nolf::Placement_NPU) {
      runOnNpu(number, deadline);
    } else {
      kernels_->run(*segment, deadline);
    }
    number++;
  }
  carry();
}

void Session::runOnNpu(size_t segment, const etnaviv::Deadline& deadline) {
  npu_->prepare(ETNA_PREP_WRITE, deadline);
  for (const Transfer& one : segments_[segment].inputs) {
    if (one.converts)
      quantize(one.arena, one.host, one.bytes, one.conversion);
    else
      copy(one.arena, one.host, one.bytes, one.flip);
  }
  npu_->finish();
  npu_->submit(segment, deadline);
  npu_->prepare(ETNA_PREP_READ, deadline);
  for (const Transfer& one : segments_[segment].outputs) {
    if (one.converts)
      dequantize(one.host, one.arena, one.bytes, one.conversion);
    else
      copy(one.host, one.arena, one.bytes, one.flip);
  }
  npu_->finish();
}

void Session::reset() {
  for (const auto* state : each(blob_->states())) {
    const auto initial = each(state->initial());
    uint8_t* const value = values_[state->input()];
    std::memset(value, 0, static_cast<size_t>(bytesOf(*blob_->tensors()->Get(state->input()))));
    if (initial.size() > 0) std::memcpy(value, state->initial()->data(), initial.size());
  }
}

/** What a run ended with is what the next begins with. */
void Session::carry() {
  // Copied first: one state may end with what another began with.
  std::vector<std::vector<uint8_t>> next;
  for (const auto* state : each(blob_->states())) {
    const uint8_t* const value = values_[state->output()];
    const auto bytes = static_cast<size_t>(bytesOf(*blob_->tensors()->Get(state->output())));
    next.emplace_back(value, value + bytes);
  }
  size_t i = 0;
  for (const auto* state : each(blob_->states())) {
    std::copy(next[i].begin(), next[i].end(), values_[state->input()]);
    i++;
  }
}

/** Finds out what is shared, and takes memory for the rest. */
void Session::bind() {
  values_.resize(each(blob_->tensors()).size());
  const auto segments = each(blob_->segments());
  if (segments.size() == 1 && npu_) {
    for (const uint32_t index : each(blob_->inputs())) {
      // One that is read when a run has ended must outlast its place in the arena.
      if (!leaves(index)) values_[index] = shared(index, *segments[0], segments[0]->inputs());
    }
    for (const uint32_t index : each(blob_->outputs())) {
      if (values_[index] == nullptr)
        values_[index] = shared(index, *segments[0], segments[0]->outputs());
    }
  }
  for (const auto* segment : segments) {
    segments_.push_back(
        {transfers(*segment, segment->inputs()), transfers(*segment, segment->outputs())});
  }
  for (const uint32_t index : each(blob_->inputs())) inputs_.push_back(describe(index));
  for (const uint32_t index : each(blob_->outputs())) outputs_.push_back(describe(index));
  for (const auto* state : each(blob_->states())) {
    valueOf(state->input());
    valueOf(state->output());
  }
  reset();
}

/** What callers see of the operators. */
void Session::list() {
  const auto textOf = [](const flatbuffers::String* text) { return text ? text->c_str() : ""; };
  for (const auto* one : each(blob_->operators())) {
    const bool onNpu = one->placement() == nolf::Placement_NPU;
    operators_.push_back({textOf(one->name()), onNpu, textOf(one->reason())});
  }
}

/** Whether a tensor is read when a run has ended: by the caller, or for the next run. */
bool Session::leaves(uint32_t tensor) const {
  for (const uint32_t index : each(blob_->outputs())) {
    if (index == tensor) return true;
  }
  for (const auto* state : each(blob_->states())) {
    if (state->output() == tensor) return true;
  }
  return false;
}

/** Whether a tensor's bytes lie in the arena with 128 added. */
bool Session::isShifted(const nolf::Segment& segment, uint32_t tensor) const {
  return !segment.signed_bytes() && blob_->tensors()->Get(tensor)->dtype() == nolf::Dtype_INT8;
}

/** The tensor's place in the arena, where it is bound just there; else null. */
uint8_t* Session::shared(uint32_t tensor, const nolf::Segment& segment,
                         const Bindings* bindings) const {
  uint8_t* place = nullptr;
  for (const auto* binding : each(bindings)) {
    if (valuesOf(*binding) != tensor) continue;
    if (binding->tensor() != tensor) return nullptr;
    if (place != nullptr || isShifted(segment, tensor)) return nullptr;
    place = npu_->arena() + binding->offset();
  }
  return place;
}

std::vector<Session::Transfer> Session::transfers(const nolf::Segment& segment,
                                                  const Bindings* bindings) {
  std::vector<Transfer> list;
  for (const auto* binding : each(bindings)) {
    const uint8_t flip = isShifted(segment, binding->tensor()) ? kSignBit : uint8_t{0};
    uint8_t* const host = valueOf(valuesOf(*binding));
    uint8_t* const place = npu_->arena() + binding->offset();
    if (host == place) continue;
    const bool converts = valuesOf(*binding) != binding->tensor();
    const nolf::Tensor& stored = *blob_->tensors()->Get(binding->tensor());
    const Conversion conversion = converts ? conversionOf(stored, flip) : Conversion();
    list.push_back({host, place, binding->bytes(), flip, converts, conversion});
  }
  return list;
}

uint8_t* Session::valueOf(uint32_t tensor) {
  if (values_[tensor] != nullptr) return values_[tensor];
  if (uint8_t* const value = kernels_ ? kernels_->valueOf(tensor) : nullptr) {
    return values_[tensor] = value;
  }
  const nolf::Tensor& record = *blob_->tensors()->Get(tensor);
  const auto bytes = static_cast<uint64_t>(bytesOf(record));
  memoryBytes_ += bytes;
  if (memoryBytes_ > kMostHostBytes) refuse("", "tensors of at most 768 MiB together", "more");
  // Zero without being touched: what is not used costs nothing.
  Memory memory(static_cast<uint8_t*>(std::calloc(bytes == 0 ? 1 : bytes, 1)), &std::free);
  if (memory == nullptr) throw std::bad_alloc();
  if (const auto* data = record.data(); data != nullptr && data->size() > 0) {
    std::memcpy(memory.get(), data->data(), std::min<uint64_t>(data->size(), bytes));
  }
  memory_.push_back(std::move(memory));
  return values_[tensor] = memory_.back().get();
}

nolfet_tensor Session::describe(uint32_t index) {
  const nolf::Tensor& record = *blob_->tensors()->Get(index);
  nolfet_tensor tensor = {};
  tensor.name = record.name() == nullptr ? "" : record.name()->c_str();
  tensor.dtype = static_cast<nolfet_dtype>(record.dtype());
  tensor.rank = each(record.shape()).size();
  tensor.shape = tensor.rank == 0 ? nullptr : record.shape()->data();
  const auto* quantization = record.quantization();
  if (quantization != nullptr && each(quantization->scales()).size() == 1) {
    tensor.scale = quantization->scales()->Get(0);
    tensor.zero_point = quantization->zero_points()->Get(0);
  }
  tensor.data = valueOf(index);
  tensor.bytes = static_cast<size_t>(bytesOf(record));
  return tensor;
}

}  // namespace nolfet
