/* Open files of render nodes, and which ioctl is whose. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel.h"

int refuse(int error, const char* format, ...) {
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/refusals", kernel_folder);
  const int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND, 0666);
  if (file >= 0) {
    va_list values;
    va_start(values, format);
    dprintf(file, "%s: ", strerrorname_np(error));
    vdprintf(file, format, values);
    dprintf(file, "\n");
    va_end(values);
    syscall(SYS_close, file);
  }
  return -error;
}

struct context* open_context(int file) {
  static _Atomic uint64_t opened;
  struct context* context = calloc(1, sizeof *context);
  if (!context || !read_node(file, &context->node)) {
    free(context);
    return NULL;
  }
  context->serial = ++opened;
  return context;
}

void close_context(struct context* context) {
  for (int i = 0; i < MOST_HANDLES; i++) {
    if (context->handles[i]) release_buffer(context->handles[i]);
  }
  abandon_jobs(context->serial);
  free(context);
}

/* Strings are cut to the room that there is, and not ended by a zero. */
static int version(struct context* context, void* argument) {
  struct version* asked = argument;
  const struct node* node = &context->node;
  const struct {
    char* to;
    uint64_t* length;
    const char* text;
  } strings[] = {
      {asked->name, &asked->name_length, node->driver},
      {asked->date, &asked->date_length, "20151214"},
      {asked->description, &asked->description_length, "stand-in"},
  };
  for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
    const uint64_t length = strlen(strings[i].text);
    const uint64_t room = *strings[i].length;
    if (strings[i].to) memcpy(strings[i].to, strings[i].text, room < length ? room : length);
    *strings[i].length = length;
  }
  asked->major = (int32_t)node->major;
  asked->minor = (int32_t)node->minor;
  asked->patch = 0;
  return 0;
}

static int get_param(struct context* context, void* argument) {
  struct get_param* asked = argument;
  const struct node* node = &context->node;
  if (asked->pipe >= MOST_PIPES) return refuse(EINVAL, "GET_PARAM: pipe %u", asked->pipe);
  if (asked->pipe >= node->pipe_count) return -ENXIO;
  if (asked->param < PARAM_MODEL || asked->param > PARAM_ECO) {
    return refuse(EINVAL, "GET_PARAM: parameter %#x", asked->param);
  }
  if (asked->param >= PARAM_PRODUCT && node->minor < 4) {
    return refuse(EINVAL, "GET_PARAM: parameter %#x before version 1.4", asked->param);
  }
  const struct core* core = &node->pipes[asked->pipe];
  const uint64_t values[PARAM_ECO + 1] = {
      [PARAM_MODEL] = core->model,
      [PARAM_REVISION] = core->revision,
      [PARAM_SOFTPIN_START] = node->mmu == 2 ? node->softpin_start : UINT64_MAX,
      [PARAM_PRODUCT] = core->product,
      [PARAM_CUSTOMER] = core->customer,
      [PARAM_ECO] = core->eco,
  };
  asked->value = values[asked->param];
  return 0;
}

struct call {
  unsigned long request;
  const char* name;
  int (*answer)(struct context*, void*);
  bool any_driver, waits;
};

static const struct call CALLS[] = {
    {VERSION, "VERSION", version, true, false},
    {GEM_CLOSE, "GEM_CLOSE", gem_close, true, false},
    {GET_PARAM, "GET_PARAM", get_param, false, false},
    {GEM_NEW, "GEM_NEW", gem_new, false, false},
    {GEM_INFO, "GEM_INFO", gem_info, false, false},
    {GEM_CPU_PREP, "GEM_CPU_PREP", gem_cpu_prep, false, true},
    {GEM_CPU_FINI, "GEM_CPU_FINI", gem_cpu_fini, false, false},
    {GEM_SUBMIT, "GEM_SUBMIT", gem_submit, false, true},
    {WAIT_FENCE, "WAIT_FENCE", wait_fence, false, true},
};

int context_ioctl(struct context* context, unsigned long request, void* argument) {
  if (context->gone) return -ENODEV;
  const bool is_etnaviv = strcmp(context->node.driver, "etnaviv") == 0;
  for (size_t i = 0; i < sizeof CALLS / sizeof *CALLS; i++) {
    const struct call* call = &CALLS[i];
    if (call->request != (uint32_t)request) continue;
    if (!call->any_driver && !is_etnaviv) break;
    if (!argument) return refuse(EFAULT, "%s: no struct", call->name);
    if (call->waits && context->interruptions < context->node.faults.interrupted) {
      context->interruptions++;
      return -EINTR;
    }
    return call->answer(context, argument);
  }
  return refuse(EINVAL, "ioctl %#lx of driver %s", request, context->node.driver);
}
