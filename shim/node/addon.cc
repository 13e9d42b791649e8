#include "binding.h"

static Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  const Napi::Function buffer = Buffer::define(env);
  env.SetInstanceData(new Napi::FunctionReference(Napi::Persistent(buffer)));
  exports.Set("Device", Device::define(env));
  return exports;
}

NODE_API_MODULE(nolfet, initialize)
