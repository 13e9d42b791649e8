// TensorFlow Lite's external delegate: takes the nodes that nolfet puts on the NPU.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "../nolfet.h"
#include "cache.h"
#include "model.h"
#include "tflite.h"

namespace nolfet {
namespace {

using tflite::kError;
using tflite::kOk;
using tflite::Status;
using tflite::TfLiteContext;
using tflite::TfLiteNode;

constexpr uint32_t kMilliseconds = 10'000;  // for a run
constexpr const char* kOptions = "target, device, cache, allow_unproven, job_budget and verbose";

struct Settings {
  std::string target, device, cache;
  uint32_t flags = 0, jobBudget = 0;
  bool isVerbose = false;

  void set(const std::string& key, const std::string& value) {
    if (key == "target") {
      target = value;
    } else if (key == "device") {
      device = value;
    } else if (key == "cache") {
      cache = value;
    } else if (key == "allow_unproven") {
      flags = isOn(key, value) ? NOLFET_ALLOW_UNPROVEN : 0;
    } else if (key == "job_budget") {
      jobBudget = numberOf(key, value);
    } else if (key == "verbose") {
      isVerbose = isOn(key, value);
    } else {
      throw std::invalid_argument("no option is named " + key + ": there are " + kOptions);
    }
  }

 private:
  static uint32_t numberOf(const std::string& key, const std::string& value) {
    const bool isNumber = !value.empty() && value.size() < 8 &&
                          value.find_first_not_of("0123456789") == std::string::npos;
    if (!isNumber) throw std::invalid_argument(key + " is a number, not \"" + value + "\"");
    return static_cast<uint32_t>(std::strtoul(value.c_str(), nullptr, 10));
  }
  static bool isOn(const std::string& key, const std::string& value) {
    if (value == "1" || value == "true") return true;
    if (value == "0" || value == "false") return false;
    throw std::invalid_argument(key + " is 1 or 0, not \"" + value + "\"");
  }
};

struct Delegate : tflite::Delegate {
  Settings settings;

  explicit Delegate(Settings given) : tflite::Delegate{}, settings(std::move(given)) {}
  void tell(const std::string& line) const { std::fprintf(stderr, "nolfet: %s\n", line.c_str()); }
};

/** A part of the network, loaded into the device. Throws std::runtime_error with what is wrong. */
class Kernel {
 public:
  Kernel(TfLiteContext& context, const Settings& settings, Partition part)
      : part_(std::move(part)), session_(nullptr, nolfet_close) {
    const Bytes model = writeModel(context, part_);
    const Bytes key = keyOf(model, settings);
    const Cache cache(settings.cache);
    session_.reset(nolfet_open(settings.device.empty() ? nullptr : settings.device.c_str()));
    if (!session_) throw std::bad_alloc();
    const Bytes kept = cache.find(key);
    isCached_ = !kept.empty() && nolfet_load(session_.get(), kept.data(), kept.size()) == NOLFET_OK;
    if (isCached_) return;
    const auto made = compile(model, settings);
    check(nolfet_load(session_.get(), made->blob, made->bytes));
    cache.store(key, made->blob, made->bytes);
  }

  /** Whether it was compiled at an earlier start. */
  bool isCached() const { return isCached_; }

  const nolfet_session* session() const { return session_.get(); }

  void run(TfLiteContext& context) const {
    for (size_t i = 0; i < part_.inputs.size(); i++) {
      const tflite::Tensor& from = context.tensors[part_.inputs[i]];
      const nolfet_tensor& to = fitting(nolfet_input(session_.get(), i), from);
      std::memcpy(to.data, from.data, to.bytes);
    }
    check(nolfet_run(session_.get(), kMilliseconds));
    for (size_t i = 0; i < part_.outputs.size(); i++) {
      const tflite::Tensor& to = context.tensors[part_.outputs[i]];
      const nolfet_tensor& from = fitting(nolfet_output(session_.get(), i), to);
      std::memcpy(to.data, from.data, from.bytes);
    }
  }

 private:
  using Compilation = std::unique_ptr<nolfet_compilation, decltype(&nolfet_compilation_free)>;

  static Compilation compile(const Bytes& model, const Settings& settings) {
    nolfet_options options = {};
    options.target = settings.target.c_str();
    options.flags = settings.flags;
    options.job_budget = settings.jobBudget;
    Compilation made(nolfet_compile(model.data(), model.size(), &options), nolfet_compilation_free);
    if (!made) throw std::bad_alloc();
    if (made->status != NOLFET_OK) throw std::runtime_error(made->error);
    return made;
  }

  /** All that a blob follows from. */
  static Bytes keyOf(const Bytes& model, const Settings& settings) {
    const std::string text = std::string(nolfet_version()) + " " + settings.target + " " +
                             std::to_string(settings.flags) + " " +
                             std::to_string(settings.jobBudget) + "\n";
    Bytes key(text.begin(), text.end());
    key.insert(key.end(), model.begin(), model.end());
    return key;
  }

  /** The session's tensor, if TFLite's has as many bytes: networks can be resized, blobs cannot. */
  static const nolfet_tensor& fitting(const nolfet_tensor* mine, const tflite::Tensor& theirs) {
    if (mine == nullptr || theirs.data == nullptr || mine->bytes != theirs.bytes) {
      throw std::runtime_error("a tensor has another size than when the network was compiled");
    }
    return *mine;
  }

  void check(nolfet_status status) const {
    if (status != NOLFET_OK) throw std::runtime_error(nolfet_error(session_.get()));
  }

  Partition part_;
  bool isCached_ = false;
  std::unique_ptr<nolfet_session, decltype(&nolfet_close)> session_;
};

/** Calls something that may throw; says what was wrong. */
template <typename Act>
bool attempt(const char* what, Act act) noexcept {
  try {
    act();
    return true;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "nolfet: %s: %s\n", what, error.what());
  }
  return false;
}

/** What TFLite keeps as a node's user data. */
struct Instance {
  std::unique_ptr<Kernel> kernel;  // null where it could not be loaded
};

void* init(TfLiteContext* context, const char* buffer, size_t) {
  const auto& params = *reinterpret_cast<const tflite::DelegateParams*>(buffer);
  const auto& delegate = *static_cast<const Delegate*>(params.delegate);
  auto* const instance = new (std::nothrow) Instance{};
  if (instance == nullptr) return nullptr;
  attempt("cannot load a part of the network", [&] {
    Partition part;
    for (const int node : *params.nodes_to_replace) part.nodes.push_back(node);
    for (const int tensor : *params.input_tensors) {
      if (context->tensors[tensor].allocation_type != tflite::kMmapRo) {
        part.inputs.push_back(tensor);
      }
    }
    for (const int tensor : *params.output_tensors) part.outputs.push_back(tensor);
    instance->kernel = std::make_unique<Kernel>(*context, delegate.settings, std::move(part));
    if (delegate.settings.isVerbose) {
      delegate.tell(instance->kernel->isCached() ? "loaded from the cache" : "compiled");
    }
  });
  return instance;
}

void release(TfLiteContext*, void* instance) { delete static_cast<Instance*>(instance); }

Status prepareKernel(TfLiteContext*, TfLiteNode* node) {
  const auto* const instance = static_cast<const Instance*>(node->user_data);
  return instance != nullptr && instance->kernel ? kOk : kError;
}

Status invoke(TfLiteContext* context, TfLiteNode* node) {
  const auto& instance = *static_cast<const Instance*>(node->user_data);
  const bool done = attempt("a run failed", [&] { instance.kernel->run(*context); });
  return done ? kOk : kError;
}

/** The nodes that are to run on the NPU. Throws where the device or the network is not for it. */
std::vector<int> chosen(TfLiteContext& context, const Delegate& delegate,
                        const std::vector<int>& plan) {
  const Settings& settings = delegate.settings;
  const auto explain = [&](int node, const std::string& reason) {
    if (settings.isVerbose) delegate.tell("node " + std::to_string(node) + ": " + reason);
  };
  std::set<int> candidates;
  for (const int node : plan) {
    const std::string reason = obstacle(context, node);
    if (reason.empty()) {
      candidates.insert(node);
    } else {
      explain(node, reason);
    }
  }
  if (candidates.empty()) return {};
  const Partition part = partOf(context, plan, candidates);
  const Kernel trial(context, settings, part);
  if (nolfet_operator_at(trial.session(), part.nodes.size() - 1) == nullptr ||
      nolfet_operator_at(trial.session(), part.nodes.size()) != nullptr) {
    throw std::runtime_error("the compiler leaves out operators, so nodes cannot be told apart");
  }
  std::vector<int> taken;
  for (size_t i = 0; i < part.nodes.size(); i++) {
    const nolfet_operator& one = *nolfet_operator_at(trial.session(), i);
    if (one.on_npu) {
      taken.push_back(part.nodes[i]);
    } else {
      explain(part.nodes[i], std::string(one.name) + ": " + one.reason);
    }
  }
  return taken;
}

/** Replaces nodes; they are given as TFLite's arrays are: a count, then the elements. */
Status replace(TfLiteContext& context, Delegate& delegate, const std::vector<int>& nodes) {
  std::vector<int> list = {static_cast<int>(nodes.size())};
  list.insert(list.end(), nodes.begin(), nodes.end());
  tflite::Registration kernel = {};
  kernel.init = init;
  kernel.free = release;
  kernel.prepare = prepareKernel;
  kernel.invoke = invoke;
  kernel.custom_name = "nolfet";
  kernel.version = 1;
  return context.ReplaceNodeSubsetsWithDelegateKernels(
      &context, kernel, reinterpret_cast<const tflite::IntArray*>(list.data()), &delegate);
}

/** Where nothing can be taken, TFLite runs everything: that is no failure. */
Status prepare(TfLiteContext* context, tflite::Delegate* given) {
  auto& delegate = *static_cast<Delegate*>(given);
  tflite::IntArray* order = nullptr;
  if (context->GetExecutionPlan(context, &order) != kOk) return kError;
  std::vector<int> plan, nodes;
  const bool hasChosen = attempt("takes no node", [&] {
    plan.assign(order->begin(), order->end());
    nodes = chosen(*context, delegate, plan);
  });
  if (!hasChosen) return kOk;
  Status status = kOk;
  const bool isDone = attempt("takes no node", [&] {
    delegate.tell("takes " + std::to_string(nodes.size()) + " of " + std::to_string(plan.size()) +
                  " nodes");
    if (!nodes.empty()) status = replace(*context, delegate, nodes);
  });
  return isDone ? status : kError;
}

}  // namespace
}  // namespace nolfet

#pragma GCC visibility push(default)
extern "C" {

/** Null, and a line by `report`, where an option is wrong. */
nolfet::tflite::Delegate* tflite_plugin_create_delegate(char** keys, char** values, size_t count,
                                                        void (*report)(const char*)) {
  try {
    nolfet::Settings settings;
    for (size_t i = 0; i < count; i++) settings.set(keys[i], values[i]);
    if (settings.target.empty()) {
      throw std::invalid_argument("the option target is missing: a311d, imx8mp or another core");
    }
    auto* const delegate = new nolfet::Delegate(std::move(settings));
    delegate->Prepare = nolfet::prepare;
    return delegate;
  } catch (const std::exception& error) {
    if (report != nullptr) report(error.what());
    return nullptr;
  }
}

void tflite_plugin_destroy_delegate(nolfet::tflite::Delegate* delegate) {
  delete static_cast<nolfet::Delegate*>(delegate);
}

}  // extern "C"
#pragma GCC visibility pop
