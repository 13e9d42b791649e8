// Writes a part of a network that TFLite has loaded as a model of its own.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tflite.h"

namespace nolfet {

struct Part {
  std::vector<int> nodes;  // in the order of execution
  std::vector<int> inputs, outputs;
};

/** Why a node cannot be in a part; "" if it can. Throws std::runtime_error, as the others do. */
std::string obstacle(tflite::Context& context, int node);

/** The part of some nodes of a plan: reads what they do not compute, gives what others may read. */
Part partOf(tflite::Context& context, const std::vector<int>& plan, const std::set<int>& members);

/** A .tflite file. No node may have an obstacle. */
std::vector<uint8_t> writeModel(tflite::Context& context, const Part& part);

}  // namespace nolfet
