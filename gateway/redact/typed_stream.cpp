#include "gateway/redact/typed_stream.h"

#include "codec/tiles/keystroke_coding.h"

namespace frostgate::redact {

Result<TypedStream> TypedStream::open(storage::JournalSource& source, const std::string& recording, const Secret& key,
                                      storage::JournalGrowth growth) {
  auto reader = storage::JournalReader::open(source, recording, key, growth);
  if (!reader && reader.error().kind == ErrorKind::not_found) return TypedStream(std::nullopt);
  if (!reader) return reader.error();
  return TypedStream(std::move(reader).value());
}

TypedStream::Typed TypedStream::next() {
  Typed typed;
  while (reader_ && damage_.empty()) {
    auto entry = reader_->next();
    if (!entry) {
      damage_ = entry.error().message;
      break;
    }
    if (!entry.value()) break;
    storage::JournalEntry& have = *entry.value();
    const bool text = have.kind == storage::JournalEntryKind::copied || have.kind == storage::JournalEntryKind::secret;
    if (text && !have.payload.empty() && have.payload.size() <= kLongestCopied) {
      (have.kind == storage::JournalEntryKind::secret ? typed.secrets : typed.copied).emplace_back(std::span<const std::byte>(have.payload));
      wipe_memory(have.payload.data(), have.payload.size());
      continue;
    }
    const auto keystroke = have.kind == storage::JournalEntryKind::keystroke
                               ? codec::decode_keystroke(have.at, have.payload)
                               : Result<Keystroke>(Error{ErrorKind::corrupt, "the keystroke stream holds something else"});
    wipe_memory(have.payload.data(), have.payload.size());
    if (keystroke) typed.keystrokes.push_back(keystroke.value());
    else damage_ = keystroke.error().message;
  }
  return typed;
}

void TypedStream::expect_no_more() {
  if (reader_) reader_->expect_no_more();
}

}  // namespace frostgate::redact
