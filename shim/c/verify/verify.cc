#include "verify.h"

#include "../limits.h"
#include "../refusal.h"
#include "stream.h"

namespace nolfet {
namespace {

/** Coefficients and tables keep to the place that the blob names. */
void checkListed(const Image& image, const Job& found, const nolf::Job& listed,
                 const std::string& where) {
  const uint64_t base = image.constantsAddress;
  const bool isNn = listed.kind() == nolf::JobKind_NN;
  if (found.isNn != isNn || found.descriptor != base + listed.descriptor()) {
    refuse(where, phrase("the listed job, its descriptor at ", listed.descriptor()),
           phrase("one at ", found.descriptor - base));
  }
  if (found.wordBytes == 0) return;
  if (found.words != base + listed.coefficients() || found.wordBytes > listed.coefficient_bytes()) {
    refuse(where, phrase(listed.coefficient_bytes(), " bytes from ", listed.coefficients(), " on"),
           phrase(found.wordBytes, " from ", found.words - base, " on"));
  }
}

/** By the blob's size: all of its streams share it. */
Work workFor(const Image& image, const nolf::Blob& blob) {
  uint64_t words = image.init.size();
  for (const std::vector<uint32_t>& stream : image.streams) words += stream.size();
  return kWorkOfBlob + kWorkOfByte * (each(blob.constants()).size() + 4 * words);
}

}  // namespace

void verify(const Image& image, const nolf::Blob& blob) {
  Work work = workFor(image, blob);
  if (!verifyStream(image, image.init, "the stream that sets the NPU up", work).empty()) {
    refuse("", "a stream that only sets the NPU up", "one with a job");
  }
  for (uint32_t i = 0; i < image.streams.size(); i++) {
    const std::string where = phrase("segment ", i);
    const std::vector<Job> found = verifyStream(image, image.streams[i], where, work);
    const auto listed = each(blob.segments()->Get(i)->jobs());
    if (found.size() != listed.size()) refuse(where, phrase(listed.size(), " jobs"), found.size());
    for (uint32_t k = 0; k < listed.size(); k++) {
      checkListed(image, found[k], *listed[k], phrase(where, ", job ", k));
    }
  }
}

}  // namespace nolfet
