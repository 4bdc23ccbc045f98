// What is stored of the recorded session (record_session.sh): journal, film, clips. Prints figures.
#pragma once

#include <filesystem>

namespace frostgate::bench {

void journal(const std::filesystem::path& session, const std::filesystem::path& folder);
void films(const std::filesystem::path& session);
void clips(const std::filesystem::path& session, const std::filesystem::path& folder);

}  // namespace frostgate::bench
