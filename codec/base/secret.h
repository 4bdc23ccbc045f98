// Text and keys that must not outlive their use: locked against swapping, wiped on destruction, move-only.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

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

// Keeps memory out of the swap as far as the process may; failing is no error.
void lock_memory(void* data, std::size_t size);

// For containers of secrets whose number is not known before: what they give up as they grow is wiped, too.
template <class T>
struct SecretAllocator {
  using value_type = T;
  SecretAllocator() = default;
  template <class U>
  SecretAllocator(const SecretAllocator<U>&) {}

  T* allocate(std::size_t count) {
    T* memory = std::allocator<T>().allocate(count);
    lock_memory(memory, count * sizeof(T));
    return memory;
  }
  void deallocate(T* memory, std::size_t count) {
    wipe_memory(memory, count * sizeof(T));
    std::allocator<T>().deallocate(memory, count);
  }
  friend bool operator==(const SecretAllocator&, const SecretAllocator&) { return true; }
};

template <class T>
using SecretVector = std::vector<T, SecretAllocator<T>>;

}  // namespace frostgate
