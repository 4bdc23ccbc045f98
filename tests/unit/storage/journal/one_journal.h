// Where the journal of these tests lies, and what it is the journal of.
#pragma once

#include "storage/file_system.h"

namespace frostgate::storage {

inline const FileSystem::Path kDirectory = "/j/one";
inline constexpr const char* kRecording = "rec-1";

}  // namespace frostgate::storage
