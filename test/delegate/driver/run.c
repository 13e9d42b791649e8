/*
 * Runs a model once in TensorFlow Lite with a delegate, as programs do that load one by its path:
 *
 *   run MODEL INPUTS OUTPUTS DELEGATE [KEY=VALUE...]
 *
 * Files of inputs and outputs are the tensors' bytes, one after the other. Without a delegate: "".
 */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

/* TFLite's C interface, as far as it is used here. */
typedef struct TfLiteTensor TfLiteTensor;
void *TfLiteModelCreateFromFile(const char *path);
void TfLiteModelDelete(void *model);
void *TfLiteInterpreterOptionsCreate(void);
void TfLiteInterpreterOptionsDelete(void *options);
void TfLiteInterpreterOptionsAddDelegate(void *options, void *delegate);
void *TfLiteInterpreterCreate(const void *model, const void *options);
void TfLiteInterpreterDelete(void *interpreter);
int TfLiteInterpreterAllocateTensors(void *interpreter);
int TfLiteInterpreterInvoke(void *interpreter);
int TfLiteInterpreterGetInputTensorCount(const void *interpreter);
TfLiteTensor *TfLiteInterpreterGetInputTensor(const void *interpreter, int index);
int TfLiteInterpreterGetOutputTensorCount(const void *interpreter);
const TfLiteTensor *TfLiteInterpreterGetOutputTensor(const void *interpreter, int index);
size_t TfLiteTensorByteSize(const TfLiteTensor *tensor);
void *TfLiteTensorData(const TfLiteTensor *tensor);

typedef void *create_delegate(char **keys, char **values, size_t count, void (*report)(const char *));
typedef void destroy_delegate(void *delegate);

static void report(const char *line) { fprintf(stderr, "%s\n", line); }

static int fail(const char *what) {
  fprintf(stderr, "no %s\n", what);
  return 1;
}

static int run(void *interpreter, const char *in, const char *out) {
  FILE *inputs = fopen(in, "rb"), *outputs = fopen(out, "wb");
  if (!inputs || !outputs) return fail("files");
  if (TfLiteInterpreterAllocateTensors(interpreter) != 0) return fail("tensors");
  for (int i = 0; i < TfLiteInterpreterGetInputTensorCount(interpreter); i++) {
    const TfLiteTensor *input = TfLiteInterpreterGetInputTensor(interpreter, i);
    const size_t bytes = TfLiteTensorByteSize(input);
    if (fread(TfLiteTensorData(input), 1, bytes, inputs) != bytes) return fail("input");
  }
  if (TfLiteInterpreterInvoke(interpreter) != 0) return fail("run");
  for (int i = 0; i < TfLiteInterpreterGetOutputTensorCount(interpreter); i++) {
    const TfLiteTensor *output = TfLiteInterpreterGetOutputTensor(interpreter, i);
    fwrite(TfLiteTensorData(output), 1, TfLiteTensorByteSize(output), outputs);
  }
  fclose(inputs);
  fclose(outputs);
  return 0;
}

/* Null where it refuses its options, and says so. */
static void *create(void *library, int count, char **pairs) {
  char *keys[16], *values[16];
  for (int i = 0; i < count; i++) {
    char *equals = strchr(pairs[i], '=');
    *equals = 0;
    keys[i] = pairs[i];
    values[i] = equals + 1;
  }
  create_delegate *entry = (create_delegate *)dlsym(library, "tflite_plugin_create_delegate");
  return entry ? entry(keys, values, count, report) : NULL;
}

int main(int count, char **arguments) {
  if (count < 5 || count > 20) return fail("arguments");
  const char *path = arguments[4];
  void *library = *path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
  if (*path && !library) return fail(dlerror());
  void *delegate = library ? create(library, count - 5, arguments + 5) : NULL;
  if (library && !delegate) return fail("delegate");
  void *model = TfLiteModelCreateFromFile(arguments[1]);
  void *settings = TfLiteInterpreterOptionsCreate();
  if (delegate) TfLiteInterpreterOptionsAddDelegate(settings, delegate);
  void *interpreter = model ? TfLiteInterpreterCreate(model, settings) : NULL;
  const int status = interpreter ? run(interpreter, arguments[2], arguments[3]) : fail("interpreter");
  if (interpreter) TfLiteInterpreterDelete(interpreter);
  TfLiteInterpreterOptionsDelete(settings);
  if (model) TfLiteModelDelete(model);
  if (delegate) {
    ((destroy_delegate *)dlsym(library, "tflite_plugin_destroy_delegate"))(delegate);
  }
  return status;
}
