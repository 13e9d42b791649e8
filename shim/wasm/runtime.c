/*
 * The runtime of what wasm2c writes, for a library: instances know nothing of each other, threads
 * neither, and what Wasm traps at returns to whoever called.
 */
#include <stdarg.h>
#include <sys/mman.h>

#include "trap.h"
#include "wasm2c.h"

enum { PAGE_BYTES = 1 << 16, MOST_TYPES = 256, MOST_VALUES = 24 };

__thread struct nolfet_trap* nolfet_trap_handler;

void wasm_rt_trap(wasm_rt_trap_t code) {
  struct nolfet_trap* const handler = nolfet_trap_handler;
  if (handler == NULL) abort();
  handler->code = (int)code;
  longjmp(handler->target, 1);
}

/*
 * A memory grows without moving: all addresses that Wasm can form, a sum of two numbers of 32 bits,
 * are its own from the beginning, and the system gives them bytes as they are needed.
 */
static const size_t RESERVED = (size_t)1 << 33;

void wasm_rt_allocate_memory(wasm_rt_memory_t* memory, uint32_t pages, uint32_t most) {
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  *memory = (wasm_rt_memory_t){.max_pages = most};
  uint8_t* const data = mmap(NULL, RESERVED, PROT_NONE, flags, -1, 0);
  if (data == MAP_FAILED) wasm_rt_trap(WASM_RT_TRAP_UNREACHABLE);
  memory->data = data;
  if (wasm_rt_grow_memory(memory, pages) != 0) wasm_rt_trap(WASM_RT_TRAP_UNREACHABLE);
}

uint32_t wasm_rt_grow_memory(wasm_rt_memory_t* memory, uint32_t pages) {
  const uint32_t before = memory->pages;
  if (pages > memory->max_pages - before) return UINT32_MAX;
  const size_t bytes = (size_t)pages * PAGE_BYTES;
  uint8_t* const end = memory->data + (size_t)before * PAGE_BYTES;
  if (bytes > 0 && mprotect(end, bytes, PROT_READ | PROT_WRITE) != 0) return UINT32_MAX;
  memory->pages += pages;
  memory->size = memory->pages * PAGE_BYTES;
  return before;
}

void wasm_rt_free_memory(wasm_rt_memory_t* memory) {
  if (memory->data != NULL) munmap(memory->data, RESERVED);
  memory->data = NULL;
}

void wasm_rt_allocate_funcref_table(wasm_rt_funcref_table_t* table, uint32_t elements,
                                    uint32_t most) {
  *table = (wasm_rt_funcref_table_t){.max_size = most, .size = elements};
  table->data = calloc(elements, sizeof *table->data);
  if (table->data == NULL && elements > 0) wasm_rt_trap(WASM_RT_TRAP_UNREACHABLE);
}

void wasm_rt_free_funcref_table(wasm_rt_funcref_table_t* table) {
  free(table->data);
  table->data = NULL;
}

/*
 * Types of functions that are called by a table: a number for each, the same for equal ones. Each
 * module registers its own once, one module after the other (shim/wasm/module.cc).
 */

static struct {
  uint32_t parameters, results;
  wasm_rt_type_t values[MOST_VALUES];
} types[MOST_TYPES];
static uint32_t type_count;

uint32_t wasm_rt_register_func_type(uint32_t parameters, uint32_t results, ...) {
  const uint32_t count = parameters + results;
  if (count > MOST_VALUES || type_count == MOST_TYPES) abort();
  wasm_rt_type_t values[MOST_VALUES];
  va_list list;
  va_start(list, results);
  for (uint32_t i = 0; i < count; i++) values[i] = (wasm_rt_type_t)va_arg(list, int);
  va_end(list);
  for (uint32_t i = 0; i < type_count; i++) {
    const int same = types[i].parameters == parameters && types[i].results == results;
    if (same && memcmp(types[i].values, values, count * sizeof *values) == 0) return i + 1;
  }
  types[type_count].parameters = parameters;
  types[type_count].results = results;
  memcpy(types[type_count].values, values, count * sizeof *values);
  return ++type_count;
}

bool wasm_rt_is_initialized(void) { return true; }
