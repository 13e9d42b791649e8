/*
 * Wasm's vector instructions, each a function that the compiler makes one or a few instructions of.
 * scripts/wasm2c.mjs has the Wasm modules call them by these names.
 */
#ifndef NOLFET_SIMD_H
#define NOLFET_SIMD_H

#include <stdint.h>

#include "simd-instance.h"
#include "wasm2c.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#else
#error "vector instructions are known for x86-64 and arm64"
#endif

typedef wasm_rt_externref_t i32x4;
typedef uint8_t u8x16 __attribute__((vector_size(16)));
typedef int16_t i16x8 __attribute__((vector_size(16)));
typedef uint16_t u16x8 __attribute__((vector_size(16)));
typedef uint32_t u32x4 __attribute__((vector_size(16)));
typedef uint64_t u64x2 __attribute__((vector_size(16)));
typedef int8_t i8x8 __attribute__((vector_size(8)));
typedef uint8_t u8x8 __attribute__((vector_size(8)));

#define OP(type, name, ...) \
  static inline type Z_simdZ_##name(struct Z_simd_instance_t* simd, ##__VA_ARGS__)

/** Where `bytes` bytes lie at an address; traps beyond the memory's end. */
static inline uint8_t* simd_at(struct Z_simd_instance_t* simd, uint32_t address, uint32_t offset,
                               uint32_t bytes) {
  const uint64_t first = (uint64_t)address + offset;
  if (UNLIKELY(first + bytes > simd->memory->size)) wasm_rt_trap(WASM_RT_TRAP_OOB);
  return simd->memory->data + first;
}

/* Memory: an address, then the instruction's own offset. */

OP(i32x4, v128_load, uint32_t address, uint32_t offset) {
  i32x4 value;
  __builtin_memcpy(&value, simd_at(simd, address, offset, 16), 16);
  return value;
}
OP(void, v128_store, uint32_t address, i32x4 value, uint32_t offset) {
  __builtin_memcpy(simd_at(simd, address, offset, 16), &value, 16);
}
OP(void, v128_store64_lane_0, uint32_t address, i32x4 value, uint32_t offset) {
  __builtin_memcpy(simd_at(simd, address, offset, 8), &value, 8);
}
OP(i32x4, v128_load8x8_s, uint32_t address, uint32_t offset) {
  i8x8 value;
  __builtin_memcpy(&value, simd_at(simd, address, offset, 8), 8);
  return (i32x4) __builtin_convertvector(value, i16x8);
}
OP(i32x4, v128_load8x8_u, uint32_t address, uint32_t offset) {
  u8x8 value;
  __builtin_memcpy(&value, simd_at(simd, address, offset, 8), 8);
  return (i32x4) __builtin_convertvector(value, u16x8);
}
OP(i32x4, v128_load32_splat, uint32_t address, uint32_t offset) {
  int32_t value;
  __builtin_memcpy(&value, simd_at(simd, address, offset, 4), 4);
  return (i32x4){value, value, value, value};
}

/* Values: constants are two words of 64 bits, the lower lanes first. */

OP(i32x4, v128_const, uint64_t low, uint64_t high) {
  (void)simd;
  return (i32x4)(u64x2){low, high};
}
OP(i32x4, i16x8_splat, uint32_t value) {
  (void)simd;
  const int16_t lane = (int16_t)value;
  return (i32x4)(i16x8){lane, lane, lane, lane, lane, lane, lane, lane};
}
OP(i32x4, i32x4_splat, uint32_t value) {
  (void)simd;
  return (i32x4)(u32x4){value, value, value, value};
}
OP(i32x4, i64x2_splat, uint64_t value) {
  (void)simd;
  return (i32x4)(u64x2){value, value};
}
OP(uint64_t, i64x2_extract_lane_0, i32x4 a) {
  (void)simd;
  return ((u64x2)a)[0];
}
OP(uint64_t, i64x2_extract_lane_1, i32x4 a) {
  (void)simd;
  return ((u64x2)a)[1];
}

/* Arithmetic wraps around, so lanes are unsigned where they are added or multiplied. */

#define BINARY(name, type, operator)          \
  OP(i32x4, name, i32x4 a, i32x4 b) {         \
    (void)simd;                               \
    return (i32x4)((type)a operator(type) b); \
  }
BINARY(i16x8_add, u16x8, +)
BINARY(i16x8_sub, u16x8, -)
BINARY(i16x8_mul, u16x8, *)
BINARY(i32x4_add, u32x4, +)
BINARY(i32x4_sub, u32x4, -)
BINARY(i64x2_add, u64x2, +)
BINARY(v128_xor, u32x4, ^)

#define SHIFT(name, type, bits)                      \
  OP(i32x4, name, i32x4 a, uint32_t count) {         \
    (void)simd;                                      \
    return (i32x4)((type)a >> (count & (bits - 1))); \
  }
SHIFT(i16x8_shr_u, u16x8, 16)
SHIFT(i32x4_shr_s, i32x4, 32)
SHIFT(i64x2_shr_u, u64x2, 64)

#define CHOICE(name, type, operator)                       \
  OP(i32x4, name, i32x4 a, i32x4 b) {                      \
    (void)simd;                                            \
    const i32x4 first = (i32x4)((type)a operator(type) b); \
    return (a & first) | (b & ~first);                     \
  }
CHOICE(i32x4_max_s, i32x4, >)
CHOICE(i32x4_min_u, u32x4, <)

OP(i32x4, i32x4_abs, i32x4 a) {
  (void)simd;
  const u32x4 sign = (u32x4)(a >> 31);
  return (i32x4)(((u32x4)a ^ sign) - sign);
}

#define LOW4(type, a) __builtin_shufflevector((type)a, (type)a, 0, 1, 2, 3)
#define HIGH4(type, a) __builtin_shufflevector((type)a, (type)a, 4, 5, 6, 7)
#define LOW2(type, a) __builtin_shufflevector((type)a, (type)a, 0, 1)
#define HIGH2(type, a) __builtin_shufflevector((type)a, (type)a, 2, 3)

/** Products of 16-bit lanes, those of each two neighbours added. */
OP(i32x4, i32x4_dot_i16x8_s, i32x4 a, i32x4 b) {
  (void)simd;
#if defined(__SSE2__)
  return (i32x4)_mm_madd_epi16((__m128i)a, (__m128i)b);
#else
  const int16x8_t c = (int16x8_t)a, d = (int16x8_t)b;
  const int32x4_t low = vmull_s16(vget_low_s16(c), vget_low_s16(d));
  return (i32x4)vpaddq_s32(low, vmull_high_s16(c, d));
#endif
}

/* Halves of the lanes, widened, and their products. */

#define PRODUCT(name, half, narrow, wide)                           \
  OP(i32x4, name, i32x4 a, i32x4 b) {                               \
    (void)simd;                                                     \
    return (i32x4)(__builtin_convertvector(half(narrow, a), wide) * \
                   __builtin_convertvector(half(narrow, b), wide)); \
  }
PRODUCT(i32x4_extmul_low_i16x8_s, LOW4, i16x8, i32x4)
PRODUCT(i32x4_extmul_high_i16x8_s, HIGH4, i16x8, i32x4)
PRODUCT(i64x2_extmul_low_i32x4_u, LOW2, u32x4, u64x2)
PRODUCT(i64x2_extmul_high_i32x4_u, HIGH2, u32x4, u64x2)

OP(i32x4, i64x2_extend_low_i32x4_u, i32x4 a) {
  (void)simd;
  return (i32x4) __builtin_convertvector(LOW2(u32x4, a), u64x2);
}
OP(i32x4, i64x2_extend_high_i32x4_u, i32x4 a) {
  (void)simd;
  return (i32x4) __builtin_convertvector(HIGH2(u32x4, a), u64x2);
}

/* Lanes of half the width: a's, then b's, each clamped. */

OP(i32x4, i16x8_narrow_i32x4_s, i32x4 a, i32x4 b) {
  (void)simd;
#if defined(__SSE2__)
  return (i32x4)_mm_packs_epi32((__m128i)a, (__m128i)b);
#else
  return (i32x4)vqmovn_high_s32(vqmovn_s32((int32x4_t)a), (int32x4_t)b);
#endif
}
OP(i32x4, i8x16_narrow_i16x8_s, i32x4 a, i32x4 b) {
  (void)simd;
#if defined(__SSE2__)
  return (i32x4)_mm_packs_epi16((__m128i)a, (__m128i)b);
#else
  return (i32x4)vqmovn_high_s16(vqmovn_s16((int16x8_t)a), (int16x8_t)b);
#endif
}
OP(i32x4, i8x16_narrow_i16x8_u, i32x4 a, i32x4 b) {
  (void)simd;
#if defined(__SSE2__)
  return (i32x4)_mm_packus_epi16((__m128i)a, (__m128i)b);
#else
  return (i32x4)vqmovun_high_s16(vqmovun_s16((int16x8_t)a), (int16x8_t)b);
#endif
}

/** By index; lanes beyond the vector are 0. */
OP(i32x4, i8x16_swizzle, i32x4 a, i32x4 indices) {
  (void)simd;
#if defined(__aarch64__)
  return (i32x4)vqtbl1q_u8((uint8x16_t)a, (uint8x16_t)indices);
#else
  u8x16 result;
  for (int i = 0; i < 16; i++) {
    const uint8_t index = ((u8x16)indices)[i];
    result[i] = index < 16 ? ((u8x16)a)[index & 15] : 0;
  }
  return (i32x4)result;
#endif
}

/* Shuffles are named by the order in which they are found: scripts/wasm2c.mjs lists them. */
#define SHUFFLE(number, ...)                                                \
  OP(i32x4, i8x16_shuffle_##number, i32x4 a, i32x4 b) {                     \
    (void)simd;                                                             \
    return (i32x4)__builtin_shufflevector((u8x16)a, (u8x16)b, __VA_ARGS__); \
  }
#include NOLFET_SIMD

#undef OP
#endif
