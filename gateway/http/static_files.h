// The portal's files, from the folder that its build fills. Where there is none, a page says how to make it.
#pragma once

#include <filesystem>

#include "gateway/http/message.h"

namespace frostgate::http {

// Beside the installed program (../share/frostgate/portal) or in the source tree of a build; empty: nowhere.
std::filesystem::path portal_folder();

// GET of a path outside the API. What names no file, and looks like a page of the portal's, gets its index.html. Where the build
// left FILE.gz beside a file, that is what goes to whoever takes it.
Response static_file(const std::filesystem::path& folder, const Request& request);

}  // namespace frostgate::http
