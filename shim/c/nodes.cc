#include "nodes.h"

#include <dirent.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <vector>

#include "../etnaviv/error.h"
#include "refusal.h"

namespace nolfet {
namespace {

constexpr char kFolder[] = "/dev/dri";
constexpr uint32_t kMostPipes = 4;
/** Releases that differ in nothing that streams depend on. */
constexpr uint64_t kAnyRevision = 0xf;

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

/** In the order of their numbers. */
std::vector<std::string> renderNodes() {
  std::vector<std::string> nodes;
  const std::unique_ptr<DIR, CloseFolder> folder(opendir(kFolder));
  if (!folder) {
    if (errno == ENOENT) return nodes;
    throw etnaviv::Error("opendir", errno);
  }
  while (const dirent* entry = readdir(folder.get())) {
    const std::string name = entry->d_name;
    if (name.rfind("renderD", 0) == 0) nodes.push_back(phrase(kFolder, "/", name));
  }
  std::sort(nodes.begin(), nodes.end());
  return nodes;
}

bool isCore(const etnaviv::Device& device, uint32_t pipe, const Core& core) {
  const uint64_t revision = device.parameter(pipe, ETNAVIV_PARAM_GPU_REVISION);
  return device.parameter(pipe, ETNAVIV_PARAM_GPU_MODEL) == core.model &&
         (revision | kAnyRevision) == (core.revision | kAnyRevision) &&
         device.parameter(pipe, ETNAVIV_PARAM_GPU_PRODUCT_ID) == core.product &&
         device.parameter(pipe, ETNAVIV_PARAM_GPU_ECO_ID) == core.eco &&
         device.parameter(pipe, ETNAVIV_PARAM_GPU_CUSTOMER_ID) == core.customer;
}

/** Nothing where the node has no such core. */
std::optional<Located> locateOn(const std::string& node, const Core& core) {
  const auto device = std::make_shared<const etnaviv::Device>(node);
  for (uint32_t pipe = 0; pipe < kMostPipes; pipe++) {
    try {
      if (!isCore(*device, pipe, core)) continue;
    } catch (const etnaviv::Error& error) {
      if (error.number == ENXIO) break;
      throw;
    }
    return Located{device, pipe, phrase(node, ", pipe ", pipe, ": ", core.name)};
  }
  return {};
}

}  // namespace

Located locate(const std::string& node, const Core& core) {
  const std::vector<std::string> nodes = node.empty() ? renderNodes() : std::vector{node};
  std::string found;
  for (const std::string& each : nodes) {
    found += phrase(found.empty() ? "" : "; ", each, " ");
    try {
      if (const auto located = locateOn(each, core)) return *located;
      found += "has other cores";
    } catch (const etnaviv::Error& error) {
      found += phrase("(", error.what(), ")");
    }
  }
  if (found.empty()) found = phrase("no render node in ", kFolder);
  throw Refusal(NOLFET_NO_DEVICE, "", phrase("a node with ", core.name), found);
}

}  // namespace nolfet
