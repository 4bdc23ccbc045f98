// What libvncserver and libvncclient say when they throw a peer out: their words, of the calling thread, are kept for who handles the error. Nothing of them is shown otherwise.
#pragma once

#include <string>

namespace frostgate::relay::vnc {

// From now on this thread has heard nothing.
void forget_complaint();
// What a library said last on this thread, in printable ASCII and of one line; empty: nothing, or only that the connection broke.
std::string last_complaint();

// For the libraries' hooks.
void complain(const char* format, ...) __attribute__((format(printf, 1, 2)));

}  // namespace frostgate::relay::vnc
