#include "references.h"

#include <cmath>
#include <string>

#include "blob.h"
#include "limits.h"
#include "options.h"
#include "refusal.h"
#include "verify/descriptor.h"

namespace nolfet {
namespace {

constexpr uint32_t kMostRank = 8;
/** The kernel driver keeps what lies below for itself. */
constexpr uint32_t kLeastAddress = 0x400000;
constexpr uint64_t kAddressSpaceBytes = 1ull << 32;
constexpr uint32_t kMostShift = 31;
constexpr int32_t kMostNamedDtype = static_cast<int32_t>(nolf::Dtype_OTHER);

/** Bytes of an element, by the type's number; those without a size are 0. */
constexpr uint32_t kElementBytes[] = {1, 1, 2, 4, 8, 2, 4, 8, 1, 0, 0};

void inside(uint64_t offset, uint64_t bytes, uint64_t limit, const std::string& what) {
  if (offset + bytes <= limit) return;
  refuse(what, phrase("a slice inside ", limit, " bytes"), phrase(bytes, " from ", offset, " on"));
}

/** An enum's value, of which `last` is the greatest. */
template <typename T>
void isNamed(T value, T last, const std::string& what) {
  const int number = static_cast<int>(value);
  if (number < 0 || number > static_cast<int>(last)) refuse(what, "a known value", number);
}

void checkTensor(const nolf::Tensor& tensor, const std::string& what) {
  isNamed<int32_t>(tensor.dtype(), kMostNamedDtype, what);
  if (each(tensor.shape()).size() > kMostRank) refuse(what, "at most 8 dimensions", "more");
  for (const int32_t extent : each(tensor.shape())) {
    if (extent < 0) refuse(what, "extents from 0 on", extent);
  }
  const double bytes = bytesOf(tensor);
  if (bytes > kMostHostBytes) refuse(what, phrase("at most ", kMostHostBytes, " bytes"), bytes);
  const uint32_t data = each(tensor.data()).size();
  if (kElementBytes[tensor.dtype()] != 0 && data != 0 && data != bytes) {
    refuse(what, phrase(bytes, " bytes of data"), data);
  }
  const auto* quantization = tensor.quantization();
  if (quantization == nullptr) return;
  const auto scales = each(quantization->scales());
  if (scales.size() != each(quantization->zero_points()).size()) {
    refuse(what, "as many zero points as scales", each(quantization->zero_points()).size());
  }
  for (const float scale : scales) {
    if (!(scale > 0) || !std::isfinite(scale)) refuse(what, "scales above 0", scale);
  }
}

void checkOperator(const nolf::Blob& blob, const nolf::Operator& one, const std::string& what) {
  const uint32_t tensors = each(blob.tensors()).size();
  for (const int32_t tensor : each(one.inputs())) isIndex(tensor, tensors, what, -1);
  for (const int32_t tensor : each(one.outputs())) isIndex(tensor, tensors, what);
  isNamed(one.placement(), nolf::Placement_MAX, what);
  isNamed(one.mark(), nolf::Mark_MAX, what);
  eachOption(one, [&](Option option, double value) {
    if (option == Option::PADDING) isNamed<int>(value, nolf::Padding_MAX, what);
    if (option == Option::ACTIVATION) isNamed<int>(value, nolf::Activation_MAX, what);
  });
}

void checkAddresses(const nolf::Blob& blob) {
  const struct {
    uint64_t address, bytes;
    const char* what;
  } buffers[] = {
      {blob.constants_address(), wholePages(each(blob.constants()).size()), "the constants"},
      {blob.arena_address(), wholePages(blob.arena_bytes()), "the arena"},
  };
  if (each(blob.constants()).size() > kMostConstantBytes) {
    refuse("the constants", phrase("at most ", kMostConstantBytes, " bytes"), "more");
  }
  if (blob.arena_bytes() > kMostArenaBytes) {
    refuse("the arena", phrase("at most ", kMostArenaBytes, " bytes"), blob.arena_bytes());
  }
  for (const auto& [address, bytes, what] : buffers) {
    if (address % kPageBytes != 0) refuse(what, "the address of a page", address);
    if (address < kLeastAddress) refuse(what, "an address from 4 MiB on", address);
    inside(address, bytes, kAddressSpaceBytes, what);
  }
  const auto& [constants, arena] = buffers;
  if (constants.address < arena.address + arena.bytes &&
      arena.address < constants.address + constants.bytes) {
    refuse("", "constants and arena apart", "that they overlap");
  }
}

/** Texts and types that are not known have no bytes to copy. */
void hasValues(const nolf::Blob& blob, uint32_t tensor, const std::string& what) {
  isIndex<int64_t>(tensor, each(blob.tensors()).size(), what);
  const nolf::Dtype dtype = blob.tensors()->Get(tensor)->dtype();
  if (kElementBytes[dtype] == 0) refuse(what, "a type whose values are known", +dtype);
}

/** float32 values become as many bytes of one scale, or these become values. */
void checkConversion(const nolf::Blob& blob, const nolf::Binding& binding,
                     const std::string& what) {
  hasValues(blob, valuesOf(binding), what);
  const nolf::Tensor& real = *blob.tensors()->Get(valuesOf(binding));
  const nolf::Tensor& stored = *blob.tensors()->Get(binding.tensor());
  if (real.dtype() != nolf::Dtype_FLOAT32) refuse(what, "float32 values to convert", +real.dtype());
  const bool isByte = stored.dtype() == nolf::Dtype_UINT8 || stored.dtype() == nolf::Dtype_INT8;
  const auto* quantization = stored.quantization();
  if (!isByte || quantization == nullptr || each(quantization->scales()).size() != 1) {
    refuse(what, "a tensor of 8 bits and one scale to convert", +stored.dtype());
  }
  if (bytesOf(real) != sizeof(float) * bytesOf(stored)) {
    refuse(what, phrase(bytesOf(stored), " values to convert"), bytesOf(real) / sizeof(float));
  }
}

void checkBinding(const nolf::Blob& blob, const nolf::Binding& binding, const std::string& what) {
  hasValues(blob, binding.tensor(), what);
  const double expected = bytesOf(*blob.tensors()->Get(binding.tensor()));
  if (binding.bytes() != expected) refuse(what, phrase(expected, " bytes bound"), binding.bytes());
  inside(binding.offset(), binding.bytes(), blob.arena_bytes(), what);
  if (valuesOf(binding) != binding.tensor()) checkConversion(blob, binding, what);
}

void checkSlice(const nolf::Blob& blob, const nolf::BufferSlice* slice, const std::string& what) {
  if (slice == nullptr) refuse(what, "an input and an output", "none");
  isNamed(slice->buffer(), nolf::Buffer_MAX, what);
  const bool constant = slice->buffer() == nolf::Buffer_CONSTANTS;
  inside(slice->offset(), 0, constant ? each(blob.constants()).size() : blob.arena_bytes(), what);
}

void checkJob(const nolf::Blob& blob, const nolf::Job& job, const std::string& what) {
  isNamed(job.kind(), nolf::JobKind_MAX, what);
  isNamed(job.purpose(), nolf::Purpose_MAX, what);
  isNamed(job.mark(), nolf::Mark_MAX, what);
  isIndex<int64_t>(job.operator_(), each(blob.operators()).size(), what);
  const uint32_t constants = each(blob.constants()).size();
  const uint32_t words = job.kind() == nolf::JobKind_NN ? kNnWords : kTpWords;
  inside(job.descriptor(), 4 * words, constants, what);
  inside(job.coefficients(), job.coefficient_bytes(), constants, what);
  checkSlice(blob, job.input(), what);
  checkSlice(blob, job.output(), what);
}

void checkRelocation(const nolf::Blob& blob, const nolf::Segment& segment,
                     const nolf::Relocation& relocation, const std::string& what) {
  isNamed(relocation.target(), nolf::Buffer_MAX, what);
  const uint64_t stream = 4ull * each(segment.stream()).size();
  inside(relocation.position(), 4, relocation.in_stream() ? stream : each(blob.constants()).size(),
         what);
  if (relocation.position() % 4 != 0) {
    refuse(what, "a relocated word at a multiple of 4", relocation.position());
  }
  if (relocation.shift() > kMostShift) refuse(what, "a shift below 32", +relocation.shift());
}

void checkLifetime(const nolf::Blob& blob, const nolf::Segment& segment,
                   const nolf::BufferLifetime& value, const std::string& what) {
  const int64_t jobs = each(segment.jobs()).size();
  inside(value.offset(), value.bytes(), blob.arena_bytes(), what);
  isIndex(value.tensor(), each(blob.tensors()).size(), what, -1);
  if (value.first() < -1 || value.first() > value.last() || value.last() > jobs) {
    refuse(what, "a buffer kept between jobs", phrase(value.first(), " to ", value.last()));
  }
}

void checkSegment(const nolf::Blob& blob, const nolf::Segment& segment, const std::string& what) {
  isNamed(segment.placement(), nolf::Placement_MAX, what);
  const uint32_t operators = each(blob.operators()).size();
  for (const uint32_t index : each(segment.operators())) {
    isIndex<int64_t>(index, operators, what);
    if (blob.operators()->Get(index)->placement() != segment.placement()) {
      refuse(phrase("operator ", index), phrase("the placement of ", what), "the other one");
    }
  }
  for (const auto* binding : each(segment.inputs())) checkBinding(blob, *binding, what);
  for (const auto* binding : each(segment.outputs())) checkBinding(blob, *binding, what);
  const uint32_t tensors = each(blob.tensors()).size();
  for (const uint32_t index : each(segment.model_inputs())) isIndex<int64_t>(index, tensors, what);
  for (const uint32_t index : each(segment.model_outputs())) isIndex<int64_t>(index, tensors, what);
  const bool streams = each(segment.stream()).size() != 0;
  if (segment.placement() == nolf::Placement_CPU) {
    const uint32_t jobs = each(segment.jobs()).size();
    if (jobs != 0 || streams) refuse(what, "no jobs on the CPU", phrase(jobs, " jobs"));
  } else if (!streams || each(blob.init()).size() == 0) {
    refuse(what, "streams that set the NPU up and run it", "an empty one");
  }
  uint32_t number = 0;
  for (const auto* job : each(segment.jobs())) {
    checkJob(blob, *job, phrase(what, ", job ", number++));
  }
  for (const auto* value : each(segment.buffers())) checkLifetime(blob, segment, *value, what);
  for (const auto* one : each(segment.relocations())) checkRelocation(blob, segment, *one, what);
}

/** What ends a run must fit where the next begins, and so must the first value. */
void checkState(const nolf::Blob& blob, const nolf::State& state) {
  const nolf::Tensor& first = *blob.tensors()->Get(state.input());
  const nolf::Tensor& last = *blob.tensors()->Get(state.output());
  const std::string what = phrase("tensor ", state.input());
  if (first.dtype() != last.dtype() || bytesOf(first) != bytesOf(last)) {
    refuse(what, "a tensor of its size and type to keep", "another");
  }
  const uint32_t bytes = each(state.initial()).size();
  if (bytes != 0 && bytes != bytesOf(first)) {
    refuse(what, phrase(bytesOf(first), " bytes of a first value"), bytes);
  }
}

}  // namespace

double bytesOf(const nolf::Tensor& tensor) {
  double bytes = kElementBytes[tensor.dtype()];
  for (const int32_t extent : each(tensor.shape())) bytes *= extent;
  return bytes;
}

void checkReferences(const nolf::Blob& blob) {
  uint32_t number = 0;
  for (const auto* tensor : each(blob.tensors())) checkTensor(*tensor, phrase("tensor ", number++));
  number = 0;
  for (const auto* one : each(blob.operators())) {
    checkOperator(blob, *one, phrase("operator ", number++));
  }
  for (const uint32_t tensor : each(blob.inputs())) hasValues(blob, tensor, "an input");
  for (const uint32_t tensor : each(blob.outputs())) hasValues(blob, tensor, "an output");
  checkAddresses(blob);
  number = 0;
  for (const auto* segment : each(blob.segments())) {
    checkSegment(blob, *segment, phrase("segment ", number++));
  }
  checkDataFlow(blob);
  for (const auto* state : each(blob.states())) checkState(blob, *state);
}

}  // namespace nolfet
