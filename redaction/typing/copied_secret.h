// Which copied text looks like a secret: people copy passwords, and much else that may be seen. Pure.
#pragma once

#include <optional>

#include "codec/base/secret.h"

namespace frostgate::redaction {

// One token without a space that is nothing plain (a word, number, date, path, address), and is either eight characters long or more, of three kinds at
// least (small letters, capitals, digits, signs), or sixteen or more of letters and digits. Of NAME=VALUE the value. `text` is UTF-8.
std::optional<Secret> secret_in(const Secret& text);

}  // namespace frostgate::redaction
