// A line that is on screen now, and where it has been.
#pragma once

#include <string>
#include <vector>

#include "codec/base/geometry.h"
#include "codec/base/time.h"
#include "redaction/glyphs/lessons.h"
#include "redaction/lines/line_cache.h"
#include "redaction/lines/line_hash.h"
#include "redaction/lines/segmentation.h"

namespace frostgate::redaction {

// Columns of the screen, from `left` to before `right`; all of them when nothing else is said.
struct Columns {
  int left = -(1 << 24);
  int right = 1 << 24;

  bool meet(const Rect& box) const { return box.x < right && left < box.right(); }
  Columns moved(int by) const { return {left + by, right + by}; }
};

// From `from` to `to` the line, or what became it, stood `offset` away from where it is now, or up to `spread` further
// right and down. Only what is in `shared` of it, as it stands now, was there then.
struct Placement {
  SessionTime from{};
  SessionTime to{};
  Point offset;
  Size spread{};
  Columns shared{};
};

struct LiveMask {
  std::string rule;
  Rect box;
  Colour paper = 0;
  SessionTime from{};      // covered at this place since then
  bool to_birth = false;   // and the ledger has it for all of the line's history
  std::uint32_t secret = 0;  // which secret it hides, wherever it goes
};

struct LiveLine {
  LineBox line;
  LineHash hash;
  ReadingPtr reading;
  int panel_end = 0;     // see TextLine
  bool covered = false;  // as unread text
  bool loose = false;    // type that is no line: covered whole, so it hands nothing down and inherits nothing
  bool remnant = false;  // no line is found there any more, but ink of it is still to be hidden
  SessionTime since{};   // here and unchanged since then
  std::vector<Placement> history;
  std::vector<LiveMask> masks;
  Lessons lessons;  // that it may yet teach
  Lessons past;     // and what became it

  void hide_lessons() {
    lessons.hide();
    past.hide();
  }

  // Character boxes on the screen.
  TextLine text() const;
};

}  // namespace frostgate::redaction
