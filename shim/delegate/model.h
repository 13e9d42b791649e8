// Writes a part of a network that TFLite has loaded as a model of its own.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tflite.h"

namespace nolfet {

struct Partition {
  std::vector<int> nodes;  // in the order of execution
  std::vector<int> inputs, outputs;
};

/** Why a node cannot be in a part; "" if it can. Throws std::runtime_error, as the others do. */
std::string obstacle(tflite::TfLiteContext& context, int node);

/** The part of some nodes of a plan: reads what they do not compute, gives what others may read. */
Partition partOf(tflite::TfLiteContext& context, const std::vector<int>& plan,
                 const std::set<int>& members);

/** A .tflite file. No node may have an obstacle. */
std::vector<uint8_t> writeModel(tflite::TfLiteContext& context, const Partition& part);

}  // namespace nolfet
