/*
 * nolfet without Node: runs .nolf blobs whose operators are all on the NPU, on Linux with the
 * kernel driver etnaviv.
 *
 * Everything that can fail gives a status, and nolfet_error tells in words what it was. One session
 * is used by one thread at a time; several sessions know nothing of each other.
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
  NOLFET_BAD_BLOB,    /* no .nolf file, a damaged one, or one that would do what is not known */
  NOLFET_ON_CPU,      /* a blob with operators that are not on the NPU */
  NOLFET_NO_DEVICE,   /* no render node, or none with the blob's core */
  NOLFET_DEVICE,      /* a call that the kernel refused */
  NOLFET_TIMEOUT,     /* a run that did not end in time; the session can only be closed */
  NOLFET_FILE,        /* a file that cannot be read */
  NOLFET_OUT_OF_ORDER /* a session that holds a blob already, or none, or that has failed */
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
 * segment: an input's are used up by a run, and must be written before each one.
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

/* A session: one open render node, with one blob loaded into it. */
typedef struct nolfet_session nolfet_session;

/*
 * Begins a session on a render node, or (null) on the first one that has the core of the blob that
 * is loaded. The node is not opened before. Null only where memory is used up.
 */
nolfet_session* nolfet_open(const char* node);

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

/* What failed last, in words; "" where nothing did. */
const char* nolfet_error(const nolfet_session* session);

/* The device in use: node, pipe and core. "" before a blob is loaded. */
const char* nolfet_device(const nolfet_session* session);

/* Ends a session, and frees all it holds. Null is allowed. */
void nolfet_close(nolfet_session* session);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
