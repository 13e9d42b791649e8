/*
 * nolfet without Node: compiles models, and runs .nolf blobs on Linux: NPU segments by the kernel
 * driver etnaviv or on the emulator, CPU segments on the CPU.
 *
 * Everything that can fail gives a status; nolfet_error says in words what it was, and
 * nolfet_session_fault in parts. One session is used by one thread at a time; several sessions know
 * nothing of each other.
 */
#ifndef NOLFET_H
#define NOLFET_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

typedef enum nolfet_status {
  NOLFET_OK,
  NOLFET_BAD_BLOB,     /* no .nolf file, a damaged one, or one that would do what is not known */
  NOLFET_ON_CPU,       /* an operator left to the CPU that none of nolfet's kernels runs */
  NOLFET_NO_DEVICE,    /* no render node, or none with the blob's core */
  NOLFET_DEVICE,       /* a call that the kernel refused */
  NOLFET_TIMEOUT,      /* a run that did not end in time; the session can only be closed */
  NOLFET_FILE,         /* a file that cannot be read */
  NOLFET_OUT_OF_ORDER, /* a session that holds a blob already, or none, or that has failed */
  NOLFET_BAD_MODEL,    /* no model, a damaged one, or one that nolfet does not take */
  NOLFET_BAD_OPTION,   /* a target that is not known, or options that do not go together */
  NOLFET_MEMORY,       /* memory that is used up */
  NOLFET_INTERNAL      /* a fault of nolfet itself */
} nolfet_status;

/* Numbered as in nolf.fbs. */
typedef enum nolfet_dtype {
  NOLFET_UINT8,
  NOLFET_INT8,
  NOLFET_INT16,
  NOLFET_INT32,
  NOLFET_INT64,
  NOLFET_FLOAT16,
  NOLFET_FLOAT32,
  NOLFET_FLOAT64,
  NOLFET_BOOL
} nolfet_dtype;

/*
 * An input or output: NHWC, dense. Its real values are scale * (element - zero_point); the scale is
 * 0 where there is none, or more than one.
 *
 * The data of uint8 tensors are the device's own memory, where the blob's whole network is one
 * segment on the NPU: an input's are used up by a run, and must be written before each one.
 */
typedef struct nolfet_tensor {
  const char* name;
  nolfet_dtype dtype;
  const int32_t* shape;
  size_t rank;
  float scale;
  int64_t zero_point;
  void* data;
  size_t bytes;
} nolfet_tensor;

/* What went wrong, in parts. The texts are "" where nothing failed, or where a part
 * is missing. */
typedef struct nolfet_fault {
  const char*
      code; /* the kind: "MALFORMED", "NO_DEVICE" and so on, as NolfetError's of the package */
  const char* location; /* "operator 3", "byte 40" */
  const char* expected;
  const char* found;
} nolfet_fault;

/* The version of the library: "0.1.0". */
const char* nolfet_version(void);

/* Flags of a compilation. */
enum {
  NOLFET_STRICT = 2,         /* only jobs that are proven on silicon */
  NOLFET_ALLOW_UNPROVEN = 4, /* unproven jobs, too */
  NOLFET_CPU_ONLY = 8,       /* nothing on the NPU, for comparisons */
  NOLFET_EXPOSE_ALL = 16     /* every computed tensor is an output, for comparisons */
};

/* What a compilation takes besides the model; all but the target may be 0 or null. */
typedef struct nolfet_options {
  const char* target; /* the name of a core: "a311d", "imx8mp" */
  uint32_t flags;
  uint32_t job_budget;    /* jobs for layers with a scale for each channel; 0: the usual number */
  const char* stop_at;    /* the name of the tensor to end at */
  const void* statistics; /* what `nolfet calibrate` wrote of the model */
  size_t statistics_bytes;
} nolfet_options;

/* What came of a compilation: a blob, or (where the status is not NOLFET_OK) what was wrong. */
typedef struct nolfet_compilation {
  nolfet_status status;
  const void* blob;
  size_t bytes;
  const char* error; /* in words; "" where nothing failed */
  nolfet_fault fault;
} nolfet_compilation;

/*
 * Compiles a .tflite model: the same bytes as the package's compiler makes of it. Nothing of the
 * arguments is used later. Null only where memory is used up; end it with nolfet_compilation_free.
 */
nolfet_compilation* nolfet_compile(const void* model, size_t bytes, const nolfet_options* options);
void nolfet_compilation_free(nolfet_compilation* compilation);

/* A session: one open render node or emulated core, with one blob loaded into it. */
typedef struct nolfet_session nolfet_session;

/*
 * Begins a session on a render node, on the emulator ("emulator"), or (null) on the first node that
 * has the core of the blob that is loaded. The node is not opened before, and not at all for a blob
 * with nothing on the NPU. Null only where memory is used up.
 */
nolfet_session* nolfet_open(const char* device);

/* Has a session tell what it does, a line at a time, from now on; null ends that. */
typedef void (*nolfet_log)(void* user, const char* line);
void nolfet_set_log(nolfet_session* session, nolfet_log log, void* user);

/* Loads a blob. Nothing of `blob` is used later. */
nolfet_status nolfet_load(nolfet_session* session, const void* blob, size_t bytes);
nolfet_status nolfet_load_file(nolfet_session* session, const char* path);

/* Of the model, in its order; null beyond the last one. They live as long as the session. */
const nolfet_tensor* nolfet_input(const nolfet_session* session, size_t index);
const nolfet_tensor* nolfet_output(const nolfet_session* session, size_t index);

/*
 * Runs the network once, and waits for its end. What the model keeps between runs (variables, as
 * streaming models have them) is each session's own.
 */
nolfet_status nolfet_run(nolfet_session* session, uint32_t timeout_milliseconds);

/* Brings what the model keeps between runs back to what the first run began with. */
nolfet_status nolfet_reset(nolfet_session* session);

/* An operator of the model, and where it runs. */
typedef struct nolfet_operator {
  const char* name; /* "CONV_2D" */
  int on_npu;
  const char* reason; /* why it is left to the CPU; "" on the NPU */
} nolfet_operator;

/* In the model's order; null beyond the last one. They live as long as the session. */
const nolfet_operator* nolfet_operator_at(const nolfet_session* session, size_t index);

/* What failed last, in words; "" where nothing did. */
const char* nolfet_error(const nolfet_session* session);

/* The same in parts, good until the session's next call. */
nolfet_fault nolfet_session_fault(const nolfet_session* session);

/* The device in use: node, pipe and core; or "emulator". "" before a blob is loaded, and without
 * one. */
const char* nolfet_device(const nolfet_session* session);

/* Ends a session, and frees all it holds. Null is allowed. */
void nolfet_close(nolfet_session* session);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
