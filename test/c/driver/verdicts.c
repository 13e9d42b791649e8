/*
 * Says of every blob on its input what the loader makes of it: each comes as its length in four
 * bytes and then itself, and is answered with a line, its status and the words. No device is
 * there, so that a blob that is right ends in NOLFET_NO_DEVICE where it has anything on the NPU.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../../shim/nolfet.h"

int main(void) {
  for (uint32_t bytes; fread(&bytes, sizeof bytes, 1, stdin) == 1;) {
    void *blob = malloc(bytes); /* exactly, so that a sanitizer sees what lies beyond */
    if (fread(blob, 1, bytes, stdin) != bytes) return 1;
    nolfet_session *session = nolfet_open("/nowhere");
    const nolfet_status status = nolfet_load(session, blob, bytes);
    printf("%d\t%s\n", status, nolfet_error(session));
    nolfet_close(session);
    free(blob);
  }
  return 0;
}
