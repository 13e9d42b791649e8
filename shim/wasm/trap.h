/* Where a thread goes on when Wasm traps. */
#ifndef NOLFET_TRAP_H
#define NOLFET_TRAP_H

#include <setjmp.h>

#ifdef __cplusplus
extern "C" {
#endif

struct nolfet_trap {
  jmp_buf target;
  int code;                  /* a wasm_rt_trap_t, or below */
  struct nolfet_trap* outer; /* of a call that this one lies in */
};

/* The code for `abort`, by which nolfet's own checks end. */
enum { NOLFET_TRAP_ABORT = 1000 };

/* The innermost one of this thread; null outside of calls into Wasm. */
extern __thread struct nolfet_trap* nolfet_trap_handler;

#ifdef __cplusplus
}
#endif

#endif
