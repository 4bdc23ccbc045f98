#include "gateway/relay/session_clipboard.h"

#include <algorithm>
#include <span>
#include <utility>

#include "gateway/base/log.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"

namespace frostgate::relay {
namespace {

using What = PasteGate::Passed::What;
constexpr std::size_t kMaxText = 1 << 20;
constexpr const char* kWords[] = {"picture", "files", "file", "pieces", "more"};  // of What, in messages to serve

std::string direction(bool to_target) { return to_target ? "to the target" : "to the client"; }

std::string sentence(const PasteGate::Passed& passed) {
  const std::string bytes = std::to_string(passed.bytes) + " bytes";
  switch (passed.what) {
    case What::picture:
      return "a picture of " + std::to_string(passed.size.width) + "x" + std::to_string(passed.size.height) + " pixels, " + bytes + ", SHA-256 " + passed.sha256 + ": passed on";
    case What::files: return "a list of files passed on, " + std::to_string(passed.count) + " of " + bytes + " in all: " + passed.name;
    case What::file: return "the file \"" + passed.name + "\", " + bytes + ", SHA-256 " + passed.sha256 + ": passed on";
    case What::pieces: return "the file \"" + passed.name + "\" passed on in pieces, " + bytes + " of it, so without a digest";
    case What::more: return "and " + std::to_string(passed.count) + " more passed on";
  }
  return "";
}

// What serve does not name does not pass.
bool named(const ipc::Message& answer, const char* direction, const char* what) {
  const auto names = answer.body.find(direction);
  return names != answer.body.end() && names->is_array() && std::find(names->begin(), names->end(), what) != names->end();
}

}  // namespace

SessionClipboard::SessionClipboard(Session session)
    : session_(std::move(session)),
      gate_({.to_client = session_.to_client,
             .to_target = session_.to_target,
             .locked = session_.locked,
             .passed = [this](const PasteGate::Passed& it) { passed(it); },
             .refused = [this](bool to_target, std::string_view what, std::string_view why) { refuse(to_target, what, why); }}) {}

void SessionClipboard::open(const ipc::Message& answer, bool spoken) {
  const char *in = "clipboard_to_target", *out = "clipboard_to_client";
  text_to_target_ = named(answer, in, "text");
  text_to_client_ = named(answer, out, "text");
  gate_.open({.images = named(answer, in, "images"), .files = named(answer, in, "files")}, {.images = named(answer, out, "images"), .files = named(answer, out, "files")}, spoken);
}

void SessionClipboard::note(bool to_target, bool passed) {
  session_.with_recorder([&](Recorder& recorder) { recorder.note(ClipboardText{to_target, passed}); });
}

// While a recording is paused nothing is kept of what is copied.
bool SessionClipboard::recorded() {
  bool paused = false;
  session_.with_recorder([&](Recorder& recorder) { paused = recorder.suspended(); });
  return !paused;
}

bool SessionClipboard::passes(bool to_target, const std::string* offered) {
  const bool allowed = to_target ? text_to_target_ : text_to_client_;
  if (!offered) {
    if (allowed) return true;
    log::info(session_.id, "clipboard {}: text denied by the policy", direction(to_target));
    tell_refused(to_target, "text");
    note(to_target, false);
    return false;
  }
  const std::string& text = *offered;
  const std::string digest = storage::to_hex(storage::Sha256::of(std::as_bytes(std::span(text)))).substr(0, 16);
  const bool fits = text.size() <= kMaxText, passes = allowed && fits;
  const char* outcome = !allowed ? "denied by the policy" : !fits ? "denied, too long" : "passed on";
  // A digest of a short text gives the text away.
  if (recorded()) log::info(session_.id, "clipboard {}: {} bytes of text, SHA-256 {}: {}", direction(to_target), text.size(), digest, outcome);
  else log::info(session_.id, "clipboard {}: text, while the recording is paused: {}", direction(to_target), outcome);
  if (!passes) tell_refused(to_target, "text");
  note(to_target, passes);
  if (!passes) return false;
  (to_target ? pasted_bytes_ : copied_bytes_) += static_cast<std::int64_t>(text.size());
  session_.with_recorder([&](Recorder& recorder) { recorder.note_copied(text); });
  return true;
}

void SessionClipboard::refuse(bool to_target, std::string_view what, std::string_view why) {
  log::info(session_.id, "clipboard {}: {} denied, {}", direction(to_target), what, why);
  tell_refused(to_target, what);
  note(to_target, false);
}

// Nothing depends on it.
void SessionClipboard::tell_refused(bool to_target, std::string_view what) {
  const std::string channel = "clipboard " + direction(to_target) + ' ' + std::string(what);
  (void)session_.link.tell({{"type", "refused_channel"}, {"channel", channel}}).has_value();
}

void SessionClipboard::passed(const PasteGate::Passed& passed) {
  const char* word = kWords[static_cast<std::size_t>(passed.what)];
  if (passed.what == What::picture || passed.what == What::files) note(passed.to_target, true);
  if (!recorded()) return log::info(session_.id, "clipboard {}: {}, while the recording is paused: passed on", direction(passed.to_target), word);
  log::info(session_.id, "clipboard {}: {}", direction(passed.to_target), sentence(passed));
  (void)session_.link
      .tell({{"type", "copied"},
             {"what", word},
             {"to_target", passed.to_target ? 1 : 0},
             {"name", passed.name},
             {"bytes", passed.bytes},
             {"sha256", passed.sha256},
             {"width", passed.size.width},
             {"height", passed.size.height},
             {"count", passed.count}})
      .has_value();
}

}  // namespace frostgate::relay
