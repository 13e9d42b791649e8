#include "blob.h"

#include <utility>

#include "checksum.h"
#include "limits.h"
#include "references.h"
#include "refusal.h"
#include "structure.h"

namespace nolfet {
namespace {

const nolf::Blob* verified(const std::vector<uint8_t>& file) {
  checkFileBytes(file.size());
  checkStructure(file);
  return nolf::GetBlob(file.data());
}

void checkChecksum(const std::vector<uint8_t>& file, const nolf::Blob* root) {
  if (file.size() % 4 != 0) refuse("", "a length that is a multiple of 4", file.size());
  const auto* table = reinterpret_cast<const flatbuffers::Table*>(root);
  const uint8_t* field = table->GetAddressOf(nolf::Blob::VT_CHECKSUM);
  const size_t skipped = field == nullptr ? file.size() : field - file.data();
  const uint32_t expected = checksum(file.data(), file.size(), skipped);
  if (root->checksum() == expected) return;
  refuse("", phrase("the checksum ", expected, " of an undamaged file"), root->checksum());
}

/** The core by its name; the file must tell the same of it as the table. */
const Core* coreOf(const nolf::Target* target) {
  const auto* name = target == nullptr ? nullptr : target->name();
  const Core* core = name == nullptr ? nullptr : findCore(name->str());
  if (core == nullptr) refuse("", "a target that is known here", name ? name->c_str() : "none");
  const bool same = target->model() == core->model && target->revision() == core->revision &&
                    target->product() == core->product && target->eco() == core->eco &&
                    target->customer() == core->customer &&
                    target->architecture() == core->architecture;
  if (!same) refuse("", phrase("the identity of ", core->name), "another");
  return core;
}

}  // namespace

uint64_t wholePages(uint64_t bytes) {
  const uint64_t pages = (bytes + kPageBytes - 1) / kPageBytes;
  return (pages == 0 ? 1 : pages) * kPageBytes;
}

void checkFileBytes(uint64_t bytes) {
  if (bytes <= kMostFileBytes) return;
  refuse("", phrase("a file of at most ", kMostFileBytes, " bytes"), bytes);
}

Blob::Blob(std::vector<uint8_t> file) : file_(std::move(file)), root_(verified(file_)) {
  if (root_->version() != kFormatVersion)
    refuse("", phrase("format ", kFormatVersion), root_->version());
  checkChecksum(file_, root_);
  core_ = coreOf(root_->target());
  checkReferences(*root_);
}

}  // namespace nolfet
