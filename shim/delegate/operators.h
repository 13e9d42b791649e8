// The operators that a delegate can write into a model.
#pragma once

#include <cstdint>

namespace nolfet {

/** How TFLite holds an option in memory, and how a file stores it. */
enum class Kind : uint8_t { kNone, kByte, kInt, kFloat, kPadding };

/** An option: the row has them in the order of their slots in the file. */
struct OptionField {
  Kind kind;
  uint8_t offset;  // in TFLite's structure, in bytes
};

struct Operator {
  int32_t code;         // of the schema
  uint8_t optionsType;  // of the schema's union; 0: without options
  OptionField options[8];
};

/** Null for an operator that is not known. */
const Operator* findOperator(int32_t code);

}  // namespace nolfet
