// How far away a peer is, for choosing between less work and fewer bytes.
#pragma once

#include <chrono>
#include <optional>

namespace frostgate::relay::vnc {

// The shortest round trip that TCP has seen on this connection; nothing for what is no TCP socket, which is on this machine.
std::optional<std::chrono::microseconds> round_trip(int socket);
// Whether that is so short as in one network.
bool is_near(int socket);

}  // namespace frostgate::relay::vnc
