#include "error.h"

#include <cerrno>
#include <cstring>

namespace etnaviv {

/** What an errno means, for one call or, where that is empty, for any. */
static const struct {
  std::string call;
  int number;
  const char* words;
} kMeanings[] = {
    {"open", ENOENT, "there is no such device node"},
    {"open", EACCES, "this user may not open the device node (is it in the group render?)"},
    {"VERSION", ENOTTY, "this is no DRM device node"},
    {"GET_PARAM", EINVAL, "the kernel driver knows no such pipe or parameter"},
    {"GEM_SUBMIT", EINVAL, "the kernel driver does not take this submission"},
    {"GEM_SUBMIT", EALREADY, "a buffer is listed twice"},
    {"GEM_SUBMIT", ENOENT, "a buffer is not known"},
    {"GEM_SUBMIT", ENOSPC, "the addresses of a buffer are still in use"},
    {"WAIT_FENCE", ETIMEDOUT, "the submission did not end in time"},
    {"GEM_CPU_PREP", ETIMEDOUT, "the device did not leave the buffer in time"},
    {"", ENXIO, "there is no such pipe"},
    {"", ENODEV, "the device has gone"},
    {"", ENOMEM, "there is no memory for it"},
};

static std::string meaningOf(const std::string& call, int number) {
  for (const auto& entry : kMeanings) {
    if (entry.number == number && (entry.call.empty() || entry.call == call)) return entry.words;
  }
  return std::strerror(number);
}

static std::string nameOf(int number) {
  const char* name = strerrorname_np(number);
  return name == nullptr ? std::to_string(number) : name;
}

Error::Error(const std::string& call, int number, const std::string& meaning)
    : runtime_error(call + ": " + nameOf(number) + ", " + meaning),
      call(call),
      number(number),
      name(nameOf(number)),
      meaning(meaning) {}

Error::Error(const std::string& call, int number) : Error(call, number, meaningOf(call, number)) {}

}  // namespace etnaviv
