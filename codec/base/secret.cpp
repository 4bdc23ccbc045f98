#include "codec/base/secret.h"

#include <string.h>
#include <sys/mman.h>

#include <cstring>
#include <utility>

namespace frostgate {

Secret::Secret(std::size_t size) : data_(size ? new std::byte[size]{} : nullptr), size_(size) {
  if (data_) lock_memory(data_, size_);
}

Secret::Secret(std::span<const std::byte> bytes) : Secret(bytes.size()) {
  if (size_) std::memcpy(data_, bytes.data(), size_);
}

Secret Secret::from_text(std::string_view text) {
  return Secret(std::as_bytes(std::span(text.data(), text.size())));
}

Secret::Secret(Secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

Secret::~Secret() { wipe(); }

void Secret::wipe() {
  if (!data_) return;
  wipe_memory(data_, size_);
  // No munlock: locks are per page and do not nest, and a neighbour on the page may be a secret too.
  delete[] data_;
  data_ = nullptr;
  size_ = 0;
}

void wipe_memory(void* data, std::size_t size) {
  if (size) explicit_bzero(data, size);
}

// Failing (RLIMIT_MEMLOCK) is no reason to refuse: the wipe still happens.
void lock_memory(void* data, std::size_t size) {
  if (size) (void)mlock(data, size);
}

}  // namespace frostgate
