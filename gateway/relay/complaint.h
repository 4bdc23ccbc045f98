// What a protocol's library says when it throws a peer out: its words, of the calling thread, are kept for who handles the error. Nothing of them is shown otherwise.
#pragma once

#include <string>
#include <string_view>

namespace frostgate::relay {

// From now on this thread has heard nothing.
void forget_complaint();
// What was noted last on this thread, in printable ASCII and of one line; empty: nothing.
const std::string& last_complaint();

// For the libraries' hooks. Blank words are none.
void note_complaint(std::string_view words);

}  // namespace frostgate::relay
