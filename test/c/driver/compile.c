/*
 * Compiles the model on the input for the target that is the first argument, and writes the blob to
 * the output; or says what is wrong in parts, a line each, and gives the status.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../../shim/nolfet.h"

enum { MOST_BYTES = 64 << 20 };

int main(int count, char **arguments) {
  static unsigned char model[MOST_BYTES];
  const size_t bytes = fread(model, 1, sizeof model, stdin);
  const nolfet_options options = {.target = count > 1 ? arguments[1] : NULL};
  nolfet_compilation *made = nolfet_compile(model, bytes, &options);
  if (!made) return 100;
  const nolfet_status status = made->status;
  const nolfet_fault fault = made->fault;
  if (status == NOLFET_OK) {
    fwrite(made->blob, 1, made->bytes, stdout);
  } else {
    printf("%s\n%s\n%s\n%s\n", fault.code, fault.location, fault.expected, fault.found);
  }
  nolfet_compilation_free(made);
  return (int)status;
}
