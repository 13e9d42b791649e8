#include <string>
#include <vector>

#include "binding.h"
#include "guard.h"

namespace binding {
namespace {

std::vector<etnaviv::Use> usesOf(const Napi::Array& list) {
  std::vector<etnaviv::Use> uses;
  for (uint32_t i = 0; i < list.Length(); ++i) {
    const Napi::Object use = list.Get(i).ToObject();
    const auto& buffer = unwrap<Buffer>(use.Get("buffer")).open("GEM_SUBMIT");
    uses.push_back({buffer, use.Get("access").ToNumber()});
  }
  return uses;
}

Napi::Uint32Array wordsOf(Napi::Value value) {
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_uint32_array) {
    throw Napi::TypeError::New(value.Env(), "expected a Uint32Array");
  }
  return value.As<Napi::Uint32Array>();
}

}  // namespace

const std::shared_ptr<const etnaviv::Device>& Opened::open(const char* call) const {
  if (!device) throw etnaviv::Error(call, EBADF, "the device is closed");
  return device;
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
  const auto fence = [&] {
    // The uses first: to read them may run JavaScript, which may do anything to the stream.
    const std::vector<etnaviv::Use> uses = usesOf(info[2].As<Napi::Array>());
    const Napi::Uint32Array stream = wordsOf(info[1]);
    const auto& device = opened->open("GEM_SUBMIT");
    return device->submit(pipe, stream.Data(), stream.ElementLength(), uses);
  };
  return Napi::Number::New(Env(), guarded(Env(), fence));
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

}  // namespace binding
