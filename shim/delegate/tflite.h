// The part of TensorFlow Lite's binary interface that an external delegate meets, as TFLite 2.5 and
// newer have it (LiteRT 1 included). Members are named as in its public C headers; what a delegate
// does not use is left out at the end, and counted where later members depend on it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace nolfet::tflite {

enum Status : int { kOk = 0, kError = 1, kDelegateError = 2 };

/** Values of TfLiteTensor::allocation_type: the bytes lie in the model's file. */
constexpr int kMmapRo = 1;

/** TfLiteIntArray and TfLiteFloatArray: a count with its elements after it. */
template <typename T>
struct Array {
  int size;
  T data[1];

  const T* begin() const { return data; }
  const T* end() const { return data + size; }
};
using IntArray = Array<int>;

struct AffineQuantization {
  Array<float>* scale;
  IntArray* zero_point;
  int32_t quantized_dimension;
};

struct Tensor {
  int type;
  void* data;
  IntArray* dims;
  struct {
    float scale;
    int32_t zero_point;
  } params;
  int allocation_type;
  size_t bytes;
  const void* allocation;
  const char* name;
  struct Delegate* delegate;
  int buffer_handle;
  bool data_is_stale;
  bool is_variable;
  struct {
    int type;  // 1: params is an AffineQuantization
    void* params;
  } quantization;
  void* sparsity;
  const IntArray* dims_signature;
};

struct TfLiteNode {
  IntArray* inputs;
  IntArray* outputs;
  IntArray* intermediates;
  IntArray* temporaries;
  void* user_data;
  void* builtin_data;
};

struct TfLiteContext {
  size_t tensors_size;
  Status (*GetExecutionPlan)(TfLiteContext*, IntArray** plan);
  Tensor* tensors;
  void* impl;
  Status (*ResizeTensor)(TfLiteContext*, Tensor*, IntArray*);
  void (*ReportError)(TfLiteContext*, const char* format, ...);
  Status (*AddTensors)(TfLiteContext*, int, int*);
  Status (*GetNodeAndRegistration)(TfLiteContext*, int node, TfLiteNode**, struct Registration**);
  Status (*ReplaceNodeSubsetsWithDelegateKernels)(TfLiteContext*, struct Registration,
                                                  const IntArray* nodes, struct Delegate*);
};

/**
 * Given by value. Newer versions have more members at the end; these read zeros, and older ones
 * read less: both calling conventions (x86-64, AArch64) pass a structure of this size in memory.
 */
struct Registration {
  void* (*init)(TfLiteContext*, const char* buffer, size_t length);
  void (*free)(TfLiteContext*, void* buffer);
  Status (*prepare)(TfLiteContext*, TfLiteNode*);
  Status (*invoke)(TfLiteContext*, TfLiteNode*);
  const char* (*profiling_string)(const TfLiteContext*, const TfLiteNode*);
  int32_t builtin_code;
  const char* custom_name;
  int version;
  void* newer[8];
};

/** What `init` of a delegate's kernel is given as its buffer. */
struct DelegateParams {
  struct Delegate* delegate;
  IntArray* nodes_to_replace;
  IntArray* input_tensors;
  IntArray* output_tensors;
};

struct Delegate {
  void* data;
  Status (*Prepare)(TfLiteContext*, Delegate*);
  Status (*CopyFromBufferHandle)(TfLiteContext*, Delegate*, int, Tensor*);
  Status (*CopyToBufferHandle)(TfLiteContext*, Delegate*, int, Tensor*);
  void (*FreeBufferHandle)(TfLiteContext*, Delegate*, int*);
  int64_t flags;
  void* newer[8];
};

}  // namespace nolfet::tflite
