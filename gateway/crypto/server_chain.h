// What a TLS server of this process sends behind its certificate, for a library that knows no more than the certificate itself:
// libfreerdp 2.11 reads the first of a PEM text and leaves the others out, so that clients cannot verify it.
#pragma once

#include <string>

namespace frostgate::crypto {

// `chain`: PEM; each server that calls SSL_use_certificate() from now on sends all but the first with it. Works in executables that export
// their symbols (-rdynamic). Before other threads make connections. What cannot be read is left out.
void send_behind_certificate(const std::string& chain);

}  // namespace frostgate::crypto
