/*
 * Submits command streams with two buffers, and nothing else:
 *
 *   execute CONSTANTS ADDRESS ARENA ADDRESS STREAM...
 *
 * The first four are two files with their addresses, the others files of words, submitted one after
 * the other. The arena's file is overwritten with what the jobs leave in it.
 */
#include <drm/etnaviv_drm.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct bytes {
  void* data;
  size_t count;
};

struct buffer {
  struct bytes bytes;
  uint32_t handle;
  uint64_t address;
};

static struct bytes contents(const char* path) {
  const int file = open(path, O_RDONLY);
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0) err(1, "%s", path);
  struct bytes bytes = {malloc((size_t)status.st_size + 1), (size_t)status.st_size};
  if (!bytes.data || read(file, bytes.data, bytes.count) != status.st_size) err(1, "%s", path);
  close(file);
  return bytes;
}

static struct buffer load(int device, const char* path, const char* address) {
  struct bytes bytes = contents(path);
  struct drm_etnaviv_gem_new made = {.size = bytes.count, .flags = ETNA_BO_WC};
  if (ioctl(device, DRM_IOCTL_ETNAVIV_GEM_NEW, &made) != 0) err(1, "GEM_NEW");
  struct drm_etnaviv_gem_info info = {.handle = made.handle};
  if (ioctl(device, DRM_IOCTL_ETNAVIV_GEM_INFO, &info) != 0) err(1, "GEM_INFO");
  const int protection = PROT_READ | PROT_WRITE;
  void* mapped = mmap(NULL, bytes.count, protection, MAP_SHARED, device, (off_t)info.offset);
  if (mapped == MAP_FAILED) err(1, "mmap");
  memcpy(mapped, bytes.data, bytes.count);
  free(bytes.data);
  bytes.data = mapped;
  return (struct buffer){bytes, made.handle, strtoull(address, NULL, 0)};
}

static void run(int device, const struct buffer buffers[2], const char* path) {
  struct bytes words = contents(path);
  struct drm_etnaviv_gem_submit_bo bos[2];
  for (int i = 0; i < 2; i++) {
    bos[i] = (struct drm_etnaviv_gem_submit_bo){
        .flags = ETNA_SUBMIT_BO_READ | (i == 1 ? ETNA_SUBMIT_BO_WRITE : 0),
        .handle = buffers[i].handle,
        .presumed = buffers[i].address,
    };
  }
  struct drm_etnaviv_gem_submit submit = {
      .nr_bos = 2,
      .bos = (uintptr_t)bos,
      .stream_size = (uint32_t)words.count,
      .stream = (uintptr_t)words.data,
      .flags = ETNA_SUBMIT_SOFTPIN,
      .fence_fd = -1,
  };
  if (ioctl(device, DRM_IOCTL_ETNAVIV_GEM_SUBMIT, &submit) != 0) err(1, "GEM_SUBMIT");
  free(words.data);
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  struct drm_etnaviv_wait_fence wait = {.fence = submit.fence, .timeout = {now.tv_sec + 60, 0}};
  if (ioctl(device, DRM_IOCTL_ETNAVIV_WAIT_FENCE, &wait) != 0) err(1, "WAIT_FENCE");
}

int main(int count, char** arguments) {
  if (count < 6) errx(2, "CONSTANTS ADDRESS ARENA ADDRESS STREAM...");
  const int device = open("/dev/dri/renderD128", O_RDWR | O_CLOEXEC);
  if (device < 0) err(1, "open");
  const struct buffer buffers[2] = {load(device, arguments[1], arguments[2]),
                                    load(device, arguments[3], arguments[4])};
  for (int i = 5; i < count; i++) run(device, buffers, arguments[i]);
  const int arena = open(arguments[3], O_WRONLY | O_TRUNC);
  const struct bytes result = buffers[1].bytes;
  if (arena < 0 || write(arena, result.data, result.count) != (ssize_t)result.count) {
    err(1, "%s", arguments[3]);
  }
  return 0;
}
