/*
 * Has calls fail, to see what becomes of a process then. Loaded with LD_PRELOAD before all else, a
 * sanitizer's runtime included. The file $NOLFET_STAND_IN/starve says which calls, from the moment
 * that something is written there:
 *
 *   int64   0      1       2      3
 *        ┌──────┬───────┬──────┬───────┐   Calls `first` to `last` of a kind fail. `count` is how
 * many │ kind │ first │ last │ count │   there were since it was set to 0.
 *        └──────┴───────┴──────┴───────┘
 *
 *   1  memory   malloc, calloc, realloc, operator new, opendir: no memory
 *   2  ioctl    of DRM: EIO
 *   3  mmap     ENOMEM
 *
 * Only calls that the shared object $NOLFET_STARVED makes count, by itself or through libraries;
 * not the program's own, nor what the stand-in does in the kernel's name.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <unwind.h>

enum kind { NOTHING, MEMORY, IOCTL, MMAP };

struct range {
  uintptr_t first, end;
};

static volatile struct control { int64_t kind, first, last, count; } * control;
static const char* starved_name;
static struct range starved, program;
/* Whether this thread is in a call that has been counted, or that does not count. */
static __thread bool is_inside __attribute__((tls_model("initial-exec")));

__attribute__((constructor)) static void open_control(void) {
  char path[PATH_MAX];
  starved_name = getenv("NOLFET_STARVED");
  if (!starved_name) return;
  snprintf(path, sizeof path, "%s/starve", getenv("NOLFET_STAND_IN"));
  const int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
  if (file < 0) abort();
  const long mapped =
      syscall(SYS_mmap, NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (mapped == -1) abort();
  syscall(SYS_close, file);
  control = (struct control*)mapped;
}

static int find_objects(struct dl_phdr_info* info, size_t size, void* is_first) {
  (void)size;
  struct range* range = *(bool*)is_first ? &program : &starved;
  if (!*(bool*)is_first && !strstr(info->dlpi_name, starved_name)) return 0;
  *(bool*)is_first = false;
  struct range found = {UINTPTR_MAX, 0};
  for (int i = 0; i < info->dlpi_phnum; i++) {
    if (info->dlpi_phdr[i].p_type != PT_LOAD) continue;
    const uintptr_t first = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
    const uintptr_t end = first + info->dlpi_phdr[i].p_memsz;
    if (first < found.first) found.first = first;
    if (end > found.end) found.end = end;
  }
  *range = found;
  return 0;
}

static bool is_in(struct range range, const void* address) {
  return (uintptr_t)address >= range.first && (uintptr_t)address < range.end;
}

/* Looks at one caller after the other, from the last one on, until it is known who makes the call.
 */
static _Unwind_Reason_Code look(struct _Unwind_Context* caller, void* is_starved) {
  const void* address = (const void*)_Unwind_GetIP(caller);
  *(bool*)is_starved = is_in(starved, address);
  return *(bool*)is_starved || is_in(program, address) ? _URC_END_OF_STACK : _URC_NO_REASON;
}

static bool is_call_of_starved(void) {
  bool is_first = true, is_starved = false;
  /* It may be loaded at any time. */
  if (starved.end == 0) dl_iterate_phdr(find_objects, &is_first);
  _Unwind_Backtrace(look, &is_starved);
  return is_starved;
}

static bool fails(enum kind kind) {
  if (!control || control->kind != (int64_t)kind || is_inside) return false;
  is_inside = true;
  const bool counts = is_call_of_starved();
  is_inside = false;
  if (!counts) return false;
  const int64_t count = __atomic_add_fetch(&control->count, 1, __ATOMIC_SEQ_CST);
  return count >= control->first && count <= control->last;
}

/* Looks up the function that would have been called, and calls it; what it calls does not count. */
#define NEXT(name)               \
  static __typeof__(&name) next; \
  if (!next) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define WITHIN(result, call)         \
  const bool was_inside = is_inside; \
  is_inside = true;                  \
  result = call;                     \
  is_inside = was_inside

#define ALLOCATOR(name, parameters, ...)          \
  void* name parameters {                         \
    NEXT(name);                                   \
    if (!fails(MEMORY)) return next(__VA_ARGS__); \
    errno = ENOMEM;                               \
    return NULL;                                  \
  }

ALLOCATOR(malloc, (size_t bytes), bytes)
ALLOCATOR(calloc, (size_t count, size_t bytes), count, bytes)
ALLOCATOR(realloc, (void* memory, size_t bytes), memory, bytes)

/* operator new, by its name in object files, and what throws in it. */
extern void* _Znwm(size_t);
extern void throw_bad_alloc(void) __asm__("_ZSt17__throw_bad_allocv") __attribute__((weak));

void* _Znwm(size_t bytes) {
  NEXT(_Znwm);
  if (fails(MEMORY)) throw_bad_alloc();
  WITHIN(void* memory, next(bytes)); /* the malloc below it is the same allocation */
  return memory;
}

/* The stand-in passes it on to libc, which takes memory for it. */
DIR* opendir(const char* path) {
  NEXT(opendir);
  if (fails(MEMORY)) {
    errno = ENOMEM;
    return NULL;
  }
  WITHIN(DIR * folder, next(path));
  return folder;
}

int ioctl(int file, unsigned long request, ...) {
  NEXT(ioctl);
  va_list rest;
  va_start(rest, request);
  void* argument = va_arg(rest, void*);
  va_end(rest);
  if (_IOC_TYPE(request) == 'd' && fails(IOCTL)) {
    errno = EIO;
    return -1;
  }
  WITHIN(const int status, next(file, request, argument));
  return status;
}

void* mmap(void* address, size_t bytes, int protection, int flags, int file, off_t offset) {
  if (!control || file < 0) {
    return (void*)syscall(SYS_mmap, address, bytes, protection, flags, file, offset);
  }
  NEXT(mmap);
  if (!fails(MMAP)) return next(address, bytes, protection, flags, file, offset);
  errno = ENOMEM;
  return MAP_FAILED;
}

int open(const char* path, int flags, ...) {
  NEXT(open);
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY)) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  WITHIN(const int file, next(path, flags, mode));
  return file;
}
