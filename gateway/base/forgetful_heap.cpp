#include "gateway/base/forgetful_heap.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

namespace frostgate {

void forget_what_is_freed() {}

}  // namespace frostgate

#else

#include <malloc.h>

#include <atomic>
#include <cstring>

namespace frostgate {
namespace {

std::atomic<bool> forgets = false;

void forget(void* memory) noexcept {
  if (memory == nullptr || !forgets.load(std::memory_order_relaxed)) return;
  const std::size_t size = malloc_usable_size(memory);
  if (size > kLargestForgotten) return;
  std::memset(memory, 0, size);
  asm volatile("" : : "r"(memory) : "memory");  // or the compiler sees that nobody reads it again
}

}  // namespace

void forget_what_is_freed() { forgets = true; }

}  // namespace frostgate

// A definition in the program takes the place of the C library's for all, as relay/rdp/fast_sleep.cpp says; delete comes here too.
extern "C" void __libc_free(void* memory);
extern "C" void free(void* memory) noexcept {
  frostgate::forget(memory);
  __libc_free(memory);
}

#endif
