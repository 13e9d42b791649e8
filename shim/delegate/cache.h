// Compiled parts of networks, kept from one start to the next.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace nolfet {

using Bytes = std::vector<uint8_t>;

/**
 * A folder of blobs, each with all that it was compiled from. That is compared byte by byte, so a
 * file's name, a hash of it, need not be unique. Nothing fails here: what cannot be read is
 * compiled anew, and what cannot be written is not kept.
 *
 *     ┌──────────┬──────────┬─────┬──────┐
 *     │ NOLFKEY1 │ u64 size │ key │ blob │
 *     └──────────┴──────────┴─────┴──────┘
 */
class Cache {
 public:
  /** `folder`: "" for the user's own, "off" for none. */
  explicit Cache(const std::string& folder);

  /** The blob that was stored for a key; empty where there is none. */
  Bytes find(const Bytes& key) const noexcept;

  /** Writes a file whole or not at all, and removes the oldest ones while all exceed 256 MiB. */
  void store(const Bytes& key, const void* blob, size_t bytes) const noexcept;

 private:
  std::string fileOf(const Bytes& key) const;
  void removeOldest(const std::string& kept) const;

  std::string folder_;  // "" for none
};

}  // namespace nolfet
