// A folder of plain files as one archive (POSIX ustar), made while it is read.
#pragma once

#include <filesystem>
#include <string>

#include "gateway/http/message.h"

namespace frostgate::http {

// `prefix` is the folder's name in the archive. The files may not change while the source lives, which needs them until then; they are opened when
// they are read. Errors: `io`; `unsupported` for a name of more than 100 bytes with its prefix, or a file of 8 GiB or more.
Result<ByteSource> tar_of(const std::filesystem::path& folder, const std::string& prefix);

}  // namespace frostgate::http
