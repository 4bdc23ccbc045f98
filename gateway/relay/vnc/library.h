// The settings that libvncserver and libvncclient keep for the whole process.
#pragma once

namespace frostgate::relay::vnc {

// No log (it would print what peers send), no death by a closed socket. May be called again, on any thread.
void prepare_libraries();

}  // namespace frostgate::relay::vnc
