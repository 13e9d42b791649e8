#include <string>

#include "binding.h"
#include "guard.h"

namespace binding {
namespace {

/**
 * The buffer's bytes, not copied. The view shares their mapping, which is undone once nothing
 * reaches it: when the buffer is closed, or later where JavaScript has transferred the view.
 */
Napi::ArrayBuffer viewOf(Napi::Env env, const etnaviv::Buffer& buffer) {
  using Share = std::shared_ptr<const etnaviv::Mapping>;
  auto share = std::make_unique<Share>(buffer.mapping());
  const auto release = [](Napi::Env, void*, Share* held) { delete held; };
  void* data = buffer.mapping()->data();
  auto view = Napi::ArrayBuffer::New(env, data, buffer.bytes(), release, share.get());
  share.release();
  return view;
}

}  // namespace

Napi::Function Buffer::define(Napi::Env env) {
  return DefineClass(
      env, "Buffer",
      {InstanceMethod<&Buffer::prepare>("prepare"), InstanceMethod<&Buffer::finish>("finish"),
       InstanceMethod<&Buffer::close>("close")});
}

Buffer::Buffer(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  opened_ = unwrap<Device>(info[0]).opened;
  const int64_t bytes = info[1].As<Napi::Number>();
  const int64_t address = info[2].As<Napi::Number>();
  guarded(Env(), [&] {
    const auto& device = opened_->open("GEM_NEW");
    buffer_ = std::make_shared<etnaviv::Buffer>(device, bytes, address);
  });
  const Napi::ArrayBuffer view = viewOf(Env(), *buffer_);
  view_ = Napi::Persistent(view);
  opened_->buffers.insert(this);

  const auto define = [&](const char* name, Napi::Value value) {
    Value().DefineProperty(Napi::PropertyDescriptor::Value(name, value, napi_enumerable));
  };
  define("handle", Napi::Number::New(Env(), buffer_->handle()));
  define("bytes", Napi::Number::New(Env(), bytes));
  define("address", Napi::Number::New(Env(), address));
  define("view", view);
  Value().TypeTag(&kTag);
}

Buffer::~Buffer() {
  if (opened_) opened_->buffers.erase(this);
}

const std::shared_ptr<const etnaviv::Buffer>& Buffer::open(const char* call) const {
  if (!buffer_) throw etnaviv::Error(call, EBADF, "the buffer is closed");
  return buffer_;
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

}  // namespace binding
