/*
 * A file in dri/ describes its node, a property and its numbers on each line:
 *
 *   driver etnaviv
 *   version 1 4
 *   mmu 2
 *   softpin 0x400000
 *   pipe MODEL REVISION PRODUCT CUSTOMER ECO       one line for each core
 *   fault no-memory 3                              see struct faults
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel.h"

static bool read_pipe(const char* text, struct node* node) {
  if (node->pipe_count == MOST_PIPES) return false;
  struct core* core = &node->pipes[node->pipe_count++];
  return sscanf(text, "pipe %x %x %x %x %x", &core->model, &core->revision, &core->product,
                &core->customer, &core->eco) == 5;
}

static bool read_fault(const char* text, struct faults* faults) {
  const struct {
    const char* name;
    uint32_t* count;
  } known[] = {
      {"no-memory", &faults->no_memory},
      {"invalid", &faults->invalid},
      {"stuck", &faults->stuck},
      {"gone", &faults->gone},
      {"interrupted", &faults->interrupted},
      {"slow", &faults->slow},
  };
  char name[32];
  unsigned count;
  if (sscanf(text, "fault %31s %u", name, &count) != 2) return false;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    if (strcmp(known[i].name, name) == 0) return *known[i].count = count, true;
  }
  return false;
}

static bool read_line(const char* line, struct node* node) {
  unsigned long long start;
  if (sscanf(line, "driver %31s", node->driver) == 1) return true;
  if (sscanf(line, "version %u %u", &node->major, &node->minor) == 2) return true;
  if (sscanf(line, "mmu %u", &node->mmu) == 1) return true;
  if (sscanf(line, "softpin %llx", &start) == 1) return node->softpin_start = start, true;
  if (strncmp(line, "pipe", 4) == 0) return read_pipe(line, node);
  return read_fault(line, &node->faults);
}

bool read_node(int file, struct node* node) {
  char text[4096];
  const ssize_t bytes = pread(file, text, sizeof text - 1, 0);
  if (bytes < 0) return false;
  text[bytes] = '\0';
  *node = (struct node){.major = 1, .minor = 4, .mmu = 2, .softpin_start = LEAST_ADDRESS};
  char* rest = text;
  for (char* line; (line = strsep(&rest, "\n"));) {
    if (*line != '\0' && !read_line(line, node)) {
      fprintf(stderr, "stand-in kernel: a node is described by \"%s\"\n", line);
      abort();
    }
  }
  return true;
}
