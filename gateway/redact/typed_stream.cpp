#include "gateway/redact/typed_stream.h"

#include "codec/tiles/keystroke_coding.h"

namespace frostgate::redact {

Result<TypedStream> read_keystrokes(storage::JournalSource& source, const std::string& recording, const Secret& key) {
  TypedStream typed;
  auto reader = storage::JournalReader::open(source, recording, key);
  if (!reader && reader.error().kind == ErrorKind::not_found) return typed;
  if (!reader) return reader.error();
  while (true) {
    auto entry = reader.value().next();
    if (!entry) {
      typed.damage = entry.error().message;
      return typed;
    }
    if (!entry.value()) return typed;
    storage::JournalEntry& have = *entry.value();
    auto keystroke = have.kind == storage::JournalEntryKind::keystroke
                         ? codec::decode_keystroke(have.at, have.payload)
                         : Result<Keystroke>(Error{ErrorKind::corrupt, "the keystroke stream holds something else"});
    wipe_memory(have.payload.data(), have.payload.size());
    if (!keystroke) {
      typed.damage = keystroke.error().message;
      return typed;
    }
    typed.keystrokes.push_back(keystroke.value());
  }
}

}  // namespace frostgate::redact
