#include "module.h"

#include <cstring>
#include <ctime>

#include "../c/refusal.h"

namespace nolfet {
namespace {

#include "codes.generated.inc"

/** By the number of a LocationKind. */
constexpr const char* kLocations[] = {"",      "byte ", "tensor ", "operator ",
                                      "word ", "job ",  "address "};

/** What callers get for a code of a module. */
nolfet_status statusOf(const std::string& code) {
  if (code == "OUT_OF_MEMORY") return NOLFET_MEMORY;
  if (code == "INTERNAL") return NOLFET_INTERNAL;
  if (code == "UNSUPPORTED_OPERATOR") return NOLFET_ON_CPU;
  if (code == "BAD_OPTION" || code == "UNSUPPORTED_TARGET") return NOLFET_BAD_OPTION;
  const bool isModel = code == "TRUNCATED" || code == "NOT_A_MODEL" || code == "MALFORMED" ||
                       code == "TOO_LARGE" || code == "UNSUPPORTED_MODEL" ||
                       code == "NOT_QUANTIZED";
  return isModel ? NOLFET_BAD_MODEL : NOLFET_BAD_BLOB;
}

void addCodePoint(std::string& text, uint32_t point) {
  const auto tail = [&](int shift) { text += static_cast<char>(0x80 | (point >> shift & 0x3f)); };
  if (point < 0x80) {
    text += static_cast<char>(point);
  } else if (point < 0x800) {
    text += static_cast<char>(0xc0 | point >> 6);
    tail(0);
  } else if (point < 0x10000) {
    text += static_cast<char>(0xe0 | point >> 12);
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xf0 | point >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace

void initModules() {
  static const bool done = [] {
    Z_compiler_init_module();
    Z_cpu_init_module();
    Z_emulator_init_module();
    return true;
  }();
  (void)done;
}

void refuseTrap(int code, const Z_env_instance_t& environment) {
  // The modules' allocator ends so where their memory cannot grow, and nothing else in them does.
  if (code == WASM_RT_TRAP_UNREACHABLE) {
    throw Refusal(NOLFET_MEMORY, "", "what fits into memory", "more");
  }
  const bool aborted = code == NOLFET_TRAP_ABORT;
  throw Refusal(NOLFET_INTERNAL, "", "no fault",
                aborted ? environment.text : phrase("trap ", code, " of Wasm"));
}

/** UTF-16, its length in bytes in the word before it. */
std::string textAt(const wasm_rt_memory_t& memory, uint32_t pointer) {
  const auto word = [&](uint64_t at, auto value) {
    if (at + sizeof value <= memory.size) std::memcpy(&value, memory.data + at, sizeof value);
    return value;
  };
  std::string text;
  const uint64_t end = uint64_t{pointer} + (pointer < 4 ? 0 : word(pointer - 4, uint32_t{0}));
  for (uint64_t at = pointer; at + 2 <= end && at + 2 <= memory.size; at += 2) {
    uint32_t point = word(at, uint16_t{0});
    const uint32_t low = at + 4 <= end ? word(at + 2, uint16_t{0}) : 0;
    if (point >> 10 == 0x36 && low >> 10 == 0x37) {
      point = 0x10000 + ((point & 0x3ff) << 10 | (low & 0x3ff));
      at += 2;
    }
    addCodePoint(text, point);
  }
  return text;
}

void refuseFailure(uint32_t code, uint32_t kind, uint32_t location, const std::string& text) {
  const std::string name = code < std::size(kCodes) ? kCodes[code] : "INTERNAL";
  const size_t line = text.find('\n');
  const std::string found = line == std::string::npos ? "" : text.substr(line + 1);
  const bool located = kind > 0 && kind < std::size(kLocations);
  throw Refusal(statusOf(name), located ? phrase(kLocations[kind], location) : "",
                text.substr(0, line), found, name);
}

}  // namespace nolfet

extern "C" {

void Z_envZ_abort(Z_env_instance_t* environment, uint32_t message, uint32_t file, uint32_t line,
                  uint32_t column) {
  {
    const std::string what = message == 0 ? "abort" : nolfet::textAt(*environment->memory, message);
    const std::string where = nolfet::textAt(*environment->memory, file);
    std::snprintf(environment->text, sizeof environment->text, "%s in %s:%u:%u", what.c_str(),
                  where.c_str(), line, column);
  }
  wasm_rt_trap(static_cast<wasm_rt_trap_t>(NOLFET_TRAP_ABORT));
}

uint32_t Z_clockZ_isTimeOver(Z_clock_instance_t* clock) {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec > clock->deadline;
}
}
