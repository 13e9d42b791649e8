/* For C and C++. */
#ifndef NOLFET_SIMD_INSTANCE_H
#define NOLFET_SIMD_INSTANCE_H

#include "wasm2c.h"

/** The memory that loads and stores of vectors are of. The name is wasm2c's. */
struct Z_simd_instance_t {
  wasm_rt_memory_t* memory;
};

#endif
