// What binds a recording's wrapped key to its place.
#pragma once

#include <string>

namespace frostgate::evidence {

// The context under which a recording's key of a kind ("journal", "keystrokes", "film") is wrapped.
inline std::string key_context(const std::string& recording, const char* kind) { return "recording " + recording + " " + kind; }

}  // namespace frostgate::evidence
