/*
 * A stand-in for the kernel's etnaviv driver, loaded into a process with LD_PRELOAD. It keeps the
 * driver's rules, and has submissions executed by an emulator in another process.
 *
 *   preload.c   libc's functions: /dev/dri is $NOLFET_STAND_IN/dri, ioctls on its files come here
 *   node.c      what the files there say: driver, cores, faults to inject
 *   context.c   open files, and the table of ioctls
 *   buffers.c   GEM_NEW to GEM_CLOSE, and the address space of a context
 *   submit.c    GEM_SUBMIT
 *   jobs.c      submissions under way, and waiting for them
 *   executor.c  the way to the emulator
 *
 * starve/starve.c, a library of its own, has calls of the process fail before they come here.
 *
 * One lock guards all of it. An ioctl gives 0 or a negated errno; why it was refused goes, as one
 * line, to $NOLFET_STAND_IN/refusals.
 */
#ifndef STAND_IN_KERNEL_H
#define STAND_IN_KERNEL_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "uapi.h"

#define PAGE_BYTES 4096ull
#define LEAST_ADDRESS 0x400000ull
#define ADDRESS_SPACE_BYTES (1ull << 32)

enum { MOST_PIPES = 4, MOST_HANDLES = 256 };

/* A core, as GET_PARAM tells of it. */
struct core {
  uint32_t model, revision, product, customer, eco;
};

/* Which call of its kind in a context fails, counted from 1; 0: none. */
struct faults {
  uint32_t no_memory;   /* GEM_NEW: ENOMEM */
  uint32_t invalid;     /* GEM_SUBMIT: EINVAL */
  uint32_t stuck;       /* GEM_SUBMIT: accepted, and never done */
  uint32_t gone;        /* from this GEM_SUBMIT on, anything: ENODEV */
  uint32_t interrupted; /* so many ioctls that can be interrupted, after opening: EINTR */
  uint32_t slow;        /* milliseconds that each job takes longer */
};

struct node {
  char driver[32];
  uint32_t major, minor;
  uint32_t mmu;
  uint64_t softpin_start;
  struct core pipes[MOST_PIPES];
  uint32_t pipe_count;
  struct faults faults;
};

struct buffer {
  struct buffer* next; /* of all buffers */
  uint64_t context;    /* serial number of its context */
  uint64_t bytes;
  uint64_t offset;  /* for mmap; 0 before GEM_INFO */
  uint64_t address; /* on the device; 0: nowhere */
  int memory;       /* a memfd */
  uint32_t references;
  uint32_t readers, writers; /* jobs under way */
};

/* An open file of a render node. */
struct context {
  uint64_t serial;
  struct node node;
  struct buffer* handles[MOST_HANDLES]; /* handle h is handles[h - 1] */
  uint32_t buffers_made, submissions, interruptions;
  bool gone;
};

struct job {
  struct job* next;
  uint64_t context;
  uint32_t fence;
  bool stuck;
  uint32_t slow;
  struct core core;
  uint32_t* stream;
  uint32_t stream_bytes;
  uint32_t buffer_count;
  struct job_buffer {
    struct buffer* buffer;
    uint32_t flags;
  } * buffers;
};

extern pthread_mutex_t kernel_lock;
extern const char* kernel_folder;

/* Says why `error`, a positive errno, is what an ioctl ends with, and gives it negated. */
int refuse(int error, const char* format, ...) __attribute__((format(printf, 2, 3)));

/* node.c: false where the file is no description of a node. */
bool read_node(int file, struct node* node);

/* context.c */
struct context* open_context(int file);
void close_context(struct context* context);
int context_ioctl(struct context* context, unsigned long request, void* argument);

/* buffers.c */
int gem_new(struct context* context, void* argument);
int gem_info(struct context* context, void* argument);
int gem_close(struct context* context, void* argument);
struct buffer* buffer_of(struct context* context, uint32_t handle);
struct buffer* buffer_at_offset(struct context* context, uint64_t offset);
void release_buffer(struct buffer* buffer);
/* Takes an address for the time of a job: `wanted`, or any where that is 0. */
int pin(struct buffer* buffer, uint64_t wanted, uint32_t flags);
void unpin(struct buffer* buffer, uint32_t flags);

/* submit.c */
int gem_submit(struct context* context, void* argument);

/* jobs.c */
uint32_t start(struct job* job);
void abandon_jobs(uint64_t context);
void free_job(struct job* job);
int gem_cpu_prep(struct context* context, void* argument);
int gem_cpu_fini(struct context* context, void* argument);
int wait_fence(struct context* context, void* argument);

/* executor.c: runs a job to its end, if there is an executor. */
void execute(const struct job* job);

#endif
