/*
 * Sessions of which the n-th allocation, ioctl or mapping fails, or all from the n-th on, for every n
 * that there is: each ends in a status and true words, holds nothing afterwards, and the next one is
 * right. The blob is the last argument. Prints how many calls of each kind a session has.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../../shim/nolfet.h"
#include "descriptors.h"

#define CHECK(condition)                                                                      \
  if (!(condition)) {                                                                         \
    fprintf(stderr, "%s %lld%s, line %d: not so: %s (%d: %s)\n", KINDS[kind].name, (long long)n, \
            and_on ? " and on" : "", __LINE__, #condition, last.status, last.words);          \
    exit(1);                                                                                  \
  }

enum { MOST_BYTES = 4096, TIMEOUT = 5000 };

/* By their numbers, with what the words say of each; "" where there was no memory for words. */
static const struct {
  const char *name, *words[3];
} KINDS[] = {
    {"nothing", {""}},
    {"allocations", {"no memory", "ENOMEM", "ENOMEM"}},
    {"ioctls", {"EIO", "EIO", "EIO"}},
    {"mappings", {"mmap: ENOMEM", "mmap: ENOMEM", "mmap: ENOMEM"}},
};

struct outcome {
  int status;
  char words[512];
  unsigned char output[MOST_BYTES];
};

/* As test/stand-in/starve/starve.c reads it. */
static volatile struct {
  int64_t kind, first, last, count;
} *control;
static const char *blob;
static int kind, and_on;
static int64_t n;
static struct outcome last;

static void session(struct outcome *outcome) {
  memset(outcome, 0, sizeof *outcome);
  nolfet_session *one = nolfet_open(NULL);
  if (!one) {
    outcome->status = -1;
    return;
  }
  outcome->status = nolfet_load_file(one, blob);
  if (outcome->status == NOLFET_OK) {
    const nolfet_tensor *input = nolfet_input(one, 0);
    memset(input->data, 7, input->bytes);
    outcome->status = nolfet_run(one, TIMEOUT);
  }
  snprintf(outcome->words, sizeof outcome->words, "%s", nolfet_error(one));
  if (outcome->status == NOLFET_OK) {
    const nolfet_tensor *output = nolfet_output(one, 0);
    memcpy(outcome->output, output->data, output->bytes);
  }
  nolfet_close(one);
}

static int mappings(void) {
  FILE *maps = fopen("/proc/self/maps", "r");
  char line[PATH_MAX];
  int count = 0;
  while (fgets(line, sizeof line, maps)) count += strstr(line, "stand-in buffer") != NULL;
  fclose(maps);
  return count;
}

/* Whether only so many files are open; a job that nobody waited for holds its buffers to its end. */
static int is_level(int files) {
  for (int i = 0; i < TIMEOUT; i++) {
    if (descriptors() == files) return mappings() == 0;
    usleep(1000);
  }
  return 0;
}

/* Whether a failure says what it is. */
static int is_true(void) {
  if (last.status == -1) return kind == 1;
  const int is_memory = last.status == NOLFET_MEMORY;
  if (!is_memory && last.status != NOLFET_DEVICE && last.status != NOLFET_NO_DEVICE) return 0;
  if (kind == 1 && and_on && last.words[0] == 0) return 1;
  for (int i = 0; i < 3; i++) {
    if (strstr(last.words, KINDS[kind].words[i])) return 1;
  }
  return 0;
}

int main(int count, char **arguments) {
  blob = arguments[count - 1];
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/starve", getenv("NOLFET_STAND_IN"));
  control = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, open(path, O_RDWR), 0);
  CHECK(control != MAP_FAILED);

  struct outcome expected, next;
  session(&expected);
  last = expected;
  CHECK(expected.status == NOLFET_OK);
  const int files = descriptors();
  CHECK(mappings() == 0);
  for (and_on = 0; and_on <= 1; and_on++) {
    for (kind = 1; kind <= 3; kind++) {
      int64_t calls = INT64_MAX;
      for (n = 1; n <= calls; n++) {
        control->first = n;
        control->last = and_on ? INT64_MAX : n;
        control->count = 0;
        control->kind = kind;
        session(&last);
        control->kind = 0;
        if (control->count < n) calls = control->count;
        if (last.status == NOLFET_OK) {
          CHECK(memcmp(last.output, expected.output, MOST_BYTES) == 0);
        } else {
          CHECK(n <= calls && is_true());
        }
        CHECK(is_level(files));
        session(&next);
        CHECK(next.status == NOLFET_OK);
        CHECK(memcmp(next.output, expected.output, MOST_BYTES) == 0);
      }
      printf("%s%s: %lld\n", KINDS[kind].name, and_on ? " and on" : "", (long long)calls);
    }
  }
  return 0;
}
