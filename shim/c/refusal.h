// What a session ends in where it cannot go on.
#pragma once

#include <exception>
#include <sstream>
#include <string>

#include "../nolfet.h"

namespace nolfet {

struct Refusal : std::exception {
  Refusal(nolfet_status status, std::string text) : status(status), text(std::move(text)) {}
  const char* what() const noexcept override { return text.c_str(); }

  nolfet_status status;
  std::string text;
};

/** Strings and numbers one after the other. */
template <typename... Parts>
std::string phrase(const Parts&... parts) {
  std::ostringstream text;
  text.exceptions(std::ios::badbit);  // or the text would end where memory does
  (text << ... << parts);
  return text.str();
}

/** Refuses a blob: `where` may be empty. */
template <typename Expected, typename Found>
[[noreturn]] void refuse(const std::string& where, const Expected& expected, const Found& found) {
  const std::string place = where.empty() ? "" : where + ": ";
  throw Refusal(NOLFET_BAD_BLOB, phrase(place, "expected ", expected, ", found ", found));
}

}  // namespace nolfet
