/*
 * What the etnaviv kernel driver and its clients say to each other, on 64-bit machines.
 *
 * These layouts are written from a table of offsets and not taken from the kernel's header, which
 * the shim is compiled with: so the two are readings of one interface that check each other.
 */
#ifndef STAND_IN_UAPI_H
#define STAND_IN_UAPI_H

#include <stddef.h>
#include <stdint.h>

struct version {
  int32_t major, minor, patch;
  uint64_t name_length;
  char* name;
  uint64_t date_length;
  char* date;
  uint64_t description_length;
  char* description;
};

struct get_param {
  uint32_t pipe, param;
  uint64_t value;
};

struct gem_new {
  uint64_t size;
  uint32_t flags, handle;
};

struct gem_info {
  uint32_t handle, pad;
  uint64_t offset;
};

struct gem_close {
  uint32_t handle, pad;
};

/* An absolute time of CLOCK_MONOTONIC. */
struct deadline {
  int64_t seconds, nanoseconds;
};

struct cpu_prep {
  uint32_t handle, op;
  struct deadline deadline;
};

struct cpu_fini {
  uint32_t handle, flags;
};

struct submit_buffer {
  uint32_t flags, handle;
  uint64_t presumed;
};

struct submit_relocation {
  uint32_t submit_offset, buffer;
  uint64_t offset;
  uint32_t flags, pad;
};

struct submit {
  uint32_t fence, pipe, exec_state, buffer_count, relocation_count, stream_bytes;
  const struct submit_buffer* buffers;
  const struct submit_relocation* relocations;
  const void* stream;
  uint32_t flags;
  int32_t fence_fd;
  const void* counters;
  uint32_t counter_count, pad;
};

struct wait_fence {
  uint32_t pipe, fence, flags, pad;
  struct deadline deadline;
};

#define AT(type, field, expected) \
  _Static_assert(offsetof(struct type, field) == (expected), #type "." #field)

AT(version, name_length, 16);
AT(version, description, 56);
AT(get_param, value, 8);
AT(gem_new, handle, 12);
AT(gem_info, offset, 8);
AT(gem_close, pad, 4);
AT(cpu_prep, deadline, 8);
AT(cpu_fini, flags, 4);
AT(submit_buffer, presumed, 8);
AT(submit_relocation, offset, 8);
AT(submit_relocation, flags, 16);
AT(submit, stream_bytes, 20);
AT(submit, buffers, 24);
AT(submit, relocations, 32);
AT(submit, stream, 40);
AT(submit, flags, 48);
AT(submit, fence_fd, 52);
AT(submit, counters, 56);
AT(submit, counter_count, 64);
AT(wait_fence, deadline, 16);

#undef AT

/*
 *  31 30 29      16 15   8 7      0
 * ┌─────┬──────────┬──────┬────────┐
 * │ dir │  bytes   │ 'd'  │ number │   dir: 1 the kernel reads the struct, 2 it writes it
 * └─────┴──────────┴──────┴────────┘
 */
#define VERSION 0xc0406400u
#define GEM_CLOSE 0x40086409u
#define GET_PARAM 0xc0106440u
#define GEM_NEW 0xc0106442u
#define GEM_INFO 0xc0106443u
#define GEM_CPU_PREP 0x40186444u
#define GEM_CPU_FINI 0x40086445u
#define GEM_SUBMIT 0xc0486446u
#define WAIT_FENCE 0x40206447u

enum {
  PARAM_MODEL = 0x01,
  PARAM_REVISION = 0x02,
  PARAM_SOFTPIN_START = 0x1b,
  PARAM_PRODUCT = 0x1c,
  PARAM_CUSTOMER = 0x1d,
  PARAM_ECO = 0x1e,

  CREATE_CACHED = 0x10000,
  CREATE_COMBINED = 0x20000,
  CREATE_UNCACHED = 0x40000,
  CREATE_FORCE_MMU = 0x100000,

  ACCESS_READ = 1,
  ACCESS_WRITE = 2,
  PREP_NOSYNC = 4,

  SUBMIT_NO_IMPLICIT = 1,
  SUBMIT_FENCE_FD_IN = 2,
  SUBMIT_FENCE_FD_OUT = 4,
  SUBMIT_SOFTPIN = 8,

  WAIT_NONBLOCK = 1,
};

#endif
