// Where TFLite's structures of options (builtin_op_data.h, 2.5 and newer) have what the schema's
// tables have. Enumerations and int take 4 bytes, bool takes one.
#include "operators.h"

namespace nolfet {
namespace {

constexpr Kind P = Kind::kPadding, I = Kind::kInt, B = Kind::kByte, F = Kind::kFloat;

constexpr Operator kOperators[] = {
    {0, "ADD", 11, {{B, 0}}},
    // padding, strides, filter, activation
    {1, "AVERAGE_POOL_2D", 5, {{P, 0}, {I, 4}, {I, 8}, {I, 12}, {I, 16}, {B, 20}}},
    {2, "CONCATENATION", 10, {{I, 0}, {B, 4}}},
    // padding, strides, activation, dilations
    {3, "CONV_2D", 1, {{P, 0}, {I, 4}, {I, 8}, {B, 12}, {I, 16}, {I, 20}}},
    // padding, strides, multiplier, activation, dilations
    {4, "DEPTHWISE_CONV_2D", 2, {{P, 0}, {I, 4}, {I, 8}, {I, 12}, {B, 16}, {I, 20}, {I, 24}}},
    // activation, format of weights, whether dimensions are kept
    {9, "FULLY_CONNECTED", 8, {{B, 0}, {B, 4}, {B, 8}}},
    {14, "LOGISTIC", 0, {}},
    {17, "MAX_POOL_2D", 5, {{P, 0}, {I, 4}, {I, 8}, {I, 12}, {I, 16}, {B, 20}}},
    {18, "MUL", 21, {{B, 0}}},
    {19, "RELU", 0, {}},
    {21, "RELU6", 0, {}},
    {25, "SOFTMAX", 9, {{F, 0}}},
    {28, "TANH", 0, {}},
    {34, "PAD", 0, {}},
    {39, "TRANSPOSE", 0, {}},
    {40, "MEAN", 27, {{B, 0}}},
    {41, "SUB", 28, {{B, 0}}},
    {98, "LEAKY_RELU", 75, {{F, 0}}},
    {114, "QUANTIZE", 0, {}},
    {117, "HARD_SWISH", 0, {}},
};

}  // namespace

const Operator* findOperator(int32_t code) {
  for (const Operator& known : kOperators) {
    if (known.code == code) return &known;
  }
  return nullptr;
}

}  // namespace nolfet
