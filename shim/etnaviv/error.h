// What the kernel refuses, in one type.
#pragma once

#include <stdexcept>
#include <string>

namespace etnaviv {

/** A call that failed: which one, its errno, and what that errno means there. */
struct Error : std::runtime_error {
  Error(const std::string& call, int number, const std::string& meaning);
  /** The meaning is what the kernel driver gives this errno for. */
  Error(const std::string& call, int number);

  std::string call;  // "GEM_NEW" and so on for ioctls, the function's name for others
  int number;
  std::string name;  // of the errno: "ENOMEM" and so on
  std::string meaning;
};

}  // namespace etnaviv
