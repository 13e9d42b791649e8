// What crosses from the core to JavaScript: its errors, and the end of its waits.
#pragma once

#include <napi.h>

#include <exception>
#include <functional>
#include <utility>

#include "../etnaviv/error.h"

/** What was thrown, as JavaScript's error; for a failed call with its name and errno. */
inline Napi::Error errorOf(Napi::Env env, const std::exception& thrown) {
  Napi::Error result = Napi::Error::New(env, thrown.what());
  if (const auto* error = dynamic_cast<const etnaviv::Error*>(&thrown)) {
    result.Set("ioctl", error->call);
    result.Set("errno", Napi::Number::New(env, error->number));
    result.Set("errnoName", error->name);
    result.Set("meaning", error->meaning);
  }
  return result;
}

/**
 * Does the work; a call that fails is thrown as JavaScript's error. Anything else that C++ throws,
 * here or elsewhere, std::bad_alloc above all, is Node-API's to pass on, with its words.
 */
template <typename Work>
auto guarded(Napi::Env env, Work work) {
  try {
    return work();
  } catch (const etnaviv::Error& error) {
    throw errorOf(env, error);
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
    } catch (...) {
      failure_ = std::current_exception();
    }
  }

  void OnOK() override {
    if (!failure_) return deferred_.Resolve(Env().Undefined());
    try {
      std::rethrow_exception(failure_);
    } catch (const std::exception& thrown) {
      deferred_.Reject(errorOf(Env(), thrown).Value());
    }
  }

  std::function<void()> wait_;
  std::exception_ptr failure_;
  Napi::Promise::Deferred deferred_;
};
