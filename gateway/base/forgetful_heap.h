// Passwords and tickets pass through strings that grow, JSON that is parsed, and libraries that take messages apart and never wipe what they give back.
#pragma once

namespace frostgate {

// From now on what this process gives back to the heap is overwritten, by whomever: C++, and each library that it has loaded. Large pieces (kLargestForgotten) are
// pictures, and are left. Under a sanitizer, which has a heap of its own, it does nothing. Call before the first secret comes.
void forget_what_is_freed();

inline constexpr unsigned kLargestForgotten = 32 << 10;  // bytes

}  // namespace frostgate
