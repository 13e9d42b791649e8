// Where TFLite's structures of options (builtin_op_data.h, 2.5 and newer) have what the schema's
// tables have. Enumerations and int take 4 bytes, bool takes one.
#include "operators.h"

namespace nolfet {
namespace {

constexpr Kind P = Kind::kPadding, I = Kind::kInt, B = Kind::kByte, F = Kind::kFloat;

constexpr Operator kOperators[] = {
    {0, 11, {{B, 0}}},  // ADD
    // padding, strides, filter, activation
    {1, 5, {{P, 0}, {I, 4}, {I, 8}, {I, 12}, {I, 16}, {B, 20}}},  // AVERAGE_POOL_2D
    {2, 10, {{I, 0}, {B, 4}}},                                    // CONCATENATION
    // padding, strides, activation, dilations
    {3, 1, {{P, 0}, {I, 4}, {I, 8}, {B, 12}, {I, 16}, {I, 20}}},  // CONV_2D
    // padding, strides, multiplier, activation, dilations
    {4, 2, {{P, 0}, {I, 4}, {I, 8}, {I, 12}, {B, 16}, {I, 20}, {I, 24}}},  // DEPTHWISE_CONV_2D
    // activation, format of weights, whether dimensions are kept
    {9, 8, {{B, 0}, {B, 4}, {B, 8}}},                              // FULLY_CONNECTED
    {14, 0, {}},                                                   // LOGISTIC
    {17, 5, {{P, 0}, {I, 4}, {I, 8}, {I, 12}, {I, 16}, {B, 20}}},  // MAX_POOL_2D
    {18, 21, {{B, 0}}},                                            // MUL
    {19, 0, {}},                                                   // RELU
    {21, 0, {}},                                                   // RELU6
    {25, 9, {{F, 0}}},                                             // SOFTMAX
    {28, 0, {}},                                                   // TANH
    {34, 0, {}},                                                   // PAD
    {39, 0, {}},                                                   // TRANSPOSE
    {40, 27, {{B, 0}}},                                            // MEAN
    {41, 28, {{B, 0}}},                                            // SUB
    {98, 75, {{F, 0}}},                                            // LEAKY_RELU
    {114, 0, {}},                                                  // QUANTIZE
    {117, 0, {}},                                                  // HARD_SWISH
};

}  // namespace

const Operator* findOperator(int32_t code) {
  for (const Operator& known : kOperators) {
    if (known.code == code) return &known;
  }
  return nullptr;
}

}  // namespace nolfet
