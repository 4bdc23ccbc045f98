// What was typed, or copied over the clipboard, in a session: the journal's stream of keystrokes, under its own key.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/base/keystroke.h"
#include "codec/base/result.h"
#include "codec/base/secret.h"
#include "storage/journal/journal_reader.h"

namespace frostgate::redact {

// Reads a stream in order of time, up to where it was cut or damaged. One thread.
class TypedStream {
 public:
  // `source` outlives it. A stream that is not there has nothing in it.
  static Result<TypedStream> open(storage::JournalSource& source, const std::string& recording, const Secret& key,
                                  storage::JournalGrowth growth = storage::JournalGrowth::ended);

  struct Typed {
    Keystrokes keystrokes;
    std::vector<Secret> copied;   // over the clipboard
    std::vector<Secret> secrets;  // passwords, on the gateway's screen
  };
  // All that there is and was not given before. A state on disk has all on disk that was typed and copied before it.
  Typed next();
  void expect_no_more();

  // Why it stops early; empty when it does not, or was merely cut.
  const std::string& damage() const { return damage_; }

 private:
  explicit TypedStream(std::optional<storage::JournalReader> reader) : reader_(std::move(reader)) {}

  std::optional<storage::JournalReader> reader_;
  std::string damage_;
};

}  // namespace frostgate::redact
