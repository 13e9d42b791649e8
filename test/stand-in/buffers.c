/* Buffer objects: memory, handles, and addresses on the device. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel.h"

/* Where offsets for mmap begin; they only name buffers. */
#define FIRST_OFFSET 0x100000000ull

static struct buffer* buffers;

static struct buffer* make_buffer(const struct context* context, uint64_t bytes) {
  struct buffer* buffer = calloc(1, sizeof *buffer);
  if (!buffer) return NULL;
  buffer->memory = memfd_create("stand-in buffer", MFD_CLOEXEC);
  if (buffer->memory < 0 || ftruncate(buffer->memory, (off_t)bytes) != 0) {
    if (buffer->memory >= 0) syscall(SYS_close, buffer->memory);
    free(buffer);
    return NULL;
  }
  buffer->context = context->serial;
  buffer->bytes = bytes;
  buffer->references = 1;
  buffer->next = buffers;
  buffers = buffer;
  return buffer;
}

void release_buffer(struct buffer* buffer) {
  if (--buffer->references > 0) return;
  struct buffer** link = &buffers;
  while (*link != buffer) link = &(*link)->next;
  *link = buffer->next;
  syscall(SYS_close, buffer->memory);
  free(buffer);
}

int gem_new(struct context* context, void* argument) {
  struct gem_new* asked = argument;
  const uint32_t caching = asked->flags & (CREATE_CACHED | CREATE_COMBINED | CREATE_UNCACHED);
  if (asked->flags & ~(caching | CREATE_FORCE_MMU)) {
    return refuse(EINVAL, "GEM_NEW: flags %#x", asked->flags);
  }
  if (caching == 0 || (caching & (caching - 1)) != 0) {
    return refuse(EINVAL, "GEM_NEW: not one way of caching, %#x", asked->flags);
  }
  /* Not on record: what the kernel makes of none, or of more than there are addresses for. */
  if (asked->size == 0 || asked->size > ADDRESS_SPACE_BYTES) {
    return refuse(EINVAL, "GEM_NEW: %llu bytes", (unsigned long long)asked->size);
  }
  if (++context->buffers_made == context->node.faults.no_memory) {
    return refuse(ENOMEM, "GEM_NEW: a fault injected");
  }
  int free_handle = 0;
  while (free_handle < MOST_HANDLES && context->handles[free_handle]) free_handle++;
  if (free_handle == MOST_HANDLES) return refuse(ENOSPC, "GEM_NEW: no handle left");
  const uint64_t bytes = (asked->size + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
  struct buffer* buffer = make_buffer(context, bytes);
  if (!buffer) return refuse(ENOMEM, "GEM_NEW: %llu bytes", (unsigned long long)bytes);
  context->handles[free_handle] = buffer;
  asked->handle = (uint32_t)free_handle + 1;
  return 0;
}

struct buffer* buffer_of(struct context* context, uint32_t handle) {
  return handle >= 1 && handle <= MOST_HANDLES ? context->handles[handle - 1] : NULL;
}

int gem_info(struct context* context, void* argument) {
  static uint64_t next_offset = FIRST_OFFSET;
  struct gem_info* asked = argument;
  if (asked->pad != 0) return refuse(EINVAL, "GEM_INFO: pad %u", asked->pad);
  struct buffer* buffer = buffer_of(context, asked->handle);
  if (!buffer) return refuse(ENOENT, "GEM_INFO: handle %u", asked->handle);
  if (buffer->offset == 0) {
    buffer->offset = next_offset;
    next_offset += buffer->bytes;
  }
  asked->offset = buffer->offset;
  return 0;
}

struct buffer* buffer_at_offset(struct context* context, uint64_t offset) {
  for (int i = 0; offset != 0 && i < MOST_HANDLES; i++) {
    struct buffer* buffer = context->handles[i];
    if (buffer && buffer->offset == offset) return buffer;
  }
  return NULL;
}

int gem_close(struct context* context, void* argument) {
  const struct gem_close* asked = argument;
  struct buffer* buffer = buffer_of(context, asked->handle);
  if (!buffer) return refuse(EINVAL, "GEM_CLOSE: handle %u", asked->handle);
  context->handles[asked->handle - 1] = NULL;
  release_buffer(buffer);
  return 0;
}

static bool is_in_use(const struct buffer* buffer) { return buffer->readers + buffer->writers > 0; }

/* The first buffer of the context, other than `buffer`, in the way of it at `address`. */
static struct buffer* in_the_way(const struct buffer* buffer, uint64_t address, bool used_only) {
  for (struct buffer* other = buffers; other; other = other->next) {
    if (other == buffer || other->context != buffer->context || other->address == 0) continue;
    if (used_only && !is_in_use(other)) continue;
    if (other->address < address + buffer->bytes && address < other->address + other->bytes) {
      return other;
    }
  }
  return NULL;
}

/* Idle buffers lose their addresses to one that asks for them. */
static int place(struct buffer* buffer, uint64_t address) {
  if (address % PAGE_BYTES != 0) {
    return refuse(EINVAL, "GEM_SUBMIT: address %#llx", (unsigned long long)address);
  }
  if (address + buffer->bytes > ADDRESS_SPACE_BYTES || in_the_way(buffer, address, true)) {
    return refuse(ENOSPC, "GEM_SUBMIT: address %#llx taken", (unsigned long long)address);
  }
  for (struct buffer* idle; (idle = in_the_way(buffer, address, false));) idle->address = 0;
  buffer->address = address;
  return 0;
}

static int place_anywhere(struct buffer* buffer) {
  if (buffer->address != 0) return 0;
  uint64_t address = LEAST_ADDRESS;
  for (const struct buffer* other; (other = in_the_way(buffer, address, false));) {
    address = other->address + other->bytes;
  }
  return place(buffer, address);
}

int pin(struct buffer* buffer, uint64_t wanted, uint32_t flags) {
  int status = 0;
  if (wanted == 0) {
    status = place_anywhere(buffer);
  } else if (buffer->address != wanted) {
    if (is_in_use(buffer)) {
      const unsigned long long present = buffer->address;
      return refuse(EINVAL, "GEM_SUBMIT: a buffer in use at %#llx", present);
    }
    buffer->address = 0;
    status = place(buffer, wanted);
  }
  if (status != 0) return status;
  if (flags & ACCESS_WRITE)
    buffer->writers++;
  else
    buffer->readers++;
  return 0;
}

void unpin(struct buffer* buffer, uint32_t flags) {
  if (flags & ACCESS_WRITE)
    buffer->writers--;
  else
    buffer->readers--;
}
