// What was typed in a session: the journal's stream of keystrokes, under its own key.
#pragma once

#include <string>

#include "codec/base/keystroke.h"
#include "codec/base/result.h"
#include "codec/base/secret.h"
#include "storage/journal/journal_reader.h"

namespace frostgate::redact {

// What was typed, in order of time, up to where its stream was cut or damaged.
struct TypedStream {
  Keystrokes keystrokes;
  std::string damage;  // why it stops early; empty when it was ended properly or merely cut
};

Result<TypedStream> read_keystrokes(storage::JournalSource& source, const std::string& recording, const Secret& key);

}  // namespace frostgate::redact
