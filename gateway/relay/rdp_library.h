// The process-wide state of libfreerdp and winpr.
#pragma once

namespace frostgate::relay::rdp {

// Silences their log and starts their OpenSSL, which reads its configuration and modules. Once per process; any thread,
// any number of times.
void prepare_library();

// The next streams that libfreerdp is done with, in any thread, are overwritten (forgotten_streams.cpp): one of them holds a login.
void forget_streams();
// For whoever overwrites them: whether this one is to be.
bool forgets_stream();

}  // namespace frostgate::relay::rdp
