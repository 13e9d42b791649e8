#include "kernels.h"

#include <algorithm>
#include <cstring>

#include "options.h"
#include "refusal.h"

namespace nolfet {
namespace {

#include "coverage.generated.inc"

constexpr uint32_t kLeftOut = UINT32_MAX;
constexpr int64_t kNanoseconds = 1'000'000'000;

std::string nameOf(const nolf::Operator& one) {
  return one.name() == nullptr ? "" : one.name()->str();
}

[[noreturn]] void refuseOperator(const nolf::Operator& one, uint32_t index, const char* expected) {
  throw Refusal(NOLFET_ON_CPU, phrase("operator ", index), expected, nameOf(one));
}

uint32_t coveredBy(const nolf::Operator& one, uint32_t index) {
  const std::string name = nameOf(one);
  const auto* const found = std::find(std::begin(kCovered), std::end(kCovered), name);
  if (found == std::end(kCovered)) {
    refuseOperator(one, index, "an operator that the CPU's kernels run");
  }
  return static_cast<uint32_t>(found - std::begin(kCovered));
}

}  // namespace

CpuKernels::CpuKernels(const nolf::Blob& blob) {
  for (const auto* segment : each(blob.segments())) {
    if (segment->placement() == nolf::Placement_NPU) continue;
    for (const uint32_t index : each(segment->operators())) {
      if (each(segment->model()).size() > 0) {
        refuseOperator(*blob.operators()->Get(index), index,
                       "an operator that nolfet's own kernels run (LiteRT would, with Node)");
      }
      prepare(blob, index);
    }
  }
  if (module_.call(Z_cpuZ_seal) != 0) module_.refuse();
}

uint8_t* CpuKernels::valueOf(uint32_t tensor) const {
  const auto found = values_.find(tensor);
  return found == values_.end() ? nullptr : found->second.bytes;
}

void CpuKernels::prepare(const nolf::Blob& blob, uint32_t index) {
  const nolf::Operator& one = *blob.operators()->Get(index);
  const uint32_t covered = coveredBy(one, index);
  std::vector<uint32_t> inputs, outputs;
  for (const int32_t tensor : each(one.inputs())) inputs.push_back(numberOf(blob, tensor));
  for (const int32_t tensor : each(one.outputs())) outputs.push_back(numberOf(blob, tensor));
  module_.call([=](auto* cpu) { Z_cpuZ_newOperation(cpu, covered, index); });
  for (const uint32_t tensor : inputs) {
    module_.call([=](auto* cpu) { Z_cpuZ_addInput(cpu, tensor); });
  }
  for (const uint32_t tensor : outputs) {
    module_.call([=](auto* cpu) { Z_cpuZ_addOutput(cpu, tensor); });
  }
  eachOption(one, [&](Option option, double value) {
    const auto number = static_cast<uint32_t>(option);
    module_.call([=](auto* cpu) { Z_cpuZ_setOption(cpu, number, value); });
  });
  const auto kernel = static_cast<int32_t>(module_.call(Z_cpuZ_prepare));
  if (kernel < 0) module_.refuse();
  kernels_[index] = static_cast<uint32_t>(kernel);
}

uint32_t CpuKernels::numberOf(const nolf::Blob& blob, int32_t tensor) {
  if (tensor < 0) return kLeftOut;
  const auto index = static_cast<uint32_t>(tensor);
  const auto found = values_.find(index);
  if (found != values_.end()) return found->second.number;
  const Value value = add(*blob.tensors()->Get(index));
  values_[index] = value;
  return value.number;
}

CpuKernels::Value CpuKernels::add(const nolf::Tensor& tensor) {
  const auto data = each(tensor.data());
  const auto* quantization = tensor.quantization();
  const uint32_t dtype = tensor.dtype(), isConstant = data.size() > 0 ? 1 : 0;
  const auto axis = static_cast<uint32_t>(quantization == nullptr ? 0 : quantization->axis());
  const uint32_t number =
      module_.call([=](auto* cpu) { return Z_cpuZ_newTensor(cpu, dtype, isConstant, axis); });
  for (const int32_t extent : each(tensor.shape())) {
    module_.call([=](auto* cpu) { Z_cpuZ_addExtent(cpu, static_cast<uint32_t>(extent)); });
  }
  const auto scales = each(quantization == nullptr ? nullptr : quantization->scales());
  for (uint32_t i = 0; i < scales.size(); i++) {
    const float scale = scales[i];
    const auto zero = static_cast<uint32_t>(quantization->zero_points()->Get(i));
    module_.call([=](auto* cpu) { Z_cpuZ_addScale(cpu, scale, zero); });
  }
  const uint32_t pointer = module_.call(Z_cpuZ_allocateTensor);
  if (pointer == 0) module_.refuse();
  const auto bytes = static_cast<uint64_t>(bytesOf(tensor));
  uint8_t* const place = module_.at(pointer, std::max<uint64_t>(bytes, data.size()));
  if (data.size() > 0) std::memcpy(place, tensor.data()->data(), data.size());
  return {number, place};
}

void CpuKernels::run(const nolf::Segment& segment, const etnaviv::Deadline& deadline) {
  module_.clock()->deadline = deadline.tv_sec * kNanoseconds + deadline.tv_nsec;
  for (const uint32_t index : each(segment.operators())) {
    const uint32_t kernel = kernels_.at(index);
    if (module_.call([=](auto* cpu) { return Z_cpuZ_run(cpu, kernel); }) != 0 &&
        !Z_clockZ_isTimeOver(module_.clock())) {
      continue;
    }
    if (module_.call(CpuApi::failureCode) != 0) module_.refuse();
    throw Refusal(NOLFET_TIMEOUT, phrase("operator ", index), "the CPU's operators to end in time",
                  "more");
  }
}

}  // namespace nolfet
