// Between float32 values and the bytes of an 8-bit tensor, as TFLite's QUANTIZE and DEQUANTIZE.
#pragma once

#include <cstdint>

#include "nolf_generated.h"

namespace nolfet {

struct Conversion {
  float scale;
  int64_t zeroPoint;
  int32_t least;  // of the type's values
  uint8_t flip;   // a signed byte is stored as itself plus 128
};

/** That of a tensor with one scale. */
Conversion conversionOf(const nolf::Tensor& tensor, uint8_t flip);

/** round(value / scale) + zero point: halves go away from 0, what is not a number gives the zero
 * point. */
void quantize(uint8_t* to, const uint8_t* reals, uint32_t count, const Conversion& conversion);

/** scale * (byte - zero point). */
void dequantize(uint8_t* reals, const uint8_t* from, uint32_t count, const Conversion& conversion);

}  // namespace nolfet
