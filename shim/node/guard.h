// What crosses from the core to JavaScript: its errors, and the end of its waits.
#pragma once

#include <napi.h>

#include <cerrno>
#include <functional>
#include <new>
#include <optional>
#include <utility>

#include "../etnaviv/error.h"

inline Napi::Error errorOf(Napi::Env env, const etnaviv::Error& error) {
  Napi::Error result = Napi::Error::New(env, error.what());
  result.Set("ioctl", error.call);
  result.Set("errno", Napi::Number::New(env, error.number));
  result.Set("errnoName", error.name);
  result.Set("meaning", error.meaning);
  return result;
}

/** Does the work; what it throws is thrown as JavaScript's. */
template <typename Work>
auto guarded(Napi::Env env, Work work) {
  try {
    return work();
  } catch (const etnaviv::Error& error) {
    throw errorOf(env, error);
  } catch (const std::bad_alloc&) {
    throw errorOf(env, etnaviv::Error("malloc", ENOMEM));
  }
}

/** A wait, on a thread of Node's pool. It keeps alive what it uses, and deletes itself. */
class Background : public Napi::AsyncWorker {
 public:
  static Napi::Promise run(Napi::Env env, std::function<void()> wait) {
    return (new Background(env, std::move(wait)))->deferred_.Promise();
  }

 private:
  Background(Napi::Env env, std::function<void()> wait)
      : AsyncWorker(env), wait_(std::move(wait)), deferred_(env) {
    Queue();
  }

  void Execute() override {
    try {
      wait_();
    } catch (const etnaviv::Error& error) {
      failure_ = error;
    }
  }

  void OnOK() override {
    if (failure_) return deferred_.Reject(errorOf(Env(), *failure_).Value());
    deferred_.Resolve(Env().Undefined());
  }

  std::function<void()> wait_;
  std::optional<etnaviv::Error> failure_;
  Napi::Promise::Deferred deferred_;
};
