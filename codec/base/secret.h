// Text and keys that must not outlive their use: locked against swapping, wiped on destruction, move-only.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace frostgate {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::size_t size);
  explicit Secret(std::span<const std::byte> bytes);
  static Secret from_text(std::string_view text);
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  Secret clone() const { return Secret(bytes()); }
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  std::span<std::byte> bytes() { return {data_, size_}; }
  std::span<const std::byte> bytes() const { return {data_, size_}; }
  // The bytes as text; not null-terminated. Valid as long as this Secret.
  std::string_view text() const { return {reinterpret_cast<const char*>(data_), size_}; }
  void wipe();

 private:
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

// Overwrites memory that an ordinary container held a secret in; never optimised away.
void wipe_memory(void* data, std::size_t size);

}  // namespace frostgate
