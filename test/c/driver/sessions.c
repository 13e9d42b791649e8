/*
 * Sessions that come and go in one process, with the blob that is the last argument: descriptors
 * stay level, and what one session ends in is nothing to the others. The second node's first run
 * hangs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../shim/nolfet.h"
#include "descriptors.h"

enum { CYCLES = 60, PARALLEL = 8, TIMEOUT = 500 };

#define SOUND "/dev/dri/renderD128"
#define HANGING "/dev/dri/renderD129"

#define CHECK(condition)                                               \
  if (!(condition)) {                                                  \
    fprintf(stderr, "line %d: not so: %s\n", __LINE__, #condition);    \
    exit(1);                                                           \
  }

static const char *blob;

static nolfet_session *opened(const char *node) {
  nolfet_session *session = nolfet_open(node);
  CHECK(session);
  const nolfet_status status = nolfet_load_file(session, blob);
  if (status != NOLFET_OK) fprintf(stderr, "%s\n", nolfet_error(session));
  CHECK(status == NOLFET_OK);
  return session;
}

/* The outputs of equal inputs are equal, and others are not. */
static void run(nolfet_session *session, int byte, void *result) {
  const nolfet_tensor *input = nolfet_input(session, 0);
  const nolfet_tensor *output = nolfet_output(session, 0);
  memset(input->data, byte, input->bytes);
  CHECK(nolfet_run(session, 10 * TIMEOUT) == NOLFET_OK);
  memcpy(result, output->data, output->bytes);
}

static void one_after_the_other(void) {
  char first[4096], other[4096], again[4096];
  int before = 0;
  for (int i = 0; i < CYCLES; i++) {
    nolfet_session *session = opened(SOUND);
    const size_t bytes = nolfet_output(session, 0)->bytes;
    CHECK(bytes <= sizeof first);
    run(session, 1, first);
    run(session, 200, other);
    run(session, 1, again);
    CHECK(memcmp(first, again, bytes) == 0);
    CHECK(memcmp(first, other, bytes) != 0);
    nolfet_close(session);
    if (i == 1) before = descriptors();
  }
  CHECK(descriptors() == before);
}

static void at_once(void) {
  nolfet_session *sessions[PARALLEL];
  char results[PARALLEL][4096], again[4096];
  for (int i = 0; i < PARALLEL; i++) sessions[i] = opened(SOUND);
  for (int i = 0; i < PARALLEL; i++) run(sessions[i], 20 * i, results[i]);
  for (int i = PARALLEL; i-- > 0;) {
    run(sessions[i], 20 * i, again);
    CHECK(memcmp(results[i], again, nolfet_output(sessions[i], 0)->bytes) == 0);
    nolfet_close(sessions[i]);
  }
}

static void after_one_that_failed(void) {
  nolfet_session *session = opened(HANGING);
  CHECK(nolfet_run(session, TIMEOUT) == NOLFET_TIMEOUT);
  CHECK(strstr(nolfet_error(session), "ETIMEDOUT"));
  CHECK(nolfet_run(session, TIMEOUT) == NOLFET_OUT_OF_ORDER);
  nolfet_close(session);
  char result[4096];
  session = opened(SOUND);
  run(session, 1, result);
  nolfet_close(session);
}

static void out_of_order(void) {
  nolfet_session *session = nolfet_open(NULL);
  CHECK(session && strcmp(nolfet_device(session), "") == 0);
  CHECK(!nolfet_input(session, 0) && !nolfet_output(session, 0));
  CHECK(nolfet_run(session, TIMEOUT) == NOLFET_OUT_OF_ORDER);
  CHECK(nolfet_load_file(session, "/nowhere") == NOLFET_FILE);
  CHECK(nolfet_load(session, "", 0) == NOLFET_BAD_BLOB);
  CHECK(nolfet_load_file(session, blob) == NOLFET_OK);
  CHECK(strstr(nolfet_device(session), SOUND ", pipe 0: vipnano-qi.a311d"));
  CHECK(nolfet_load_file(session, blob) == NOLFET_OUT_OF_ORDER);
  CHECK(!nolfet_input(session, 1) && !nolfet_output(session, 1));
  nolfet_close(session);
  nolfet_close(NULL);
}

int main(int count, char **arguments) {
  blob = arguments[count - 1];
  one_after_the_other();
  at_once();
  after_one_that_failed();
  out_of_order();
  return 0;
}
