// Values whose separator OCR lost or took for something else: "DB_PASSWORD-x7", "token x7", "Password. x7".
#pragma once

#include <optional>
#include <string_view>

namespace frostgate::redaction {

// `first` and `end` are those of the label's words. Each gives the position the value begins at, or nothing when what
// follows is rather part of a name or of a sentence. `password`: the label is a word for one, spelled out.

// In the run of characters that the label stands in: "password-hunter2", "API_TOKEN12ab34". A weak label (one that words
// happen to contain) needs the hyphen.
std::optional<std::size_t> glued_value(std::string_view text, std::size_t first, std::size_t end, bool strong, bool password);

// The label is followed by a space or a point, and one word that looks like a value or is all of the line.
std::optional<std::size_t> parted_value(std::string_view text, std::size_t first, std::size_t end, bool password);

}  // namespace frostgate::redaction
