/*
 * What comes before all that wasm2c writes: the header of its runtime, and how nolfet uses it.
 *
 * Every access is checked against the memory's size in the code itself, and ends in an error. Where
 * that would make too much of it (NOLFET_GUARDED), no address that Wasm can form lies outside of
 * what the memory reserves, and the system ends the process. Neither needs a signal handler.
 *
 * wasm2c 1.0.32 knows no vectors: scripts/wasm2c.mjs makes them external references, which are
 * vectors here.
 */
#ifndef NOLFET_WASM2C_H
#define NOLFET_WASM2C_H

#ifdef NOLFET_GUARDED
#define WASM_RT_MEMCHECK_SIGNAL_HANDLER 1
#define WASM_RT_SKIP_SIGNAL_RECOVERY 1
#else
#define WASM_RT_MEMCHECK_SIGNAL_HANDLER 0
#endif
#define WASM_RT_USE_STACK_DEPTH_COUNT 0

#define wasm_rt_externref_t nolfet_unused_externref_t
#define wasm_rt_externref_table_t nolfet_unused_externref_table_t
#define wasm_rt_externref_null_value nolfet_unused_null_value
#include <wasm-rt.h>
#undef wasm_rt_externref_t
#undef wasm_rt_externref_table_t
#undef wasm_rt_externref_null_value

typedef int32_t wasm_rt_externref_t __attribute__((vector_size(16)));
typedef struct {
  wasm_rt_externref_t* data;
  uint32_t max_size, size;
} wasm_rt_externref_table_t;
#define wasm_rt_externref_null_value ((wasm_rt_externref_t){0})

#endif
