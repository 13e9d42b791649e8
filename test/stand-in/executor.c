/*
 * The way to the emulator, which listens on the socket $NOLFET_STAND_IN/executor. A job goes there
 * as one line of JSON; the executor reads and writes the buffers through /proc/PID/fd, and
 * answers with one byte when all is done. Without an executor nothing is done.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "kernel.h"

static int connected(void) {
  static int link = -1;
  if (link >= 0) return link;
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const int length =
      snprintf(address.sun_path, sizeof address.sun_path, "%s/executor", kernel_folder);
  if (length < 0 || (size_t)length >= sizeof address.sun_path) return -1;
  const int file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (file < 0) return -1;
  if (connect(file, (const struct sockaddr*)&address, sizeof address) != 0) {
    syscall(SYS_close, file);
    return -1;
  }
  return link = file;
}

/* The text is to be freed. */
static char* described(const struct job* job, size_t* bytes) {
  char* text = NULL;
  FILE* to = open_memstream(&text, bytes);
  if (!to) return NULL;
  const struct core* core = &job->core;
  fprintf(to, "{\"pid\":%d,\"context\":%llu,\"core\":[%u,%u,%u,%u,%u],\"buffers\":[", getpid(),
          (unsigned long long)job->context, core->model, core->revision, core->product,
          core->customer, core->eco);
  for (uint32_t i = 0; i < job->buffer_count; i++) {
    const struct buffer* buffer = job->buffers[i].buffer;
    fprintf(to, "%s{\"file\":%d,\"address\":%llu,\"bytes\":%llu,\"writable\":%s}", i ? "," : "",
            buffer->memory, (unsigned long long)buffer->address, (unsigned long long)buffer->bytes,
            job->buffers[i].flags & ACCESS_WRITE ? "true" : "false");
  }
  fputs("],\"stream\":\"", to);
  for (uint32_t i = 0; i < job->stream_bytes / 4; i++) fprintf(to, "%08x", job->stream[i]);
  fputs("\"}\n", to);
  if (fclose(to) == 0) return text;
  free(text);
  return NULL;
}

void execute(const struct job* job) {
  const int link = connected();
  if (link < 0) return;
  size_t bytes;
  char* text = described(job, &bytes);
  if (!text) abort();
  for (size_t sent = 0; sent < bytes;) {
    const ssize_t part = send(link, text + sent, bytes - sent, MSG_NOSIGNAL);
    if (part <= 0) break;
    sent += (size_t)part;
  }
  free(text);
  char answer;
  if (recv(link, &answer, 1, 0) != 1) refuse(EIO, "the executor has gone");
}
