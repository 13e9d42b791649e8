// A .nolf file that may come from anywhere, checked.
#pragma once

#include <cstdint>
#include <vector>

#include "core.h"
#include "nolf_generated.h"

namespace nolfet {

constexpr uint64_t kPageBytes = 4096;

/** The bytes that a buffer takes in an address space: at least one page. */
uint64_t wholePages(uint64_t bytes);

/** Throws Refusal where a file is larger than a blob may be. */
void checkFileBytes(uint64_t bytes);

/**
 * Structure, version and checksum of the file are right, every index is in range and every span
 * inside its buffer. All operators are on the NPU.
 */
class Blob {
 public:
  /** Throws Refusal. */
  explicit Blob(std::vector<uint8_t> file);

  const nolf::Blob* operator->() const { return root_; }
  const nolf::Blob& root() const { return *root_; }
  const Core& core() const { return *core_; }

 private:
  std::vector<uint8_t> file_;
  const nolf::Blob* root_;
  const Core* core_;
};

/** Bytes of a tensor as its shape and type have it. */
double bytesOf(const nolf::Tensor& tensor);

/** What the host has of a bound tensor: itself, or float32 values that are converted. */
inline uint32_t valuesOf(const nolf::Binding& binding) {
  return binding.values() < 0 ? binding.tensor() : static_cast<uint32_t>(binding.values());
}

/** A vector's elements, for loops; an absent one is empty. */
template <typename T>
class Each {
 public:
  explicit Each(const T* vector) : vector_(vector) {}

  struct Iterator {
    const T* vector;
    uint32_t index;
    auto operator*() const { return vector->Get(index); }
    Iterator& operator++() { return ++index, *this; }
    bool operator!=(const Iterator& other) const { return index != other.index; }
  };
  Iterator begin() const { return {vector_, 0}; }
  Iterator end() const { return {vector_, size()}; }
  uint32_t size() const { return vector_ == nullptr ? 0 : vector_->size(); }
  auto operator[](uint32_t index) const { return vector_->Get(index); }

 private:
  const T* vector_;
};

template <typename T>
Each<T> each(const T* vector) {
  return Each<T>(vector);
}

}  // namespace nolfet
