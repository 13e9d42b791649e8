#include <string>
#include <vector>

#include "binding.h"
#include "guard.h"

static std::vector<etnaviv::Use> usesOf(const Napi::Array& list) {
  std::vector<etnaviv::Use> uses;
  for (uint32_t i = 0; i < list.Length(); ++i) {
    const Napi::Object use = list.Get(i).ToObject();
    const uint32_t access = use.Get("access").ToNumber();
    uses.push_back({unwrap<Buffer>(use.Get("buffer")).open("GEM_SUBMIT"), access});
  }
  return uses;
}

Napi::Function Device::define(Napi::Env env) {
  return DefineClass(
      env, "Device",
      {InstanceMethod<&Device::parameter>("parameter"),
       InstanceMethod<&Device::allocate>("allocate"), InstanceMethod<&Device::submit>("submit"),
       InstanceMethod<&Device::wait>("wait"), InstanceMethod<&Device::close>("close")});
}

Device::Device(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  const std::string path = info[0].As<Napi::String>();
  guarded(Env(), [&] { opened->device = std::make_shared<etnaviv::Device>(path); });
  const auto& [name, major, minor, patch] = opened->device->driver();
  Napi::Object driver = Napi::Object::New(Env());
  driver.Set("name", name);
  driver.Set("major", major);
  driver.Set("minor", minor);
  driver.Set("patch", patch);
  Value().DefineProperty(Napi::PropertyDescriptor::Value("driver", driver, napi_enumerable));
  Value().TypeTag(&kTag);
}

Napi::Value Device::parameter(const Napi::CallbackInfo& info) {
  const uint32_t pipe = info[0].As<Napi::Number>();
  const uint32_t which = info[1].As<Napi::Number>();
  const auto value = [&] { return opened->open("GET_PARAM")->parameter(pipe, which); };
  return Napi::BigInt::New(Env(), guarded(Env(), value));
}

Napi::Value Device::allocate(const Napi::CallbackInfo& info) {
  return Env().GetInstanceData<Napi::FunctionReference>()->New({Value(), info[0], info[1]});
}

Napi::Value Device::submit(const Napi::CallbackInfo& info) {
  const uint32_t pipe = info[0].As<Napi::Number>();
  return guarded(Env(), [&] {
    // The uses first: reading them may run JavaScript, which may do anything to the stream.
    const std::vector<etnaviv::Use> uses = usesOf(info[2].As<Napi::Array>());
    const auto stream = info[1].As<Napi::TypedArray>();
    const auto* data = static_cast<uint8_t*>(stream.ArrayBuffer().Data()) + stream.ByteOffset();
    const auto& device = opened->open("GEM_SUBMIT");
    return Napi::Number::New(Env(), device->submit(pipe, data, stream.ByteLength(), uses));
  });
}

Napi::Value Device::wait(const Napi::CallbackInfo& info) {
  const uint32_t pipe = info[0].As<Napi::Number>();
  const uint32_t fence = info[1].As<Napi::Number>();
  const etnaviv::Deadline deadline = etnaviv::deadlineIn(info[2].As<Napi::Number>());
  const auto device = guarded(Env(), [&] { return opened->open("WAIT_FENCE"); });
  return Background::run(Env(), [=] { device->wait(pipe, fence, deadline); });
}

void Device::close(const Napi::CallbackInfo&) {
  while (!opened->buffers.empty()) (*opened->buffers.begin())->end();
  opened->device.reset();
}
