// Command streams: packets, the states that they load, and the jobs that some of these start.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "../image.h"
#include "memory.h"

namespace nolfet {

/** A job that a stream starts; bytes are 0 where it has no coefficients or table. */
struct Job {
  bool isNn;
  uint32_t descriptor;  // addresses
  uint64_t words, wordBytes;
};

/**
 * Verifies a stream within the remaining budget of work of the blob, and returns its jobs in
 * their order. `where` names the stream in a Refusal.
 */
std::vector<Job> verifyStream(const Image& image, const std::vector<uint32_t>& stream,
                              const std::string& where, Work& work);

}  // namespace nolfet
