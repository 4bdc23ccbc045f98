// Whether a token is plainly a word of a language, by its letters alone. Pure.
#pragma once

#include <string_view>

namespace frostgate::redaction {

// Letters in one of the usual cases, with vowels among them, and with punctuation around it.
bool plain_word(std::u32string_view token);

}  // namespace frostgate::redaction
