// What stands after a label on its own line.
#pragma once

#include <optional>
#include <string_view>

#include "redaction/detectors/label_words.h"

namespace frostgate::redaction {

// Where the value begins: the first position after the separator, be there a value yet or not. Nothing when no
// separator follows, or when what follows is plainly no secret: a call that asks for one, a variable, `null`.
std::optional<std::size_t> value_after(const PreparedText& text, const LabelMatch& match);

// Whether a prompt goes on at `at` without the space before its `for`, or without any: "Passwordforapp@db1:", "passphraseforkey:".
bool glued_prompt(std::string_view text, std::size_t at);

}  // namespace frostgate::redaction
