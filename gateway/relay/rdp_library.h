// The process-wide state of libfreerdp and winpr.
#pragma once

namespace frostgate::relay::rdp {

// Silences their log and starts their OpenSSL, which reads its configuration and modules. Once per process; any thread,
// any number of times.
void prepare_library();

}  // namespace frostgate::relay::rdp
