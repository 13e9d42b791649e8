#include "binding.h"
#include "guard.h"

Napi::Function Buffer::define(Napi::Env env) {
  return DefineClass(
      env, "Buffer",
      {InstanceMethod<&Buffer::prepare>("prepare"), InstanceMethod<&Buffer::finish>("finish"),
       InstanceMethod<&Buffer::close>("close")});
}

Buffer::Buffer(const Napi::CallbackInfo& info)
    : ObjectWrap(info), opened_(unwrap<Device>(info[0]).opened) {
  const int64_t bytes = info[1].As<Napi::Number>();
  const int64_t address = info[2].As<Napi::Number>();
  guarded(Env(), [&] {
    buffer_ = std::make_shared<etnaviv::Buffer>(opened_->open("GEM_NEW"), bytes, address);
  });
  // The view shares the memory, which so stays for as long as anything reaches it: until the
  // buffer is closed, or for longer where JavaScript has transferred the view.
  const auto release = [memory = buffer_->memory()](Napi::Env, void*) {};
  const auto view = Napi::ArrayBuffer::New(Env(), buffer_->memory().get(), bytes, release);
  view_ = Napi::Persistent(view);

  const auto constant = [&](const char* name, Napi::Value value) {
    Value().DefineProperty(Napi::PropertyDescriptor::Value(name, value, napi_enumerable));
  };
  constant("handle", Napi::Number::New(Env(), buffer_->handle));
  constant("bytes", info[1]);
  constant("address", info[2]);
  constant("view", view);
  Value().TypeTag(&kTag);
  opened_->buffers.insert(this);
}

Napi::Value Buffer::prepare(const Napi::CallbackInfo& info) {
  const uint32_t access = info[0].As<Napi::Number>();
  const etnaviv::Deadline deadline = etnaviv::deadlineIn(info[1].As<Napi::Number>());
  const auto buffer = guarded(Env(), [&] { return open("GEM_CPU_PREP"); });
  return Background::run(Env(), [=] { buffer->prepare(access, deadline); });
}

void Buffer::finish(const Napi::CallbackInfo&) {
  guarded(Env(), [&] { open("GEM_CPU_FINI")->finish(); });
}

void Buffer::end() {
  if (!buffer_) return;
  opened_->buffers.erase(this);
  if (Napi::ArrayBuffer view = view_.Value(); !view.IsDetached()) view.Detach();
  view_.Reset();
  buffer_.reset();
}
