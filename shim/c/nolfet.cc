// The C functions: where exceptions become statuses and words.
#include "../nolfet.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <new>

#include "../etnaviv/error.h"
#include "blob.h"
#include "compiler.h"
#include "limits.h"
#include "refusal.h"
#include "session.h"

namespace {

/** What failed last. */
struct Failure {
  std::string text, code, location, expected, found;

  nolfet_fault fault() const {
    return {code.c_str(), location.c_str(), expected.c_str(), found.c_str()};
  }
};

}  // namespace

struct nolfet_session {
  std::string device;
  std::unique_ptr<nolfet::Session> loaded;
  /** Whether a run has failed: what the device still does is not known. */
  bool isBroken = false;
  Failure failure;
  nolfet_log log = nullptr;
  void* user = nullptr;
};

namespace {

using nolfet::phrase;
using nolfet::Refusal;

/** The code of what the kernel refused, as host/devices/device-error.ts has it. */
const char* codeOf(const etnaviv::Error& error) {
  switch (error.number) {
    case ETIMEDOUT:
      return "DEVICE_TIMEOUT";
    case ENOMEM:
    case ENOSPC:
      return "DEVICE_MEMORY";
    case ENODEV:
    case ENXIO:
    case EIO:
      return "DEVICE_LOST";
    default:
      return "DEVICE_REFUSED";
  }
}

/** Does something, and keeps what it failed with; without words where memory for them is short. */
template <typename Act>
nolfet_status attempt(Failure& failure, Act act) noexcept {
  nolfet_status status = NOLFET_MEMORY;
  try {
    try {
      failure = {};
      act();
      return NOLFET_OK;
    } catch (const Refusal& refusal) {
      status = refusal.status;
      failure = {refusal.text, refusal.code, refusal.location, refusal.expected, refusal.found};
    } catch (const etnaviv::Error& error) {
      status = error.number == ETIMEDOUT ? NOLFET_TIMEOUT : NOLFET_DEVICE;
      const std::string found = phrase(error.name, ": ", error.meaning);
      failure = {error.what(), codeOf(error), "", error.call + " to succeed", found};
    } catch (const std::bad_alloc&) {
      failure = {"no memory", "OUT_OF_MEMORY", "", "memory for it", "none"};
    } catch (const std::exception& other) {
      status = NOLFET_INTERNAL;
      failure = {other.what(), "INTERNAL", "", "no fault", other.what()};
    }
  } catch (const std::bad_alloc&) {
    failure = {};
  }
  return status;
}

template <typename... Parts>
void tell(const nolfet_session* session, const Parts&... parts) {
  if (session->log != nullptr) session->log(session->user, phrase(parts...).c_str());
}

/** Tells what is loaded: where it runs, and why operators are left to the CPU. */
void tellLoaded(const nolfet_session* session) {
  const auto& operators = session->loaded->operators();
  size_t onNpu = 0;
  for (const nolfet_operator& one : operators) onNpu += one.on_npu ? 1 : 0;
  const std::string device = session->loaded->device();
  tell(session, onNpu, " of ", operators.size(), " operators on ",
       device.empty() ? "no NPU" : device);
  for (size_t i = 0; i < operators.size(); i++) {
    const auto& [name, isOnNpu, reason] = operators[i];
    if (!isOnNpu) tell(session, "operator ", i, " ", name, " on the CPU: ", reason);
  }
}

void load(nolfet_session* session, std::vector<uint8_t> file) {
  if (session->loaded) {
    throw Refusal(NOLFET_OUT_OF_ORDER, "", "a session without a blob", "one with a blob");
  }
  session->loaded = std::make_unique<nolfet::Session>(std::move(file), session->device);
  tellLoaded(session);
}

/** Reads a file to its end, which a pipe does not announce, but no more than a blob may
 * have. */
std::vector<uint8_t> contents(const char* path) {
  constexpr size_t kPiece = 1 << 20;
  const auto close = [](FILE* file) { std::fclose(file); };
  const std::unique_ptr<FILE, decltype(close)> file(std::fopen(path, "rb"), close);
  std::vector<uint8_t> bytes;
  for (size_t read = kPiece; file != nullptr && read == kPiece;) {
    if (bytes.size() > nolfet::kMostFileBytes) break;
    bytes.resize(bytes.size() + kPiece);
    read = std::fread(bytes.data() + bytes.size() - kPiece, 1, kPiece, file.get());
    bytes.resize(bytes.size() - kPiece + read);
  }
  if (file == nullptr || std::ferror(file.get()) != 0) {
    if (errno == ENOMEM) throw std::bad_alloc();
    throw Refusal(NOLFET_FILE, "", "a file that can be read",
                  phrase(std::strerror(errno), ": ", path));
  }
  return bytes;
}

const nolfet_tensor* at(const std::vector<nolfet_tensor>& tensors, size_t index) {
  return index < tensors.size() ? &tensors[index] : nullptr;
}

}  // namespace

const char* nolfet_version(void) { return nolfet::kVersion; }

namespace {

/** A compilation with what its texts and bytes are kept in. */
struct Compilation : nolfet_compilation {
  std::vector<uint8_t> file;
  Failure failure;
};

}  // namespace

nolfet_compilation* nolfet_compile(const void* model, size_t bytes, const nolfet_options* options) {
  auto made = std::unique_ptr<Compilation>(new (std::nothrow) Compilation);
  if (!made) return nullptr;
  made->status = attempt(made->failure, [&] {
    made->file = nolfet::compileModel(static_cast<const uint8_t*>(model), bytes, *options);
  });
  made->blob = made->file.data();
  made->bytes = made->file.size();
  made->error = made->failure.text.c_str();
  made->fault = made->failure.fault();
  return made.release();
}

void nolfet_compilation_free(nolfet_compilation* compilation) {
  delete static_cast<Compilation*>(compilation);
}

nolfet_session* nolfet_open(const char* device) {
  auto session = std::unique_ptr<nolfet_session>(new (std::nothrow) nolfet_session);
  if (!session) return nullptr;
  const auto named = [&] { session->device = device == nullptr ? "" : device; };
  return attempt(session->failure, named) == NOLFET_OK ? session.release() : nullptr;
}

void nolfet_set_log(nolfet_session* session, nolfet_log log, void* user) {
  session->log = log;
  session->user = user;
}

nolfet_status nolfet_load(nolfet_session* session, const void* blob, size_t bytes) {
  const auto* first = static_cast<const uint8_t*>(blob);
  return attempt(session->failure, [&] {
    nolfet::checkFileBytes(bytes);  // before they are copied
    load(session, {first, first + bytes});
  });
}

nolfet_status nolfet_load_file(nolfet_session* session, const char* path) {
  return attempt(session->failure, [&] { load(session, contents(path)); });
}

const nolfet_tensor* nolfet_input(const nolfet_session* session, size_t index) {
  return session->loaded ? at(session->loaded->inputs(), index) : nullptr;
}

const nolfet_tensor* nolfet_output(const nolfet_session* session, size_t index) {
  return session->loaded ? at(session->loaded->outputs(), index) : nullptr;
}

nolfet_status nolfet_run(nolfet_session* session, uint32_t timeout_milliseconds) {
  return attempt(session->failure, [&] {
    if (!session->loaded || session->isBroken) {
      throw Refusal(NOLFET_OUT_OF_ORDER, "", "a session that can run",
                    session->loaded ? "one that has failed" : "one without a blob");
    }
    session->isBroken = true;
    session->loaded->run(timeout_milliseconds);
    session->isBroken = false;
  });
}

nolfet_status nolfet_reset(nolfet_session* session) {
  return attempt(session->failure, [&] {
    if (!session->loaded) {
      throw Refusal(NOLFET_OUT_OF_ORDER, "", "a session with a blob", "one without");
    }
    session->loaded->reset();
  });
}

const nolfet_operator* nolfet_operator_at(const nolfet_session* session, size_t index) {
  if (!session->loaded || index >= session->loaded->operators().size()) return nullptr;
  return &session->loaded->operators()[index];
}

const char* nolfet_error(const nolfet_session* session) { return session->failure.text.c_str(); }

nolfet_fault nolfet_session_fault(const nolfet_session* session) {
  return session->failure.fault();
}

const char* nolfet_device(const nolfet_session* session) {
  return session->loaded ? session->loaded->device() : "";
}

void nolfet_close(nolfet_session* session) { delete session; }
