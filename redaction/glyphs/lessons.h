// What lines that were read may teach, carried along with them until it is known whether they ever needed a mask.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "redaction/glyphs/glyph.h"
#include "redaction/line_reader.h"

namespace frostgate::redaction {

// What can be learned from one line.
struct Lesson {
  struct Vote {
    Glyph glyph;
    Label label;
    int weight = 1;
  };
  bool by_engine = false;
  int pitch = 0;            // of the grid it is written on (glyph_line.h); 0 without one
  std::vector<Vote> votes;  // of the engine
  std::vector<std::size_t> asked;  // fingerprints of what the engine was asked for
  LineImage image;          // of a line that the atlas alone read: for checking it
};
using LessonPtr = std::shared_ptr<const Lesson>;

// How many lines the atlas and the engine read is as telling as what they said: lines that a mask hid are counted apart.
struct LineCounts {
  std::uint64_t from_atlas = 0;
  std::uint64_t from_engine = 0;
  std::uint64_t hidden = 0;
};

struct Lessons {
  static constexpr std::size_t kMost = 4;  // of one line: a clock writes on and on in its place

  LineCounts counts;
  std::vector<LessonPtr> lessons;  // the oldest first

  void add(LessonPtr lesson) {
    ++(lesson->by_engine ? counts.from_engine : counts.from_atlas);
    lessons.push_back(std::move(lesson));
  }
  // Of a line that this line became.
  void inherit(Lessons past) {
    past.append(std::exchange(*this, {}));
    *this = std::move(past);
    if (lessons.size() > kMost) lessons.erase(lessons.begin(), lessons.end() - kMost);
  }
  void append(Lessons more) {
    counts.from_atlas += more.counts.from_atlas;
    counts.from_engine += more.counts.from_engine;
    counts.hidden += more.counts.hidden;
    for (LessonPtr& lesson : more.lessons) lessons.push_back(std::move(lesson));
  }
  void hide() {
    counts = {0, 0, counts.hidden + counts.from_atlas + counts.from_engine};
    lessons.clear();
  }
};

}  // namespace frostgate::redaction
