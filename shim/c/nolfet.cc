// The C functions: where exceptions become statuses and words.
#include "../nolfet.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <new>

#include "../etnaviv/error.h"
#include "blob.h"
#include "limits.h"
#include "refusal.h"
#include "session.h"

struct nolfet_session {
  std::string node;
  std::unique_ptr<nolfet::Session> loaded;
  /** Whether a run has failed: what the device still does is not known. */
  bool isBroken = false;
  std::string error;
};

namespace {

using nolfet::phrase;
using nolfet::Refusal;

nolfet_status fail(nolfet_session* session, nolfet_status status, const char* text) {
  try {
    session->error = text;
  } catch (const std::bad_alloc&) {
    session->error.clear();
  }
  return status;
}

template <typename Act>
nolfet_status attempt(nolfet_session* session, Act act) {
  try {
    session->error.clear();
    act();
    return NOLFET_OK;
  } catch (const Refusal& refusal) {
    return fail(session, refusal.status, refusal.what());
  } catch (const etnaviv::Error& error) {
    const bool late = error.number == ETIMEDOUT;
    return fail(session, late ? NOLFET_TIMEOUT : NOLFET_DEVICE, error.what());
  } catch (const std::bad_alloc&) {
    return fail(session, NOLFET_DEVICE, "no memory");
  } catch (const std::exception& other) {
    return fail(session, NOLFET_DEVICE, other.what());
  }
}

void load(nolfet_session* session, std::vector<uint8_t> file) {
  if (session->loaded) {
    throw Refusal(NOLFET_OUT_OF_ORDER, "expected a session without a blob, found one with a blob");
  }
  session->loaded = std::make_unique<nolfet::Session>(std::move(file), session->node);
}

/** Reads a file to its end, which a pipe does not tell beforehand, but no more than a blob may
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
    throw Refusal(NOLFET_FILE, phrase("cannot read ", path, ": ", std::strerror(errno)));
  }
  return bytes;
}

const nolfet_tensor* at(const std::vector<nolfet_tensor>& tensors, size_t index) {
  return index < tensors.size() ? &tensors[index] : nullptr;
}

}  // namespace

nolfet_session* nolfet_open(const char* node) {
  auto session = std::unique_ptr<nolfet_session>(new (std::nothrow) nolfet_session);
  if (!session) return nullptr;
  const auto named = [&] { session->node = node == nullptr ? "" : node; };
  return attempt(session.get(), named) == NOLFET_OK ? session.release() : nullptr;
}

nolfet_status nolfet_load(nolfet_session* session, const void* blob, size_t bytes) {
  const auto* first = static_cast<const uint8_t*>(blob);
  return attempt(session, [&] {
    nolfet::checkFileBytes(bytes);  // before they are copied
    load(session, {first, first + bytes});
  });
}

nolfet_status nolfet_load_file(nolfet_session* session, const char* path) {
  return attempt(session, [&] { load(session, contents(path)); });
}

const nolfet_tensor* nolfet_input(const nolfet_session* session, size_t index) {
  return session->loaded ? at(session->loaded->inputs(), index) : nullptr;
}

const nolfet_tensor* nolfet_output(const nolfet_session* session, size_t index) {
  return session->loaded ? at(session->loaded->outputs(), index) : nullptr;
}

nolfet_status nolfet_run(nolfet_session* session, uint32_t timeout_milliseconds) {
  return attempt(session, [&] {
    if (!session->loaded || session->isBroken) {
      throw Refusal(NOLFET_OUT_OF_ORDER,
                    phrase("expected a session that can run, found one ",
                           session->loaded ? "that has failed" : "without a blob"));
    }
    session->isBroken = true;
    session->loaded->run(timeout_milliseconds);
    session->isBroken = false;
  });
}

nolfet_status nolfet_reset(nolfet_session* session) {
  return attempt(session, [&] {
    if (!session->loaded) {
      const char* const expected = "expected a session with a blob, found one without";
      throw Refusal(NOLFET_OUT_OF_ORDER, expected);
    }
    session->loaded->reset();
  });
}

const char* nolfet_error(const nolfet_session* session) { return session->error.c_str(); }

const char* nolfet_device(const nolfet_session* session) {
  return session->loaded ? session->loaded->device().c_str() : "";
}

void nolfet_close(nolfet_session* session) { delete session; }
