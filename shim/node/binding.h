// The addon's two classes. Their objects carry a tag, so that nothing else is taken for one.
#pragma once

#include <napi.h>

#include <cerrno>
#include <memory>
#include <set>

#include "../etnaviv/buffer.h"
#include "../etnaviv/device.h"
#include "../etnaviv/error.h"

class Buffer;

/** What a device and its buffers share, in whatever order they go. */
struct Opened {
  std::shared_ptr<const etnaviv::Device> device;  // null once closed
  std::set<Buffer*> buffers;                      // those that are not closed

  /** The device; throws, in the name of a call, where it is closed. */
  const std::shared_ptr<const etnaviv::Device>& open(const char* call) const {
    if (!device) throw etnaviv::Error(call, EBADF, "the device is closed");
    return device;
  }
};

class Device : public Napi::ObjectWrap<Device> {
 public:
  static constexpr napi_type_tag kTag = {0x6e6f6c6665740001, 0xd9f15b0a2c6e4f37};
  static Napi::Function define(Napi::Env env);
  explicit Device(const Napi::CallbackInfo& info);

  const std::shared_ptr<Opened> opened = std::make_shared<Opened>();

 private:
  Napi::Value parameter(const Napi::CallbackInfo& info);
  Napi::Value allocate(const Napi::CallbackInfo& info);
  Napi::Value submit(const Napi::CallbackInfo& info);
  Napi::Value wait(const Napi::CallbackInfo& info);
  void close(const Napi::CallbackInfo& info);
};

/** JavaScript gets them from Device.allocate; the constructor takes (device, bytes, address). */
class Buffer : public Napi::ObjectWrap<Buffer> {
 public:
  static constexpr napi_type_tag kTag = {0x6e6f6c6665740002, 0x84b2e6d1930c4a5f};
  static Napi::Function define(Napi::Env env);
  explicit Buffer(const Napi::CallbackInfo& info);
  ~Buffer() override { opened_->buffers.erase(this); }

  /** The buffer; throws, in the name of a call, where it is closed. */
  const std::shared_ptr<const etnaviv::Buffer>& open(const char* call) const {
    if (!buffer_) throw etnaviv::Error(call, EBADF, "the buffer is closed");
    return buffer_;
  }
  void end();

 private:
  Napi::Value prepare(const Napi::CallbackInfo& info);
  void finish(const Napi::CallbackInfo& info);
  void close(const Napi::CallbackInfo&) { end(); }

  std::shared_ptr<Opened> opened_;
  std::shared_ptr<const etnaviv::Buffer> buffer_;  // null once closed
  Napi::Reference<Napi::ArrayBuffer> view_;
};

/** The object of the class after a value; throws a TypeError where it is none. */
template <typename Class>
Class& unwrap(Napi::Value value) {
  if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&Class::kTag)) {
    throw Napi::TypeError::New(value.Env(), "expected a Device, or a Buffer of one");
  }
  return *Class::Unwrap(value.As<Napi::Object>());
}
