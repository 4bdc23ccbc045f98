// The settings that libvncserver and libvncclient keep for the whole process.
#pragma once

#include <atomic>

namespace frostgate::relay::vnc {

// No log (it would print what peers send), no death by a closed socket. May be called again, on any thread.
void prepare_libraries();

// Whether this process is a front, and compresses for the speed of it (fast_deflate.cpp).
extern std::atomic<bool> sends_pictures;

}  // namespace frostgate::relay::vnc
