// What a session ends in where it cannot go on.
#pragma once

#include <cstdint>
#include <cstdio>
#include <exception>
#include <sstream>
#include <string>

#include "../nolfet.h"

namespace nolfet {

/** Text with the control characters of files escaped, in UTF-8: `\u001b` for the character itself.
 */
inline std::string printable(const std::string& text) {
  std::string shown;
  for (size_t i = 0; i < text.size(); i++) {
    const uint8_t byte = text[i], next = i + 1 < text.size() ? text[i + 1] : 0;
    const bool isHigh = byte == 0xc2 && next >= 0x80 && next < 0xa0;
    if (byte >= 0x20 && byte != 0x7f && !isHigh) {
      shown += text[i];
      continue;
    }
    char escaped[8];
    std::snprintf(escaped, sizeof escaped, "\\u%04x", isHigh ? next : byte);
    shown += escaped;
    if (isHigh) i++;
  }
  return shown;
}

/** The code of a status where nothing more is known: nolfet's own, as in NolfetError. */
inline const char* codeOf(nolfet_status status) {
  static constexpr const char* kCodes[] = {"",           "BAD_BLOB",       "UNSUPPORTED_OPERATOR",
                                           "NO_DEVICE",  "DEVICE_REFUSED", "DEVICE_TIMEOUT",
                                           "FILE",       "OUT_OF_ORDER",   "MALFORMED",
                                           "BAD_OPTION", "OUT_OF_MEMORY",  "INTERNAL"};
  return kCodes[status];
}

/** What was wrong, in parts: where, what should have been there, and what was. */
struct Refusal : std::exception {
  Refusal(nolfet_status status, const std::string& location, const std::string& expected,
          const std::string& found, const std::string& code = "")
      : status(status),
        code(code.empty() ? codeOf(status) : code),
        location(printable(location)),
        expected(printable(expected)),
        found(printable(found)),
        text((location.empty() ? "" : this->location + ": ") + "expected " + this->expected +
             ", found " + this->found) {}
  const char* what() const noexcept override { return text.c_str(); }

  nolfet_status status;
  std::string code, location, expected, found, text;
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
  throw Refusal(NOLFET_BAD_BLOB, where, phrase(expected), phrase(found));
}

}  // namespace nolfet
