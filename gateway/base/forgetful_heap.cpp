#include "gateway/base/forgetful_heap.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

namespace frostgate {

void forget_what_is_freed() {}

}  // namespace frostgate

#else

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>

namespace frostgate {
namespace {

std::atomic<bool> forgets = false;

// How much is to be forgotten of it; 0: nothing.
std::size_t secret_size(void* memory) noexcept {
  if (memory == nullptr || !forgets.load(std::memory_order_relaxed)) return 0;
  const std::size_t size = malloc_usable_size(memory);
  return size > kLargestForgotten ? 0 : size;
}

void forget(void* memory) noexcept {
  const std::size_t size = secret_size(memory);
  if (size == 0) return;
  std::memset(memory, 0, size);
  asm volatile("" : : "r"(memory) : "memory");  // or the compiler sees that nobody reads it again
}

}  // namespace

void forget_what_is_freed() { forgets = true; }

}  // namespace frostgate

// Definitions in the program take the place of the C library's for all, as relay/rdp/fast_sleep.cpp says; new and delete come here too.
extern "C" {

void __libc_free(void* memory);
void* __libc_realloc(void* memory, std::size_t size);

void free(void* memory) noexcept {
  frostgate::forget(memory);
  __libc_free(memory);
}

// The C library's gives back what it has moved without coming here.
void* realloc(void* memory, std::size_t size) noexcept {
  const std::size_t had = frostgate::secret_size(memory);
  if (had == 0 || size == 0) return __libc_realloc(memory, size);
  if (size <= had && size >= had / 2) return memory;
  void* moved = std::malloc(size);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, memory, std::min(had, size));
  std::free(memory);
  return moved;
}

}  // extern "C"

#endif
