/* GEM_SUBMIT: what the kernel asks of a submission before it takes it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"

enum { MOST_STREAM_BYTES = 128 << 10, MOST_ENTRIES = 128 << 10, LAST_EXEC_STATE = 2 };

static int check_numbers(const struct context* context, const struct submit* asked) {
  const uint32_t known_flags =
      SUBMIT_NO_IMPLICIT | SUBMIT_FENCE_FD_IN | SUBMIT_FENCE_FD_OUT | SUBMIT_SOFTPIN;
  if (asked->pipe >= MOST_PIPES) return refuse(EINVAL, "GEM_SUBMIT: pipe %u", asked->pipe);
  if (asked->pipe >= context->node.pipe_count) {
    return refuse(ENXIO, "GEM_SUBMIT: pipe %u", asked->pipe);
  }
  const struct {
    bool wrong;
    const char* what;
    uint32_t value;
  } rules[] = {
      {asked->stream_bytes % 4 != 0, "stream bytes", asked->stream_bytes},
      {asked->exec_state > LAST_EXEC_STATE, "exec_state", asked->exec_state},
      {(asked->flags & ~known_flags) != 0, "flags", asked->flags},
      {(asked->flags & SUBMIT_SOFTPIN) && context->node.mmu != 2, "softpin with MMU version",
       context->node.mmu},
      {asked->stream_bytes > MOST_STREAM_BYTES, "stream bytes", asked->stream_bytes},
      {asked->relocation_count > MOST_ENTRIES, "relocations", asked->relocation_count},
      {asked->buffer_count > MOST_ENTRIES, "buffers", asked->buffer_count},
      /* No core here has counters, and no fence here is a file. */
      {asked->counter_count != 0, "counters", asked->counter_count},
      {(asked->flags & (SUBMIT_FENCE_FD_IN | SUBMIT_FENCE_FD_OUT)) != 0, "a fence's file by flags",
       asked->flags},
  };
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
    if (rules[i].wrong) return refuse(EINVAL, "GEM_SUBMIT: %s %#x", rules[i].what, rules[i].value);
  }
  if ((asked->buffer_count > 0 && !asked->buffers) || (asked->stream_bytes > 0 && !asked->stream) ||
      (asked->relocation_count > 0 && !asked->relocations)) {
    return refuse(EFAULT, "GEM_SUBMIT: a null pointer");
  }
  return 0;
}

/* Finds the buffers, and holds them; how many is in `job->buffer_count`. */
static int look_up(struct context* context, const struct submit* asked, struct job* job) {
  for (uint32_t i = 0; i < asked->buffer_count; i++) {
    const struct submit_buffer* entry = &asked->buffers[i];
    if (entry->flags & ~(ACCESS_READ | ACCESS_WRITE)) {
      return refuse(EINVAL, "GEM_SUBMIT: flags %#x of buffer %u", entry->flags, i);
    }
    if ((asked->flags & SUBMIT_SOFTPIN) && entry->presumed < context->node.softpin_start) {
      const unsigned long long address = entry->presumed;
      return refuse(EINVAL, "GEM_SUBMIT: address %#llx of buffer %u is reserved", address, i);
    }
    struct buffer* buffer = buffer_of(context, entry->handle);
    if (!buffer) return refuse(EINVAL, "GEM_SUBMIT: handle %u", entry->handle);
    buffer->references++;
    job->buffers[job->buffer_count++] = (struct job_buffer){buffer, entry->flags};
  }
  return 0;
}

static int check_duplicates(const struct submit* asked) {
  for (uint32_t i = 0; i < asked->buffer_count; i++) {
    for (uint32_t k = 0; k < i; k++) {
      if (asked->buffers[k].handle == asked->buffers[i].handle) {
        return refuse(EALREADY, "GEM_SUBMIT: handle %u twice", asked->buffers[i].handle);
      }
    }
  }
  return 0;
}

/* Writes the buffers' addresses into the job's words. */
static int relocate(const struct submit* asked, struct job* job) {
  if (asked->relocation_count == 0) return 0;
  if (asked->flags & SUBMIT_SOFTPIN) return refuse(EINVAL, "GEM_SUBMIT: relocations with softpin");
  int64_t last = -1;
  for (uint32_t i = 0; i < asked->relocation_count; i++) {
    const struct submit_relocation* entry = &asked->relocations[i];
    const uint32_t at = entry->submit_offset;
    if (entry->flags != 0 || at % 4 != 0 || (uint64_t)at + 4 > asked->stream_bytes || at <= last ||
        entry->buffer >= job->buffer_count ||
        entry->offset > job->buffers[entry->buffer].buffer->bytes - 4) {
      return refuse(EINVAL, "GEM_SUBMIT: relocation %u at %u", i, at);
    }
    job->stream[at / 4] = (uint32_t)(job->buffers[entry->buffer].buffer->address + entry->offset);
    last = at;
  }
  return 0;
}

static int check_and_pin(struct context* context, const struct submit* asked, struct job* job,
                         uint32_t* pinned) {
  int status = look_up(context, asked, job);
  for (; status == 0 && *pinned < job->buffer_count; ++*pinned) {
    const struct job_buffer* entry = &job->buffers[*pinned];
    const bool softpin = asked->flags & SUBMIT_SOFTPIN;
    status = pin(entry->buffer, softpin ? asked->buffers[*pinned].presumed : 0, entry->flags);
    if (status != 0) break;
  }
  if (status == 0) status = relocate(asked, job);
  return status == 0 ? check_duplicates(asked) : status;
}

static struct job* make_job(const struct context* context, const struct submit* asked) {
  struct job* job = calloc(1, sizeof *job);
  if (!job) return NULL;
  job->buffers = calloc(asked->buffer_count + 1, sizeof *job->buffers);
  job->stream = malloc(asked->stream_bytes + 1);
  if (!job->buffers || !job->stream) {
    free_job(job);
    return NULL;
  }
  if (asked->stream_bytes > 0) memcpy(job->stream, asked->stream, asked->stream_bytes);
  job->stream_bytes = asked->stream_bytes;
  job->context = context->serial;
  job->core = context->node.pipes[asked->pipe];
  job->slow = context->node.faults.slow;
  job->stuck = context->submissions == context->node.faults.stuck;
  return job;
}

int gem_submit(struct context* context, void* argument) {
  struct submit* asked = argument;
  const struct faults* faults = &context->node.faults;
  context->submissions++;
  if (faults->gone != 0 && context->submissions >= faults->gone) {
    context->gone = true;
    return refuse(ENODEV, "GEM_SUBMIT: a fault injected");
  }
  if (context->submissions == faults->invalid) {
    return refuse(EINVAL, "GEM_SUBMIT: a fault injected");
  }
  int status = check_numbers(context, asked);
  if (status != 0) return status;
  struct job* job = make_job(context, asked);
  if (!job) return refuse(ENOMEM, "GEM_SUBMIT");
  uint32_t pinned = 0;
  status = check_and_pin(context, asked, job, &pinned);
  if (status != 0) {
    while (pinned > 0) {
      pinned--;
      unpin(job->buffers[pinned].buffer, job->buffers[pinned].flags);
    }
    free_job(job);
    return status;
  }
  asked->fence = start(job);
  return 0;
}
