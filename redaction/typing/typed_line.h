// Keystrokes as the lines of text they make: what stands in an input field when Enter ends it. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "codec/base/keystroke.h"
#include "codec/base/secret.h"
#include "codec/base/time.h"

namespace frostgate::redaction {

struct TypedText {
  SessionTime from{};  // of its first character
  SessionTime to{};    // of its last key
  SecretVector<char32_t> characters;
};

// One line editor, with the keys that shells, password prompts and input fields share. What history, completion or the
// clipboard put into a field is not known here. One recording, in order of time.
class TypedLine {
 public:
  // Takes a key. Returns the text that it ended: by Enter, Tab, Escape, a vertical arrow, or a control that gives up or
  // throws away the line.
  std::optional<TypedText> key(const Keystroke& keystroke);
  // Something else took the place of what is being typed: a click into another field.
  std::optional<TypedText> end(SessionTime at);

  // What has been typed of the line so far; no characters when nothing has.
  const TypedText& text() const { return text_; }

 private:
  std::optional<TypedText> control(std::uint32_t keysym, SessionTime at);
  bool edit(std::uint32_t keysym);
  void insert(char32_t character, SessionTime at);
  void erase_word();
  bool chord(SessionTime at) const;

  TypedText text_;
  std::size_t cursor_ = 0;
  // Control, Alt and Super keys that are down, with when their last event came: a release that got lost must not silence
  // the rest of the session.
  std::array<std::optional<SessionTime>, 8> held_{};
};

}  // namespace frostgate::redaction
