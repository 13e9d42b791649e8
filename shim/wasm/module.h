// Instances of the Wasm modules that scripts/wasm2c.mjs made C of.
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

#include "simd-instance.h"
#include "trap.h"
#include "wasm2c.h"

extern "C" {

/** What modules import: the structures are this library's own, their names are wasm2c's. */
struct Z_env_instance_t {
  wasm_rt_memory_t* memory;
  char text[256];  // of the last `abort`
};
struct Z_clock_instance_t {
  int64_t deadline;  // nanoseconds of CLOCK_MONOTONIC
};

/** Whether the deadline has passed. */
uint32_t Z_clockZ_isTimeOver(Z_clock_instance_t* clock);

#include "compiler.h"
#include "cpu.h"
#include "emulator.h"
}

namespace nolfet {

/** Has all modules register the types of their functions, once. */
void initModules();

/** Refuses what made Wasm trap: memory that was used up, or a fault of nolfet's own. */
[[noreturn]] void refuseTrap(int code, const Z_env_instance_t& environment);

/** An AssemblyScript string in UTF-8. */
std::string textAt(const wasm_rt_memory_t& memory, uint32_t pointer);

/** Refuses with what a module has recorded (assembly/diagnostics). */
[[noreturn]] void refuseFailure(uint32_t code, uint32_t kind, uint32_t location,
                                const std::string& text);

/** An instance with memory of its own, which never moves. `Api` names what wasm2c wrote of it. */
template <typename Api>
class Module {
 public:
  using Instance = typename Api::Instance;

  Module() {
    initModules();
    environment_.memory = simd_.memory = &instance_.w2c_memory;
    try {
      call([&](Instance* instance) { Api::instantiate(instance, *this); });
    } catch (...) {
      Api::free(&instance_);
      throw;
    }
  }
  ~Module() { Api::free(&instance_); }
  Module(const Module&) = delete;

  /** Calls into Wasm. `act` must not hold what has a destructor: a trap jumps over it. */
  template <typename Act>
  auto call(Act act) -> decltype(act(std::declval<Instance*>())) {
    nolfet_trap trap;
    trap.outer = nolfet_trap_handler;
    nolfet_trap_handler = &trap;
    if (setjmp(trap.target) != 0) {
      nolfet_trap_handler = trap.outer;
      refuseTrap(trap.code, environment_);
    }
    if constexpr (std::is_void_v<decltype(act(&instance_))>) {
      act(&instance_);
      nolfet_trap_handler = trap.outer;
    } else {
      const auto result = act(&instance_);
      nolfet_trap_handler = trap.outer;
      return result;
    }
  }

  /** The bytes at a pointer, good for as long as the instance lives. */
  uint8_t* at(uint32_t pointer, uint64_t bytes) {
    const wasm_rt_memory_t& memory = instance_.w2c_memory;
    if (pointer + bytes > memory.size) refuseTrap(WASM_RT_TRAP_OOB, environment_);
    return memory.data + pointer;
  }

  [[noreturn]] void refuse() {
    const uint32_t text = call(Api::failureText);
    refuseFailure(call(Api::failureCode), call(Api::failureLocationKind),
                  call(Api::failureLocation), textAt(instance_.w2c_memory, text));
  }

  Z_env_instance_t* environment() { return &environment_; }
  Z_simd_instance_t* simd() { return &simd_; }
  Z_clock_instance_t* clock() { return &clock_; }

 private:
  Instance instance_ = {};
  Z_env_instance_t environment_ = {};
  Z_simd_instance_t simd_ = {};
  Z_clock_instance_t clock_ = {};
};

#define NOLFET_API(name)                                               \
  using Instance = Z_##name##_instance_t;                              \
  static void free(Instance* instance) { Z_##name##_free(instance); }  \
  static constexpr auto failureText = Z_##name##Z_failureText;         \
  static constexpr auto failureCode = Z_##name##Z_failureCode;         \
  static constexpr auto failureLocation = Z_##name##Z_failureLocation; \
  static constexpr auto failureLocationKind = Z_##name##Z_failureLocationKind;

struct CompilerApi {
  NOLFET_API(compiler)
  static void instantiate(Instance* instance, Module<CompilerApi>& module) {
    Z_compiler_instantiate(instance, module.environment(), module.simd());
  }
};

struct CpuApi {
  NOLFET_API(cpu)
  static void instantiate(Instance* instance, Module<CpuApi>& module) {
    Z_cpu_instantiate(instance, module.clock(), module.environment(), module.simd());
  }
};

struct EmulatorApi {
  NOLFET_API(emulator)
  static void instantiate(Instance* instance, Module<EmulatorApi>& module) {
    Z_emulator_instantiate(instance, module.environment(), module.simd());
  }
};

#undef NOLFET_API

}  // namespace nolfet
