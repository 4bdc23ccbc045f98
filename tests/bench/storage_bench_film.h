// What is stored of the recorded session (record_session.sh): journal, film, clips. Prints figures.
#pragma once

#include <filesystem>

namespace frostgate::bench {

void journal(const std::filesystem::path& session, const std::filesystem::path& folder);
void films(const std::filesystem::path& session);
// The first seconds of the session, then the page (a PNG file as large as its screen): its picture in the film, as a PNG file.
void film_page(const std::filesystem::path& session, const std::filesystem::path& page, const std::filesystem::path& filmed, const std::filesystem::path& folder);
void clips(const std::filesystem::path& session, const std::filesystem::path& folder);

}  // namespace frostgate::bench
