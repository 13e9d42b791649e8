/* Submissions under way: one thread stands for the core and does them in their order. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "kernel.h"

static struct job* jobs; /* the oldest first */
static uint32_t last_fence;
static pthread_cond_t new_job = PTHREAD_COND_INITIALIZER;
static pthread_cond_t job_done;

void free_job(struct job* job) {
  for (uint32_t i = 0; i < job->buffer_count; i++) release_buffer(job->buffers[i].buffer);
  free(job->buffers);
  free(job->stream);
  free(job);
}

/* A fence that is not among the jobs has signalled. */
static void finish(struct job* job) {
  struct job** link = &jobs;
  while (*link != job) link = &(*link)->next;
  *link = job->next;
  for (uint32_t i = 0; i < job->buffer_count; i++) {
    unpin(job->buffers[i].buffer, job->buffers[i].flags);
  }
  free_job(job);
  pthread_cond_broadcast(&job_done);
}

static void* run_core(void* unused) {
  pthread_mutex_lock(&kernel_lock);
  for (;;) {
    struct job* job = jobs;
    while (job && job->stuck) job = job->next;
    if (!job) {
      pthread_cond_wait(&new_job, &kernel_lock);
      continue;
    }
    pthread_mutex_unlock(&kernel_lock);
    execute(job);
    const struct timespec more = {job->slow / 1000, job->slow % 1000 * 1000000l};
    nanosleep(&more, NULL);
    pthread_mutex_lock(&kernel_lock);
    finish(job);
  }
  return unused;
}

/* The core takes no signals of the process. */
static void start_core(void) {
  pthread_condattr_t monotonic;
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init(&job_done, &monotonic);
  pthread_condattr_destroy(&monotonic);
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  if (pthread_create(&thread, NULL, run_core, NULL) != 0) abort();
  pthread_detach(thread);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

uint32_t start(struct job* job) {
  static bool started;
  if (!started) start_core();
  started = true;
  struct job** link = &jobs;
  while (*link) link = &(*link)->next;
  *link = job;
  job->fence = ++last_fence;
  pthread_cond_signal(&new_job);
  return job->fence;
}

/* A stuck job ends with its context, as the core would be reset by then. */
void abandon_jobs(uint64_t context) {
  for (struct job *job = jobs, *next; job; job = next) {
    next = job->next;
    if (job->context == context && job->stuck) finish(job);
  }
}

/* Waits until `is_done`; an absolute deadline that has passed asks just once. */
static int wait_for(bool (*is_done)(const void*), const void* what, struct deadline deadline) {
  const struct timespec end = {deadline.seconds, deadline.nanoseconds};
  while (!is_done(what)) {
    const int error = pthread_cond_timedwait(&job_done, &kernel_lock, &end);
    if (error != 0) return is_done(what) ? 0 : -ETIMEDOUT;
  }
  return 0;
}

static bool is_retired(const void* fence) {
  const struct job* job = jobs;
  while (job && job->fence != *(const uint32_t*)fence) job = job->next;
  return !job;
}

static bool has_no_writer(const void* buffer) {
  return ((const struct buffer*)buffer)->writers == 0;
}

static bool is_idle(const void* buffer) {
  return has_no_writer(buffer) && ((const struct buffer*)buffer)->readers == 0;
}

int wait_fence(struct context* context, void* argument) {
  const struct wait_fence* asked = argument;
  if (asked->flags & ~WAIT_NONBLOCK) return refuse(EINVAL, "WAIT_FENCE: flags %#x", asked->flags);
  if (asked->pipe >= MOST_PIPES) return refuse(EINVAL, "WAIT_FENCE: pipe %u", asked->pipe);
  if (asked->pipe >= context->node.pipe_count) {
    return refuse(ENXIO, "WAIT_FENCE: pipe %u", asked->pipe);
  }
  if (is_retired(&asked->fence)) return 0;
  if (asked->flags & WAIT_NONBLOCK) return -EBUSY;
  return wait_for(is_retired, &asked->fence, asked->deadline);
}

int gem_cpu_prep(struct context* context, void* argument) {
  const struct cpu_prep* asked = argument;
  if (asked->op & ~(ACCESS_READ | ACCESS_WRITE | PREP_NOSYNC)) {
    return refuse(EINVAL, "GEM_CPU_PREP: op %#x", asked->op);
  }
  struct buffer* buffer = buffer_of(context, asked->handle);
  if (!buffer) return refuse(ENOENT, "GEM_CPU_PREP: handle %u", asked->handle);
  bool (*is_ready)(const void*) = asked->op & ACCESS_WRITE ? is_idle : has_no_writer;
  if (is_ready(buffer)) return 0;
  if (asked->op & PREP_NOSYNC) return -EBUSY;
  buffer->references++;
  const int status = wait_for(is_ready, buffer, asked->deadline);
  release_buffer(buffer);
  return status;
}

int gem_cpu_fini(struct context* context, void* argument) {
  const struct cpu_fini* asked = argument;
  if (asked->flags != 0) return refuse(EINVAL, "GEM_CPU_FINI: flags %#x", asked->flags);
  if (buffer_of(context, asked->handle)) return 0;
  return refuse(ENOENT, "GEM_CPU_FINI: handle %u", asked->handle);
}
