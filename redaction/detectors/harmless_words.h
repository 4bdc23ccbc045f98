// Words of the trade that no dictionary has, and the words of user interfaces. All in plain lower case (fold.h).
#pragma once

#include <string_view>

namespace frostgate::redaction {

// Commands, programs, terms, interface words in English, German, French and Spanish.
bool is_trade_word(std::string_view word);
// Tokens with digits or marks in them: "utf-8", "x86_64", "2>&1".
bool is_trade_token(std::string_view token);
bool is_file_ending(std::string_view word);
bool is_root_folder(std::string_view word);

}  // namespace frostgate::redaction
