#include "compiler.h"

#include <cstring>

#include "../wasm/module.h"
#include "core.h"
#include "refusal.h"

namespace nolfet {
namespace {

constexpr uint32_t kKnownFlags =
    NOLFET_STRICT | NOLFET_ALLOW_UNPROVEN | NOLFET_CPU_ONLY | NOLFET_EXPOSE_ALL;
constexpr uint32_t kMostJobs = 1'000'000;

/** Copies bytes into an instance; gives their pointer. */
uint32_t copyIn(Module<CompilerApi>& module, const void* bytes, size_t count) {
  const auto size = static_cast<uint32_t>(count);
  const uint32_t pointer =
      count > UINT32_MAX ? 0
                         : module.call([=](auto* one) { return Z_compilerZ_allocate(one, size); });
  if (pointer == 0) {
    throw Refusal(NOLFET_MEMORY, "", "a model that fits into the compiler",
                  phrase("a model of ", count, " bytes"));
  }
  if (count > 0) std::memcpy(module.at(pointer, count), bytes, count);
  return pointer;
}

const Core& targetOf(const nolfet_options& options) {
  const Core* core = options.target == nullptr ? nullptr : findTarget(options.target);
  if (core != nullptr) return *core;
  throw Refusal(NOLFET_BAD_OPTION, "", "the name of a core, such as a311d or imx8mp",
                options.target == nullptr ? "none" : options.target, "UNSUPPORTED_TARGET");
}

}  // namespace

std::vector<uint8_t> compileModel(const uint8_t* model, size_t bytes,
                                  const nolfet_options& options) {
  const uint32_t core = indexOf(targetOf(options));
  if ((options.flags & ~kKnownFlags) != 0 || options.job_budget > kMostJobs) {
    throw Refusal(NOLFET_BAD_OPTION, "", phrase("known flags, and up to ", kMostJobs, " jobs"),
                  phrase("flags ", options.flags, " and ", options.job_budget, " jobs"));
  }
  Module<CompilerApi> module;
  const size_t nameBytes = options.stop_at == nullptr ? 0 : std::strlen(options.stop_at);
  const uint32_t name = copyIn(module, options.stop_at, nameBytes);
  const uint32_t table = copyIn(module, options.statistics, options.statistics_bytes);
  // The record that assembly/compiler/settings.ts reads.
  const uint32_t record[] = {options.flags, options.job_budget,
                             name,          static_cast<uint32_t>(nameBytes),
                             table,         static_cast<uint32_t>(options.statistics_bytes)};
  const uint32_t settings = copyIn(module, record, sizeof record);
  const uint32_t source = copyIn(module, model, bytes);
  const auto size = static_cast<uint32_t>(bytes);
  const uint32_t status = module.call(
      [=](auto* one) { return Z_compilerZ_compile(one, source, size, core, settings); });
  if (status != 0) module.refuse();
  const uint32_t first = module.call(Z_compilerZ_resultPointer);
  const uint32_t count = module.call(Z_compilerZ_resultBytes);
  const uint8_t* const blob = module.at(first, count);
  return {blob, blob + count};
}

}  // namespace nolfet
