// Learns secrets from what was typed: a line that the screen did not echo (or as bullets), or one that stands where a
// label says that a secret stands. Looks only at lines that were read anyway. Pure and deterministic.
#pragma once

#include <vector>

#include "codec/base/keystroke.h"
#include "codec/base/secret.h"
#include "redaction/tracking/live_line.h"
#include "redaction/typing/echo.h"
#include "redaction/typing/typed_line.h"

namespace frostgate::redaction {

class TypedSecrets {
 public:
  // Keys and clicks, each in order of time and before the states that followed them.
  void add(const Keystrokes& keystrokes);
  void click(SessionTime at) { clicks_.push_back(at); }

  // `lines` is what stood on the screen until `until`; everything typed until then goes by it.
  void type_until(SessionTime until, const std::vector<LiveLine>& lines);
  // The state at `at`: its lines with their masks.
  void look(SessionTime at, const std::vector<LiveLine>& lines);
  // Nothing comes after.
  void finish(const std::vector<LiveLine>& lines);

  // Those learned since the last call, in UTF-8, each once.
  std::vector<Secret> take();

 private:
  struct Attempt {
    TypedText text;
    LinesBefore before;
    bool echoed = false;
    bool labelled = false;
  };

  void take_key(const Keystroke& keystroke, const std::vector<LiveLine>& lines);
  void ended(std::optional<TypedText> text);
  static void compare(Attempt& attempt, const SecretVector<char32_t>& typed, SessionTime at, const std::vector<LiveLine>& lines);
  void judge(const Attempt& attempt);

  Keystrokes keystrokes_;
  std::size_t next_key_ = 0;
  std::vector<SessionTime> clicks_;
  std::size_t next_click_ = 0;

  TypedLine line_;
  Attempt current_;               // its text is line_.text()
  std::vector<Attempt> waiting_;  // ended, but what they left on the screen has not been seen yet
  std::vector<Secret> all_;
  std::size_t taken_ = 0;
};

}  // namespace frostgate::redaction
