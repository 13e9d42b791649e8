#include "error.h"

#include <cerrno>
#include <cstring>

namespace etnaviv {
namespace {

/** What an errno means, for one call or, where that is empty, for any. */
const struct {
  std::string call;
  int number;
  const char* meaning;
} kMeanings[] = {
    {"open", ENOENT, "there is no such device node"},
    {"open", EACCES, "this user may not open the device node (is it in the group render?)"},
    {"VERSION", ENOTTY, "this is no DRM device node"},
    {"GET_PARAM", ENXIO, "there is no such pipe"},
    {"GET_PARAM", EINVAL, "the kernel driver knows no such pipe or parameter"},
    {"GEM_NEW", ENOMEM, "no memory for a buffer"},
    {"GEM_SUBMIT", EINVAL, "the kernel driver does not take this submission"},
    {"GEM_SUBMIT", EALREADY, "a buffer is listed twice"},
    {"GEM_SUBMIT", ENOENT, "a buffer is not known"},
    {"GEM_SUBMIT", ENOSPC, "the addresses of a buffer are still in use"},
    {"GEM_SUBMIT", ENXIO, "there is no such pipe"},
    {"WAIT_FENCE", ETIMEDOUT, "the submission did not end in time"},
    {"GEM_CPU_PREP", ETIMEDOUT, "the device did not leave the buffer in time"},
    {"", ENODEV, "the device has gone"},
    {"", ENOMEM, "no memory"},
};

std::string nameOf(int number) {
  const char* name = strerrorname_np(number);
  return name == nullptr ? std::to_string(number) : name;
}

std::string meaningOf(const std::string& call, int number) {
  for (const auto& entry : kMeanings) {
    if (entry.number == number && (entry.call.empty() || entry.call == call)) return entry.meaning;
  }
  return std::strerror(number);
}

}  // namespace

Error::Error(const char* call, int number, const std::string& meaning)
    : call(call),
      number(number),
      name(nameOf(number)),
      meaning(meaning),
      message(this->call + ": " + name + ", " + meaning) {}

Error::Error(const char* call, int number) : Error(call, number, meaningOf(call, number)) {}

}  // namespace etnaviv
