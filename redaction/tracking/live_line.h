// A line that is on screen now, and where it has been.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "codec/base/geometry.h"
#include "codec/base/time.h"
#include "redaction/glyphs/lessons.h"
#include "redaction/lines/line_cache.h"
#include "redaction/lines/line_hash.h"
#include "redaction/lines/segmentation.h"
#include "redaction/tracking/hidden_ink.h"
#include "redaction/tracking/ink_match.h"

namespace frostgate::redaction {

// From `from` to `to` the line, or what became it, stood `offset` away from where it is now, or up to `spread` further
// right and down. Only what is in `shared` of it, as it stands now, was there then.
struct Placement {
  SessionTime from{};
  SessionTime to{};
  Point offset;
  Size spread{};
  Columns shared{};
};

struct LiveLine;

struct LiveMask {
  std::string rule;
  Rect box;
  Colour paper = 0;
  SessionTime from{};      // covered at this place since then
  bool to_birth = false;   // and the ledger has it for all of the line's history
  std::uint32_t secret = 0;  // which secret it hides, wherever it goes
  SessionTime found{};       // in the line as it was since then
  std::vector<HiddenInk> hidden;  // what must be gone before it ends

  // The same mask `by` away, where it begins now.
  LiveMask moved(Point by, SessionTime at) const;
  // Whether the screen, or what `line` shows there, still has some of what it hides.
  bool needed_on(FrameView screen, const LiveLine& line) const;
  bool stands_on(FrameView screen) const;
  // Whether `line` shows little else.
  bool made_up_by(FrameView screen, const LiveLine& line) const;
  // Whether any of it stands on the screen outside of all of `read`.
  bool leaves_traces(FrameView screen, std::span<const Rect> read) const;
  // Whether all of it stands within `box`.
  bool hides_only(const Rect& box) const;
};

// A mask that a line's past had and the line itself does not need: what is found in its place is the same secret.
struct PastMask {
  std::string rule;
  Rect box;
  std::uint32_t secret = 0;
};

struct LiveLine {
  LineBox line;
  LineHash hash;
  ReadingPtr reading;
  int panel_end = 0;     // see TextLine
  bool covered = false;  // as unread text
  std::optional<SessionTime> covered_since;  // when no mask hides all of it
  bool loose = false;    // type that is no line: covered whole, so it hands nothing down and inherits nothing
  std::optional<HiddenInk> unread_ink;  // of a remnant that is covered
  bool remnant = false;  // no line is found there any more, but ink of it is still to be hidden
  SessionTime since{};   // here and unchanged since then
  std::vector<Placement> history;
  std::vector<LiveMask> masks;
  std::vector<PastMask> past_masks;
  Lessons lessons;  // that it may yet teach
  Lessons past;     // and what became it

  void hide_lessons() {
    lessons.hide();
    past.hide();
  }

  // Character boxes on the screen.
  TextLine text() const;
  TextLine text(const std::vector<Character>& characters) const;  // as the line was read otherwise
};

// Masks of one rule that touch are one: a line may inherit a secret from several, each a little beside the other, and
// would otherwise have more of them at every step.
void add_mask(LiveLine& line, LiveMask mask);

}  // namespace frostgate::redaction
