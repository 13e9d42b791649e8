#include "conversion.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace nolfet {
namespace {

constexpr int32_t kByteSteps = 255;

/** Steps saturate at 32 bits, before the zero point is added. */
int64_t stepsOf(float quotient) {
  if (std::isnan(quotient)) return 0;
  const double rounded = std::round(static_cast<double>(quotient));
  const double least = std::numeric_limits<int32_t>::min();
  const double most = std::numeric_limits<int32_t>::max();
  return static_cast<int64_t>(std::min(std::max(rounded, least), most));
}

}  // namespace

Conversion conversionOf(const nolf::Tensor& tensor, uint8_t flip) {
  const auto* quantization = tensor.quantization();
  const int32_t least = tensor.dtype() == nolf::Dtype_INT8 ? std::numeric_limits<int8_t>::min() : 0;
  return {quantization->scales()->Get(0), quantization->zero_points()->Get(0), least, flip};
}

void quantize(uint8_t* to, const uint8_t* reals, uint32_t count, const Conversion& conversion) {
  const auto& [scale, zeroPoint, least, flip] = conversion;
  // Beyond this, a zero point from a file does not change which end of the range it is.
  const int64_t zero = std::clamp<int64_t>(zeroPoint, -(1ll << 40), 1ll << 40);
  for (uint32_t i = 0; i < count; i++) {
    float real;
    std::memcpy(&real, reals + sizeof(float) * i, sizeof(float));
    const int64_t value = stepsOf(real / scale) + zero;
    const auto stored = std::clamp<int64_t>(value, least, least + kByteSteps);
    to[i] = static_cast<uint8_t>(stored) ^ flip;
  }
}

void dequantize(uint8_t* reals, const uint8_t* from, uint32_t count, const Conversion& conversion) {
  const auto& [scale, zeroPoint, least, flip] = conversion;
  float values[kByteSteps + 1];
  for (int32_t byte = 0; byte <= kByteSteps; byte++) {
    const auto stored = static_cast<uint8_t>(byte ^ flip);
    const int32_t value = least < 0 ? static_cast<int8_t>(stored) : stored;
    const double distance = static_cast<double>(value) - static_cast<double>(zeroPoint);
    values[byte] = static_cast<float>(static_cast<double>(scale) * distance);
  }
  for (uint32_t i = 0; i < count; i++)
    std::memcpy(reals + sizeof(float) * i, &values[from[i]], sizeof(float));
}

}  // namespace nolfet
