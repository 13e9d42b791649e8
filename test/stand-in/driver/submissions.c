/*
 * Ioctls that the kernel is to refuse, and some that it is to take, each told apart by one thing
 * from a submission that is right. Prints a line for each: the errno expected, the one found, and
 * what was done. Compiled with the system's header, the stand-in is held to its layouts, too.
 */
#include <drm/etnaviv_drm.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, BUFFERS = 3, MOST_ENTRIES = 128 << 10 };

#define BASE 0x10000000ull

/* A submission with its buffers, one right after the other, on a node opened anew. */
struct scene {
  int file;
  uint32_t handles[BUFFERS];
  struct drm_etnaviv_gem_submit_bo bos[BUFFERS];
  struct drm_etnaviv_gem_submit_reloc relocs[2];
  uint32_t stream[16];
  struct drm_etnaviv_gem_submit submit;
};

static int call(int file, unsigned long request, void* argument) {
  return ioctl(file, request, argument) == 0 ? 0 : errno;
}

static int make_buffer(int file, uint64_t bytes, uint32_t flags, uint32_t* handle) {
  struct drm_etnaviv_gem_new asked = {.size = bytes, .flags = flags};
  const int error = call(file, DRM_IOCTL_ETNAVIV_GEM_NEW, &asked);
  *handle = asked.handle;
  return error;
}

static int close_buffer(int file, uint32_t handle) {
  struct drm_gem_close asked = {.handle = handle};
  return call(file, DRM_IOCTL_GEM_CLOSE, &asked);
}

static void point_to(struct scene* scene) {
  struct drm_etnaviv_gem_submit* submit = &scene->submit;
  submit->bos = (uintptr_t)scene->bos;
  submit->relocs = (uintptr_t)scene->relocs;
  submit->stream = (uintptr_t)scene->stream;
}

static void set_up(struct scene* scene, const char* path) {
  *scene = (struct scene){.file = open(path, O_RDWR | O_CLOEXEC)};
  if (scene->file < 0) exit(2);
  for (int i = 0; i < BUFFERS; i++) {
    if (make_buffer(scene->file, PAGE, ETNA_BO_WC, &scene->handles[i]) != 0) exit(2);
    scene->bos[i] = (struct drm_etnaviv_gem_submit_bo){
        .flags = i == 0 ? ETNA_SUBMIT_BO_READ : ETNA_SUBMIT_BO_READ | ETNA_SUBMIT_BO_WRITE,
        .handle = scene->handles[i],
        .presumed = BASE + (uint64_t)i * PAGE,
    };
  }
  scene->submit = (struct drm_etnaviv_gem_submit){
      .nr_bos = BUFFERS,
      .stream_size = sizeof scene->stream,
      .flags = ETNA_SUBMIT_SOFTPIN,
      .fence_fd = -1,
  };
  point_to(scene);
}

static int submit(struct scene* scene) {
  return call(scene->file, DRM_IOCTL_ETNAVIV_GEM_SUBMIT, &scene->submit);
}

/* Milliseconds from now; negative ones lie after. */
static struct drm_etnaviv_timespec in(long milliseconds) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  const int64_t moment = now.tv_sec * 1000ll + now.tv_nsec / 1000000 + milliseconds;
  return (struct drm_etnaviv_timespec){.tv_sec = moment / 1000, .tv_nsec = moment % 1000 * 1000000};
}

static int wait_fence(struct scene* scene, uint32_t pipe, uint32_t fence, uint32_t flags, long ms) {
  struct drm_etnaviv_wait_fence asked = {
      .pipe = pipe, .fence = fence, .flags = flags, .timeout = in(ms)};
  return call(scene->file, DRM_IOCTL_ETNAVIV_WAIT_FENCE, &asked);
}

static int prepare(struct scene* scene, uint32_t handle, uint32_t op, long ms) {
  struct drm_etnaviv_gem_cpu_prep asked = {.handle = handle, .op = op, .timeout = in(ms)};
  return call(scene->file, DRM_IOCTL_ETNAVIV_GEM_CPU_PREP, &asked);
}

static int finish(struct scene* scene, uint32_t handle, uint32_t flags) {
  struct drm_etnaviv_gem_cpu_fini asked = {.handle = handle, .flags = flags};
  return call(scene->file, DRM_IOCTL_ETNAVIV_GEM_CPU_FINI, &asked);
}

static int info(struct scene* scene, uint32_t handle, uint32_t pad, uint64_t* offset) {
  struct drm_etnaviv_gem_info asked = {.handle = handle, .pad = pad};
  const int error = call(scene->file, DRM_IOCTL_ETNAVIV_GEM_INFO, &asked);
  *offset = asked.offset;
  return error;
}

static int map(struct scene* scene, uint64_t bytes, uint64_t shift) {
  uint64_t offset;
  if (info(scene, scene->handles[0], 0, &offset) != 0) return -1;
  const int protection = PROT_READ | PROT_WRITE;
  void* mapped = mmap(NULL, bytes, protection, MAP_SHARED, scene->file, (off_t)(offset + shift));
  if (mapped == MAP_FAILED) return errno;
  return munmap(mapped, bytes) == 0 ? 0 : errno;
}

static int param(struct scene* scene, uint32_t pipe, uint32_t param) {
  struct drm_etnaviv_param asked = {.pipe = pipe, .param = param};
  return call(scene->file, DRM_IOCTL_ETNAVIV_GET_PARAM, &asked);
}

static int new_buffer(struct scene* scene, uint64_t bytes, uint32_t flags) {
  uint32_t handle;
  return make_buffer(scene->file, bytes, flags, &handle);
}

/* A submission without softpin, its first word the address of the second buffer. */
static int submit_relocated(struct scene* scene) {
  scene->submit.flags = 0;
  scene->submit.nr_relocs = 1;
  if (scene->relocs[0].reloc_idx == 0) scene->relocs[0].reloc_idx = 1;
  return submit(scene);
}

static int submit_two_relocations(struct scene* scene, uint32_t first, uint32_t second) {
  scene->relocs[0].submit_offset = first;
  scene->relocs[1].submit_offset = second;
  scene->submit.flags = 0;
  scene->submit.nr_relocs = 2;
  return submit(scene);
}

static int submit_many(struct scene* scene, uint32_t buffers, uint32_t stream_bytes) {
  const size_t bytes = (size_t)MOST_ENTRIES * 24 + 24;
  void* entries = calloc(1, bytes);
  if (!entries) exit(2);
  if (buffers) scene->submit.bos = (uintptr_t)entries;
  scene->submit.nr_bos = buffers;
  scene->submit.stream = (uintptr_t)entries;
  scene->submit.stream_size = stream_bytes;
  const int error = submit(scene);
  free(entries);
  return error;
}

#define NODE "/dev/dri/renderD128"
#define STUCK "/dev/dri/renderD129" /* whose first job never ends */
#define OLD_MMU "/dev/dri/renderD130"
#define OTHER "/dev/dri/renderD131" /* of another driver */
#define HIGH "/dev/dri/renderD132"  /* whose softpin start is 0x20000000 */

static void tell(int expected, int found, const char* what) {
  printf("%s\t%s\t%s\n", strerrorname_np(expected), strerrorname_np(found), what);
}

/* `s` is the scene; `act` gives an errno. */
#define CASE(expected, path, what, act) \
  {                                     \
    struct scene scene, *s = &scene;    \
    set_up(s, path);                    \
    tell(expected, (act), what);        \
    close(s->file);                     \
  }

static void refused_submissions(void) {
  CASE(EINVAL, NODE, "a stream of 62 bytes", (s->submit.stream_size = 62, submit(s)));
  CASE(EINVAL, NODE, "a stream beyond 128 KiB", submit_many(s, 0, MOST_ENTRIES + 4));
  CASE(EFAULT, NODE, "no stream", (s->submit.stream = 0, submit(s)));
  CASE(EINVAL, NODE, "an unknown flag", (s->submit.flags |= 0x10, submit(s)));
  CASE(EINVAL, NODE, "exec_state 3", (s->submit.exec_state = 3, submit(s)));
  CASE(EINVAL, NODE, "pipe 4", (s->submit.pipe = 4, submit(s)));
  CASE(ENXIO, NODE, "pipe 1 of one", (s->submit.pipe = 1, submit(s)));
  CASE(EINVAL, NODE, "too many buffers", submit_many(s, MOST_ENTRIES + 1, 64));
  CASE(EFAULT, NODE, "no list of buffers", (s->submit.bos = 0, submit(s)));
  CASE(EINVAL, NODE, "129 counters", (s->submit.nr_pmrs = 129, submit(s)));
  CASE(EINVAL, NODE, "a buffer's unknown flag", (s->bos[1].flags |= 4, submit(s)));
  CASE(EINVAL, NODE, "handle 0", (s->bos[1].handle = 0, submit(s)));
  CASE(EINVAL, NODE, "a handle never given", (s->bos[1].handle = 77, submit(s)));
  CASE(EINVAL, NODE, "a freed buffer", (close_buffer(s->file, s->handles[1]), submit(s)));
  CASE(EALREADY, NODE, "a buffer twice", (s->bos[1] = s->bos[0], submit(s)));
  CASE(EINVAL, NODE, "a buffer at two addresses", (s->bos[1].handle = s->handles[0], submit(s)));
  CASE(EINVAL, NODE, "an address below 4 MiB", (s->bos[0].presumed = 0x3ff000, submit(s)));
  CASE(EINVAL, NODE, "address 0", (s->bos[0].presumed = 0, submit(s)));
  CASE(EINVAL, NODE, "an address within a page", (s->bos[0].presumed = BASE - 2048, submit(s)));
  CASE(ENOSPC, NODE, "an address beyond 4 GiB", (s->bos[0].presumed = 1ull << 32, submit(s)));
  CASE(ENOSPC, NODE, "buffers that overlap", (s->bos[1].presumed = BASE, submit(s)));
  CASE(EINVAL, HIGH, "an address below the softpin start", submit(s));
  CASE(EINVAL, OLD_MMU, "softpin with the old MMU", submit(s));
}

static void refused_relocations(void) {
  CASE(EINVAL, NODE, "relocations with softpin", (s->submit.nr_relocs = 1, submit(s)));
  CASE(EINVAL, NODE, "too many relocations",
       (s->submit.flags = 0, s->submit.nr_relocs = MOST_ENTRIES + 1, submit(s)));
  CASE(EINVAL, NODE, "a relocation's flag", (s->relocs[0].flags = 1, submit_relocated(s)));
  CASE(EINVAL, NODE, "a relocation of a half word",
       (s->relocs[0].submit_offset = 2, submit_relocated(s)));
  CASE(EINVAL, NODE, "a relocation behind the stream",
       (s->relocs[0].submit_offset = 64, submit_relocated(s)));
  CASE(EINVAL, NODE, "a relocation to no buffer",
       (s->relocs[0].reloc_idx = BUFFERS, submit_relocated(s)));
  CASE(EINVAL, NODE, "a relocation past its buffer",
       (s->relocs[0].reloc_offset = PAGE - 3, submit_relocated(s)));
  CASE(EINVAL, NODE, "relocations out of order", submit_two_relocations(s, 8, 4));
  CASE(EINVAL, NODE, "two relocations of a word", submit_two_relocations(s, 8, 8));
}

static void refused_calls(void) {
  uint64_t offset;
  CASE(EINVAL, NODE, "a buffer without caching", new_buffer(s, PAGE, 0));
  CASE(EINVAL, NODE, "a buffer cached twice", new_buffer(s, PAGE, ETNA_BO_WC | ETNA_BO_CACHED));
  CASE(EINVAL, NODE, "a buffer's flag", new_buffer(s, PAGE, ETNA_BO_WC | 1));
  CASE(EINVAL, NODE, "GEM_INFO with a pad", info(s, s->handles[0], 1, &offset));
  CASE(ENOENT, NODE, "GEM_INFO of no buffer", info(s, 77, 0, &offset));
  CASE(EINVAL, NODE, "GEM_CLOSE of no buffer", close_buffer(s->file, 77));
  CASE(EINVAL, NODE, "a map of two pages of one", map(s, 2 * PAGE, 0));
  CASE(EINVAL, NODE, "a map at no buffer's offset", map(s, PAGE, 1 << 20));
  CASE(EINVAL, NODE, "CPU_PREP for nothing known", prepare(s, s->handles[0], 8, 100));
  CASE(ENOENT, NODE, "CPU_PREP of no buffer", prepare(s, 77, ETNA_PREP_READ, 100));
  CASE(EINVAL, NODE, "CPU_FINI with flags", finish(s, s->handles[0], 1));
  CASE(ENOENT, NODE, "CPU_FINI of no buffer", finish(s, 77, 0));
  CASE(EINVAL, NODE, "WAIT_FENCE with a flag", wait_fence(s, 0, 1, 2, 100));
  CASE(ENXIO, NODE, "WAIT_FENCE of pipe 1 of one", wait_fence(s, 1, 1, 0, 100));
  CASE(EINVAL, NODE, "WAIT_FENCE of pipe 4", wait_fence(s, 4, 1, 0, 100));
  CASE(ENXIO, NODE, "a parameter of pipe 1 of one", param(s, 1, ETNAVIV_PARAM_GPU_MODEL));
  CASE(EINVAL, NODE, "a parameter of pipe 4", param(s, 4, ETNAVIV_PARAM_GPU_MODEL));
  CASE(EINVAL, NODE, "an unknown parameter", param(s, 0, 0x40));
}

static void other_driver(void) {
  struct scene scene = {.file = open(OTHER, O_RDWR | O_CLOEXEC)};
  tell(EINVAL, new_buffer(&scene, PAGE, ETNA_BO_WC), "a buffer of another driver");
  tell(EINVAL, submit(&scene), "a submission to another driver");
  close(scene.file);
}

static void waits(void) {
  const uint32_t any = ETNA_PREP_READ | ETNA_PREP_WRITE;
  CASE(EBUSY, STUCK, "WAIT_FENCE at once",
       submit(s) ?: wait_fence(s, 0, s->submit.fence, ETNA_WAIT_NONBLOCK, 0));
  CASE(ETIMEDOUT, STUCK, "WAIT_FENCE", submit(s) ?: wait_fence(s, 0, s->submit.fence, 0, 20));
  CASE(ETIMEDOUT, STUCK, "WAIT_FENCE until before",
       submit(s) ?: wait_fence(s, 0, s->submit.fence, 0, -20));
  CASE(EBUSY, STUCK, "CPU_PREP at once",
       submit(s) ?: prepare(s, s->handles[1], any | ETNA_PREP_NOSYNC, 0));
  CASE(ETIMEDOUT, STUCK, "CPU_PREP to write what is read",
       submit(s) ?: prepare(s, s->handles[0], ETNA_PREP_WRITE, 20));
  CASE(0, STUCK, "CPU_PREP to read what is read",
       submit(s) ?: prepare(s, s->handles[0], ETNA_PREP_READ, 20));
  CASE(ENOSPC, STUCK, "an address that a job uses",
       submit(s)
           ?: (s->submit.nr_bos = 1, s->bos[0] = s->bos[2], s->bos[0].presumed = BASE,
               close_buffer(s->file, s->bos[0].handle),
               new_buffer(s, PAGE, ETNA_BO_WC) ?: submit(s)));
  CASE(EINVAL, STUCK, "another address for what a job uses",
       submit(s) ?: (s->bos[2].presumed += PAGE, submit(s)));
  CASE(0, NODE, "WAIT_FENCE of a job that ends",
       submit(s) ?: wait_fence(s, 0, s->submit.fence, 0, 5000));
  CASE(0, NODE, "WAIT_FENCE of a fence never given", wait_fence(s, 0, 1u << 30, 0, 0));
}

static void taken(void) {
  CASE(0, NODE, "a submission", submit(s));
  CASE(0, NODE, "a submission without buffers", (s->submit.nr_bos = 0, submit(s)));
  CASE(0, NODE, "a submission of 128 KiB", submit_many(s, 0, MOST_ENTRIES));
  CASE(0, NODE, "relocations", submit_relocated(s));
  CASE(0, NODE, "a buffer moved when it is idle",
       submit(s) ?: wait_fence(s, 0, s->submit.fence, 0, 5000) ?:
                    (s->bos[2].presumed += PAGE, submit(s)));
  CASE(0, NODE, "the last page of the address space",
       (s->bos[2].presumed = (1ull << 32) - PAGE, submit(s)));
  CASE(0, NODE, "a map of a page", map(s, PAGE, 0));
}

int main(void) {
  refused_submissions();
  refused_relocations();
  refused_calls();
  other_driver();
  waits();
  taken();
  return 0;
}
