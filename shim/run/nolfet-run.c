/* Runs a .nolf blob on the NPU: raw tensors from files, raw tensors to files. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "../nolfet.h"

static const char HELP[] =
    "Usage: nolfet-run [options] BLOB.nolf\n"
    "\n"
    "Runs a blob: on the NPU, and runs CPU segments on the CPU. Without an input the blob is "
    "only\n"
    "loaded.\n"
    "\n"
    "  -d, --device PATH     the render node, or \"emulator\"; else the first node with the blob's "
    "core\n"
    "  -i, --input FILE      raw bytes of an input, in its type and layout (NHWC); once for each\n"
    "  -o, --output-dir DIR  write raw outputs there as out0.bin, out1.bin, ...\n"
    "  -t, --timeout MS      of a run (default: 10000)\n"
    "  -h, --help\n";

enum { REFUSED = 1, WRONG_USAGE = 2 };

struct options {
  const char *device, *output_folder, *blob;
  uint32_t timeout;
  const char** inputs;
  int input_count;
};

static int refused(const char* about, const char* text) {
  fprintf(stderr, "nolfet-run: %s: %s\n", about, text);
  return REFUSED;
}

static double milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* A name from the file, with control characters in its UTF-8 escaped: \u001b for the character. */
static void print_name(const char* name) {
  for (const unsigned char* at = (const unsigned char*)name; *at; at++) {
    const int is_high = at[0] == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0;
    if (is_high) at++;
    if (is_high || *at < 0x20 || *at == 0x7f) {
      printf("\\u%04x", *at);
    } else {
      putchar(*at);
    }
  }
}

static void print_tensor(const char* kind, const nolfet_tensor* tensor) {
  static const char* const names[] = {"uint8",   "int8",    "int16",   "int32", "int64",
                                      "float16", "float32", "float64", "bool"};
  const size_t dtype = (size_t)tensor->dtype;
  const char* const type = dtype < sizeof names / sizeof *names ? names[dtype] : "other";
  printf("%-8s ", kind);
  print_name(tensor->name);
  printf(" %s ", type);
  for (size_t i = 0; i < tensor->rank; i++) printf("%s%d", i ? "x" : "", tensor->shape[i]);
  printf(", scale %g, zero point %lld\n", tensor->scale, (long long)tensor->zero_point);
}

/* Every tensor of the blob, and that there are as many inputs as files. */
static int describe(const nolfet_session* session, const struct options* options) {
  const char* const device = nolfet_device(session);
  printf("device   %s\n", *device ? device : "none");
  const nolfet_tensor* tensor;
  int inputs = 0;
  for (; (tensor = nolfet_input(session, (size_t)inputs)); inputs++) print_tensor("input", tensor);
  for (size_t i = 0; (tensor = nolfet_output(session, i)); i++) print_tensor("output", tensor);
  if (options->input_count == 0 || options->input_count == inputs) return 0;
  fprintf(stderr, "nolfet-run: expected %d inputs, found %d\n", inputs, options->input_count);
  return REFUSED;
}

/* The file holds the tensor's bytes, and no more. */
static int read_tensor(const char* path, const nolfet_tensor* tensor) {
  FILE* file = fopen(path, "rb");
  if (!file) return refused(path, strerror(errno));
  const size_t found = fread(tensor->data, 1, tensor->bytes, file);
  const int more = fgetc(file) != EOF;
  const int error = ferror(file) ? errno : 0;
  fclose(file);
  if (error) return refused(path, strerror(error));
  if (found == tensor->bytes && !more) return 0;
  fprintf(stderr, "nolfet-run: %s: expected %zu bytes, found %s\n", path, tensor->bytes,
          more ? "more" : "fewer");
  return REFUSED;
}

static int write_tensor(const char* folder, size_t index, const nolfet_tensor* tensor) {
  char path[4096];
  snprintf(path, sizeof path, "%s/out%zu.bin", folder, index);
  FILE* file = fopen(path, "wb");
  if (!file) return refused(path, strerror(errno));
  const size_t written = fwrite(tensor->data, 1, tensor->bytes, file);
  if (fclose(file) != 0 || written != tensor->bytes) return refused(path, strerror(errno));
  return 0;
}

static int run(nolfet_session* session, const struct options* options) {
  for (int i = 0; i < options->input_count; i++) {
    const int status = read_tensor(options->inputs[i], nolfet_input(session, (size_t)i));
    if (status != 0) return status;
  }
  const double begin = milliseconds();
  if (nolfet_run(session, options->timeout) != NOLFET_OK) {
    return refused(options->blob, nolfet_error(session));
  }
  printf("run      %.3f ms\n", milliseconds() - begin);
  if (!options->output_folder) return 0;
  if (mkdir(options->output_folder, 0777) != 0 && errno != EEXIST) {
    return refused(options->output_folder, strerror(errno));
  }
  const nolfet_tensor* tensor;
  for (size_t i = 0; (tensor = nolfet_output(session, i)); i++) {
    const int status = write_tensor(options->output_folder, i, tensor);
    if (status != 0) return status;
  }
  return 0;
}

static int load_and_run(nolfet_session* session, const struct options* options) {
  const double begin = milliseconds();
  if (nolfet_load_file(session, options->blob) != NOLFET_OK) {
    return refused(options->blob, nolfet_error(session));
  }
  printf("load     %.3f ms\n", milliseconds() - begin);
  const int status = describe(session, options);
  return status != 0 || options->input_count == 0 ? status : run(session, options);
}

/* Gives 0, or the exit code after what it has printed. */
static int parse(int count, char** arguments, struct options* options) {
  static const struct option known[] = {
      {"device", required_argument, NULL, 'd'},
      {"input", required_argument, NULL, 'i'},
      {"output-dir", required_argument, NULL, 'o'},
      {"timeout", required_argument, NULL, 't'},
      {"help", no_argument, NULL, 'h'},
      {0},
  };
  char* end = "";
  for (int option; (option = getopt_long(count, arguments, "d:i:o:t:h", known, NULL)) != -1;) {
    if (option == 'd') options->device = optarg;
    if (option == 'i') options->inputs[options->input_count++] = optarg;
    if (option == 'o') options->output_folder = optarg;
    if (option == 't') options->timeout = (uint32_t)strtoul(optarg, &end, 10);
    if (option == 'h') fputs(HELP, stdout), exit(0);
    if (option == '?' || *end != '\0') return fputs(HELP, stderr), WRONG_USAGE;
  }
  if (optind != count - 1) return fputs(HELP, stderr), WRONG_USAGE;
  options->blob = arguments[optind];
  return 0;
}

int main(int count, char** arguments) {
  const char* inputs[count]; /* more than there can be */
  struct options options = {.timeout = 10000, .inputs = inputs};
  const int wrong = parse(count, arguments, &options);
  if (wrong != 0) return wrong;
  nolfet_session* session = nolfet_open(options.device);
  if (!session) return refused(options.blob, "no memory");
  const int status = load_and_run(session, &options);
  nolfet_close(session);
  return status;
}
