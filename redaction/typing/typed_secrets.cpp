#include "redaction/typing/typed_secrets.h"

#include <algorithm>
#include <utility>

#include "redaction/detectors/detectors.h"

namespace frostgate::redaction {
namespace {

// Whoever types for so long without an echo types blind. Below, the screen may just not have been recorded in between.
constexpr auto kLongEnoughToEcho = std::chrono::milliseconds(400);

void append_utf8(std::vector<std::byte, SecretAllocator<std::byte>>& out, char32_t code) {
  const auto put = [&](char32_t byte) { out.push_back(static_cast<std::byte>(byte)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0 | code >> 6);
  } else {
    if (code < 0x10000) {
      put(0xE0 | code >> 12);
    } else {
      put(0xF0 | code >> 18);
      put(0x80 | (code >> 12 & 0x3F));
    }
    put(0x80 | (code >> 6 & 0x3F));
  }
  put(0x80 | (code & 0x3F));
}

}  // namespace

void TypedSecrets::add(const Keystrokes& keystrokes) {
  // What was used is forgotten before more comes.
  keystrokes_.erase(keystrokes_.begin(), keystrokes_.begin() + static_cast<std::ptrdiff_t>(next_key_));
  next_key_ = 0;
  keystrokes_.insert(keystrokes_.end(), keystrokes.begin(), keystrokes.end());
}

void TypedSecrets::type_until(SessionTime until, const std::vector<LiveLine>& lines) {
  while (next_key_ < keystrokes_.size() && keystrokes_[next_key_].at <= until) {
    const Keystroke& keystroke = keystrokes_[next_key_++];
    for (; next_click_ < clicks_.size() && clicks_[next_click_] <= keystroke.at; ++next_click_) ended(line_.end(clicks_[next_click_]));
    take_key(keystroke, lines);
  }
  for (; next_click_ < clicks_.size() && clicks_[next_click_] <= until; ++next_click_) ended(line_.end(clicks_[next_click_]));
  clicks_.erase(clicks_.begin(), clicks_.begin() + static_cast<std::ptrdiff_t>(std::exchange(next_click_, 0)));
}

void TypedSecrets::take_key(const Keystroke& keystroke, const std::vector<LiveLine>& lines) {
  const bool had_text = !line_.text().characters.empty();
  ended(line_.key(keystroke));
  if (!had_text && !line_.text().characters.empty()) {
    current_ = {};
    current_.before = LinesBefore::of(lines);
  }
}

void TypedSecrets::ended(std::optional<TypedText> text) {
  if (!text) return;
  Attempt attempt = std::exchange(current_, {});
  attempt.text = std::move(*text);
  // At a prompt that is the last thing on the screen, what comes after Enter is no echo.
  if (attempt.echoed || attempt.before.label_is_newest) judge(attempt);
  else waiting_.push_back(std::move(attempt));
}

void TypedSecrets::look(SessionTime at, const std::vector<LiveLine>& lines) {
  for (Attempt& attempt : waiting_) {
    compare(attempt, attempt.text.characters, at, lines);
    judge(attempt);
  }
  waiting_.clear();
  if (!line_.text().characters.empty()) compare(current_, line_.text().characters, at, lines);
}

void TypedSecrets::compare(Attempt& attempt, const SecretVector<char32_t>& typed, SessionTime at,
                           const std::vector<LiveLine>& lines) {
  for (const LiveLine& line : lines) {
    if (line.since != at || line.remnant) continue;
    const auto echo = find_echo(typed, line, attempt.before);
    if (!echo) continue;
    attempt.echoed = true;
    attempt.labelled = echo->labelled;
  }
}

void TypedSecrets::judge(const Attempt& attempt) {
  const bool blind = !attempt.echoed && (attempt.before.label_is_open || attempt.text.to - attempt.text.from >= kLongEnoughToEcho);
  if (!blind && !attempt.labelled) return;
  if (attempt.text.characters.size() < Detectors::kShortestKnownSecret) return;
  SecretVector<std::byte> utf8;
  for (const char32_t character : attempt.text.characters) append_utf8(utf8, character);
  const Secret secret{std::span<const std::byte>(utf8)};
  const bool known = std::any_of(all_.begin(), all_.end(), [&](const Secret& other) { return other.text() == secret.text(); });
  if (!known) all_.push_back(secret.clone());
}

void TypedSecrets::finish(const std::vector<LiveLine>& lines) {
  type_until(SessionTime::max(), lines);
  ended(line_.end(line_.text().to));
  for (const Attempt& attempt : waiting_) judge(attempt);
  waiting_.clear();
}

std::vector<Secret> TypedSecrets::take() {
  std::vector<Secret> fresh;
  for (; taken_ < all_.size(); ++taken_) fresh.push_back(all_[taken_].clone());
  return fresh;
}

}  // namespace frostgate::redaction
