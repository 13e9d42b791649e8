#include "cache.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace nolfet {
namespace {

namespace fs = std::filesystem;

constexpr char kMagic[8] = {'N', 'O', 'L', 'F', 'K', 'E', 'Y', '1'};
constexpr size_t kHead = sizeof kMagic + sizeof(uint64_t);
constexpr const char* kSuffix = ".cache";
constexpr uintmax_t kMostBytes = 256u << 20;

/** $XDG_CACHE_HOME/nolfet or ~/.cache/nolfet; "" where neither is named. */
std::string ownFolder() {
  const char* const cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && cache[0] == '/') return std::string(cache) + "/nolfet";
  const char* const home = std::getenv("HOME");
  return home != nullptr && home[0] == '/' ? std::string(home) + "/.cache/nolfet" : "";
}

/** FNV-1a of 64 bits. */
uint64_t hashOf(const Bytes& bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001b3;
  return hash;
}

Bytes readAll(const std::string& path) {
  std::error_code none;
  const uintmax_t size = fs::file_size(path, none);
  if (none || size > kMostBytes) return {};
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

void writeAll(int file, const void* bytes, size_t count) {
  const auto* at = static_cast<const uint8_t*>(bytes);
  while (count > 0) {
    const ssize_t written = ::write(file, at, count);
    if (written <= 0) throw std::system_error(errno, std::generic_category());
    at += written;
    count -= static_cast<size_t>(written);
  }
}

}  // namespace

Cache::Cache(const std::string& folder) : folder_(folder.empty() ? ownFolder() : folder) {
  if (folder_ == "off") folder_.clear();
}

Bytes Cache::find(const Bytes& key) const noexcept {
  try {
    if (folder_.empty()) return {};
    const Bytes file = readAll(fileOf(key));
    uint64_t size = key.size();
    const bool isKey = file.size() > kHead + size && std::memcmp(file.data(), kMagic, 8) == 0 &&
                       std::memcmp(file.data() + 8, &size, 8) == 0 &&
                       std::equal(key.begin(), key.end(), file.begin() + kHead);
    return isKey ? Bytes(file.begin() + static_cast<ptrdiff_t>(kHead + size), file.end()) : Bytes();
  } catch (const std::exception&) {
    return {};
  }
}

void Cache::store(const Bytes& key, const void* blob, size_t bytes) const noexcept {
  if (folder_.empty() || kHead + key.size() + bytes > kMostBytes) return;
  std::string temporary;
  int file = -1;
  try {
    fs::create_directories(folder_);
    temporary = folder_ + "/.XXXXXX";
    file = ::mkstemp(temporary.data());
    if (file < 0) return;
    const uint64_t size = key.size();
    writeAll(file, kMagic, sizeof kMagic);
    writeAll(file, &size, sizeof size);
    writeAll(file, key.data(), key.size());
    writeAll(file, blob, bytes);
    const bool isWhole = ::close(std::exchange(file, -1)) == 0;
    const std::string path = fileOf(key);
    if (!isWhole || std::rename(temporary.c_str(), path.c_str()) != 0) throw std::system_error();
    removeOldest(path);
  } catch (const std::exception&) {
    if (file >= 0) ::close(file);
    if (!temporary.empty()) ::unlink(temporary.c_str());
  }
}

std::string Cache::fileOf(const Bytes& key) const {
  char name[17];
  std::snprintf(name, sizeof name, "%016" PRIx64, hashOf(key));
  return folder_ + "/" + name + kSuffix;
}

void Cache::removeOldest(const std::string& kept) const {
  std::vector<std::pair<fs::file_time_type, fs::path>> files;
  uintmax_t sum = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) {
    if (!entry.is_regular_file() || entry.path().extension() != kSuffix) continue;
    sum += entry.file_size();
    if (entry.path() != kept) files.emplace_back(entry.last_write_time(), entry.path());
  }
  std::sort(files.begin(), files.end());
  for (size_t i = 0; i < files.size() && sum > kMostBytes; i++) {
    sum -= fs::file_size(files[i].second);
    fs::remove(files[i].second);
  }
}

}  // namespace nolfet
