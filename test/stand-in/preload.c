/*
 * The functions of libc through which a process would reach the kernel's driver. Paths below
 * /dev/dri lead to $NOLFET_STAND_IN/dri; a file there that is opened gets a context, and ioctls and
 * mmap of such a file are answered here. Everything else goes on as it was.
 *
 * The process may map memory before anything is set up, so what it does without us goes straight
 * to the kernel, not through a look-up of the next library's function.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel.h"

#define DEVICES "/dev/dri"

enum { MOST_FILES = 4096 };

const char* kernel_folder;
pthread_mutex_t kernel_lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic(struct context*) contexts[MOST_FILES];

__attribute__((constructor)) static void find_folder(void) {
  kernel_folder = getenv("NOLFET_STAND_IN");
}

static struct context* context_of(int file) {
  return file >= 0 && file < MOST_FILES ? atomic_load(&contexts[file]) : NULL;
}

/* The path to use instead: `buffer` where it is one of ours, else `path` itself. */
static const char* redirected(const char* path, char buffer[PATH_MAX]) {
  const size_t prefix = strlen(DEVICES);
  if (!kernel_folder || !path || strncmp(path, DEVICES, prefix) != 0) return path;
  if (path[prefix] != '/' && path[prefix] != '\0') return path;
  snprintf(buffer, PATH_MAX, "%s/dri%s", kernel_folder, path + prefix);
  return buffer;
}

static int open_at(int folder, const char* path, int flags, mode_t mode) {
  char buffer[PATH_MAX];
  const char* real = redirected(path, buffer);
  const int file = (int)syscall(SYS_openat, folder, real, flags, mode);
  if (real == path || file < 0 || (flags & O_DIRECTORY)) return file;
  struct context* context = file < MOST_FILES ? open_context(file) : NULL;
  if (context) atomic_store(&contexts[file], context);
  return file;
}

static mode_t mode_of(int flags, va_list rest) {
  return flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY)) ? va_arg(rest, mode_t) : 0;
}

#define OPEN(name)                               \
  int name(const char* path, int flags, ...) {   \
    va_list rest;                                \
    va_start(rest, flags);                       \
    const mode_t mode = mode_of(flags, rest);    \
    va_end(rest);                                \
    return open_at(AT_FDCWD, path, flags, mode); \
  }

#define OPEN_AT(name)                                      \
  int name(int folder, const char* path, int flags, ...) { \
    va_list rest;                                          \
    va_start(rest, flags);                                 \
    const mode_t mode = mode_of(flags, rest);              \
    va_end(rest);                                          \
    return open_at(folder, path, flags, mode);             \
  }

OPEN(open)
OPEN(open64)
OPEN_AT(openat)
OPEN_AT(openat64)

int close(int file) {
  struct context* context = context_of(file);
  if (context) {
    atomic_store(&contexts[file], NULL);
    pthread_mutex_lock(&kernel_lock);
    close_context(context);
    pthread_mutex_unlock(&kernel_lock);
  }
  return (int)syscall(SYS_close, file);
}

int ioctl(int file, unsigned long request, ...) {
  va_list rest;
  va_start(rest, request);
  void* argument = va_arg(rest, void*);
  va_end(rest);
  struct context* context = context_of(file);
  if (!context) return (int)syscall(SYS_ioctl, file, request, argument);
  pthread_mutex_lock(&kernel_lock);
  const int status = context_ioctl(context, request, argument);
  pthread_mutex_unlock(&kernel_lock);
  if (status == 0) return 0;
  errno = -status;
  return -1;
}

static void* map(void* address, size_t bytes, int protection, int flags, int file, off_t offset) {
  struct context* context = context_of(file);
  int memory = file;
  if (context) {
    pthread_mutex_lock(&kernel_lock);
    const struct buffer* buffer = buffer_at_offset(context, (uint64_t)offset);
    const bool fits = buffer && bytes <= buffer->bytes;
    if (fits) memory = buffer->memory;
    pthread_mutex_unlock(&kernel_lock);
    if (!fits) {
      errno = -refuse(EINVAL, "mmap of %zu bytes at %#llx", bytes, (unsigned long long)offset);
      return MAP_FAILED;
    }
    offset = 0;
  }
  return (void*)syscall(SYS_mmap, address, bytes, protection, flags, memory, offset);
}

void* mmap(void* address, size_t bytes, int protection, int flags, int file, off_t offset) {
  return map(address, bytes, protection, flags, file, offset);
}

void* mmap64(void* address, size_t bytes, int protection, int flags, int file, off64_t offset) {
  return map(address, bytes, protection, flags, file, offset);
}

/* What only looks at a path is libc's own function with another path. */
#define BY_PATH(result, name, parameters, ...)                       \
  result name parameters {                                           \
    static result(*next) parameters;                                 \
    if (!next) next = (result(*) parameters)dlsym(RTLD_NEXT, #name); \
    char buffer[PATH_MAX];                                           \
    path = redirected(path, buffer);                                 \
    return next(__VA_ARGS__);                                        \
  }

typedef int (*filter)(const struct dirent*);
typedef int (*order)(const struct dirent**, const struct dirent**);
typedef int (*filter64)(const struct dirent64*);
typedef int (*order64)(const struct dirent64**, const struct dirent64**);

BY_PATH(DIR*, opendir, (const char* path), path)
BY_PATH(int, scandir, (const char* path, struct dirent*** list, filter f, order o), path, list, f,
        o)
BY_PATH(int, scandir64, (const char* path, struct dirent64*** list, filter64 f, order64 o), path,
        list, f, o)
BY_PATH(int, access, (const char* path, int mode), path, mode)
BY_PATH(int, stat, (const char* path, struct stat* to), path, to)
BY_PATH(int, stat64, (const char* path, struct stat64* to), path, to)
BY_PATH(int, lstat, (const char* path, struct stat* to), path, to)
BY_PATH(int, lstat64, (const char* path, struct stat64* to), path, to)
