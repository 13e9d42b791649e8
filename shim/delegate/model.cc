#include "model.h"

#include <flatbuffers/flatbuffers.h>

#include <map>
#include <stdexcept>
#include <utility>

#include "operators.h"

namespace nolfet {
namespace {

using tflite::Tensor;
using Builder = flatbuffers::FlatBufferBuilder;
using At = flatbuffers::Offset<void>;

constexpr uint32_t kVersion = 3;  // of the schema
constexpr int kReshape = 22, kReshapeOptions = 17;
constexpr int kSamePadding = 1;  // of TFLite's enumeration; the schema's begins with it

/** The schema's number of each TfLiteType; -1 where nolfet has no such elements. */
constexpr int kTypes[] = {-1, 0, 2, 3, 4, -1, 6, 7, -1, 9, 1, 10};

int typeOf(const Tensor& tensor) {
  const auto count = static_cast<int>(sizeof kTypes / sizeof *kTypes);
  return tensor.type < 0 || tensor.type >= count ? -1 : kTypes[tensor.type];
}

bool isConstant(const Tensor& tensor) { return tensor.allocation_type == tflite::kMmapRo; }

constexpr flatbuffers::voffset_t field(int slot) {
  return static_cast<flatbuffers::voffset_t>(4 + 2 * slot);
}

template <typename T>
At vectorOf(Builder& b, const std::vector<T>& values) {
  return b.CreateVector(values).Union();
}

/** A table of offsets by slot, and whatever `more` adds to it. */
template <typename More>
At table(Builder& b, std::initializer_list<std::pair<int, At>> parts, More more) {
  const auto start = b.StartTable();
  for (const auto& [slot, at] : parts) {
    if (!at.IsNull()) b.AddOffset(field(slot), at);
  }
  more();
  return At(b.EndTable(start));
}

At vectorOfTables(Builder& b, const std::vector<At>& tables) {
  return b.CreateVector(tables).Union();
}

At quantizationOf(Builder& b, const Tensor& tensor) {
  if (tensor.quantization.type != 1 || tensor.quantization.params == nullptr) return {};
  const auto& affine = *static_cast<const tflite::AffineQuantization*>(tensor.quantization.params);
  if (affine.scale == nullptr || affine.zero_point == nullptr) return {};
  const std::vector<float> scales(affine.scale->begin(), affine.scale->end());
  const std::vector<int64_t> zeros(affine.zero_point->begin(), affine.zero_point->end());
  // scale, zero_point, quantized_dimension
  return table(b, {{2, vectorOf(b, scales)}, {3, vectorOf(b, zeros)}},
               [&] { b.AddElement<int32_t>(field(6), affine.quantized_dimension); });
}

At tensorOf(Builder& b, const Tensor& tensor, uint32_t buffer) {
  const std::vector<int32_t> dims(tensor.dims->begin(), tensor.dims->end());
  const At shape = vectorOf(b, dims);
  const At name = b.CreateString(tensor.name == nullptr ? "" : tensor.name).Union();
  return table(b, {{0, shape}, {3, name}, {4, quantizationOf(b, tensor)}}, [&] {
    b.AddElement<int8_t>(field(1), static_cast<int8_t>(typeOf(tensor)));
    b.AddElement<uint32_t>(field(2), buffer);
  });
}

void addOption(Builder& b, int slot, const OptionField& option, const uint8_t* params) {
  const uint8_t* const at = params + option.offset;
  int32_t word = 0;
  switch (option.kind) {
    case Kind::kByte:
      return b.AddElement<uint8_t>(field(slot), *at);
    case Kind::kInt:
      return b.AddElement<int32_t>(field(slot), flatbuffers::ReadScalar<int32_t>(at));
    case Kind::kFloat:
      return b.AddElement<float>(field(slot), flatbuffers::ReadScalar<float>(at));
    case Kind::kPadding:
      word = flatbuffers::ReadScalar<int32_t>(at);
      return b.AddElement<int8_t>(field(slot), static_cast<int8_t>(word - kSamePadding));
    case Kind::kNone:
      return;
  }
}

At optionsOf(Builder& b, const Operator& known, const tflite::TfLiteNode& node) {
  if (known.optionsType == 0) return {};
  return table(b, {}, [&] {
    int slot = 0;
    for (const OptionField& option : known.options) {
      addOption(b, slot++, option, static_cast<const uint8_t*>(node.builtin_data));
    }
  });
}

/** The shape that a RESHAPE leads to is its result's, however it was given. */
At reshapeOptionsOf(Builder& b, const Tensor& result) {
  const At shape = vectorOf(b, std::vector<int32_t>(result.dims->begin(), result.dims->end()));
  return table(b, {{0, shape}}, [] {});
}

/** Numbers things in the order in which they are first asked for. */
struct Numbers {
  std::map<int, int> of;
  std::vector<int> order;

  int number(int thing) {
    const auto [at, isNew] = of.try_emplace(thing, static_cast<int>(order.size()));
    if (isNew) order.push_back(thing);
    return at->second;
  }
  std::vector<int32_t> numbers(const std::vector<int>& things) {
    std::vector<int32_t> all;
    for (const int thing : things) all.push_back(thing < 0 ? -1 : number(thing));
    return all;
  }
};

std::vector<int> listOf(const tflite::IntArray* array) { return {array->begin(), array->end()}; }

struct Entry {
  tflite::TfLiteNode& node;
  int code;  // of the operator
};

Entry nodeAt(tflite::TfLiteContext& context, int index) {
  tflite::TfLiteNode* node = nullptr;
  tflite::Registration* registration = nullptr;
  if (context.GetNodeAndRegistration(&context, index, &node, &registration) != tflite::kOk) {
    throw std::runtime_error("TFLite does not tell node " + std::to_string(index));
  }
  return {*node, registration->builtin_code};
}

bool isReshape(const Entry& entry) { return entry.code == kReshape; }

/** The inputs that are written: a RESHAPE's shape is among its options. */
std::vector<int> dataOf(const Entry& entry) {
  std::vector<int> inputs = listOf(entry.node.inputs);
  if (isReshape(entry)) inputs.resize(1);
  return inputs;
}

class Writer {
 public:
  explicit Writer(tflite::TfLiteContext& context) : context_(context) { b_.ForceDefaults(true); }

  std::vector<uint8_t> write(const Partition& part) {
    const At inputs = vectorOf(b_, tensors_.numbers(part.inputs));
    std::vector<At> operators;
    for (const int node : part.nodes) operators.push_back(operatorOf(node));
    const At outputs = vectorOf(b_, tensors_.numbers(part.outputs));
    std::vector<At> buffers = {table(b_, {}, [] {})};
    std::vector<At> tensors;
    for (const int index : tensors_.order) {
      const Tensor& tensor = context_.tensors[index];
      const auto buffer = static_cast<uint32_t>(isConstant(tensor) ? buffers.size() : 0);
      if (isConstant(tensor)) buffers.push_back(bufferOf(tensor));
      tensors.push_back(tensorOf(b_, tensor, buffer));
    }
    const At graph = table(b_,
                           {{0, vectorOfTables(b_, tensors)},
                            {1, inputs},
                            {2, outputs},
                            {3, vectorOfTables(b_, operators)}},
                           [] {});
    std::vector<At> codes;
    for (const int code : codes_.order) codes.push_back(codeOf(code));
    const At codesAt = vectorOfTables(b_, codes);
    const At graphs = vectorOfTables(b_, {graph});
    const At model = table(b_, {{1, codesAt}, {2, graphs}, {4, vectorOfTables(b_, buffers)}},
                           [&] { b_.AddElement<uint32_t>(field(0), kVersion); });
    b_.Finish(model, "TFL3");
    return {b_.GetBufferPointer(), b_.GetBufferPointer() + b_.GetSize()};
  }

 private:
  At operatorOf(int index) {
    const Entry entry = nodeAt(context_, index);
    const Operator* const known = findOperator(entry.code);
    const At options = isReshape(entry)
                           ? reshapeOptionsOf(b_, context_.tensors[entry.node.outputs->data[0]])
                           : optionsOf(b_, *known, entry.node);
    const int type = isReshape(entry) ? kReshapeOptions : known->optionsType;
    const At inputs = vectorOf(b_, tensors_.numbers(dataOf(entry)));
    const At outputs = vectorOf(b_, tensors_.numbers(listOf(entry.node.outputs)));
    return table(b_, {{1, inputs}, {2, outputs}, {4, options}}, [&] {
      b_.AddElement<uint32_t>(field(0), static_cast<uint32_t>(codes_.number(entry.code)));
      b_.AddElement<uint8_t>(field(3), static_cast<uint8_t>(type));
    });
  }

  At bufferOf(const Tensor& tensor) {
    b_.ForceVectorAlignment(tensor.bytes, 1, 16);
    const At data = b_.CreateVector(static_cast<const uint8_t*>(tensor.data), tensor.bytes).Union();
    return table(b_, {{0, data}}, [] {});
  }

  At codeOf(int code) {
    return table(b_, {}, [&] {
      b_.AddElement<int8_t>(field(0), static_cast<int8_t>(code));
      b_.AddElement<int32_t>(field(2), 1);
      b_.AddElement<int32_t>(field(3), code);
    });
  }

  tflite::TfLiteContext& context_;
  Builder b_;
  Numbers tensors_, codes_;
};

}  // namespace

std::string obstacle(tflite::TfLiteContext& context, int index) {
  const Entry entry = nodeAt(context, index);
  const auto& [node, code] = entry;
  const Operator* const known = findOperator(code);
  if (known == nullptr && !isReshape(entry)) {
    return "the delegate does not pass on operator " + std::to_string(code);
  }
  if (known != nullptr && known->optionsType != 0 && node.builtin_data == nullptr) {
    return "it has no options";
  }
  const bool hasShape = isReshape(entry) && node.inputs->size > 1;
  if (hasShape && !isConstant(context.tensors[node.inputs->data[1]])) {
    return "its shape is computed";
  }
  for (const tflite::IntArray* list : {node.inputs, node.outputs}) {
    for (const int tensor : *list) {
      if (tensor < 0) continue;
      const Tensor& operand = context.tensors[tensor];
      if (typeOf(operand) < 0) return "it has elements of a type that nolfet does not know";
      if (operand.is_variable || operand.dims == nullptr || operand.sparsity != nullptr) {
        return "it has a variable, sparse or shapeless operand";
      }
    }
  }
  return "";
}

Partition partOf(tflite::TfLiteContext& context, const std::vector<int>& plan,
                 const std::set<int>& members) {
  Partition part;
  std::set<int> made, readInside, readOutside;
  for (const int index : plan) {
    const bool isMember = members.count(index) > 0;
    const Entry entry = nodeAt(context, index);
    const tflite::TfLiteNode& node = entry.node;
    for (const int tensor : *node.inputs) (isMember ? readInside : readOutside).insert(tensor);
    if (!isMember) continue;
    part.nodes.push_back(index);
    for (const int tensor : dataOf(entry)) {
      const bool isKnown = tensor < 0 || isConstant(context.tensors[tensor]);
      if (!isKnown && made.insert(tensor).second) part.inputs.push_back(tensor);
    }
    for (const int tensor : *node.outputs) made.insert(tensor);
  }
  for (const int index : part.nodes) {
    for (const int tensor : *nodeAt(context, index).node.outputs) {
      const bool isRead = readInside.count(tensor) > 0;
      if (!isRead || readOutside.count(tensor) > 0) part.outputs.push_back(tensor);
    }
  }
  return part;
}

std::vector<uint8_t> writeModel(tflite::TfLiteContext& context, const Partition& part) {
  return Writer(context).write(part);
}

}  // namespace nolfet
