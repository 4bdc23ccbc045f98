// How much of a drawn or captured screen's secrets the redactor covers, and how much else.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "codec/base/cleared_frame.h"
#include "redaction/detectors/detectors.h"
#include "redaction/glyphs/glyph_atlas.h"
#include "tests/corpus/page.h"

namespace frostgate::corpus {

struct Tally {
  std::uint64_t all = 0;
  std::uint64_t covered = 0;
};

struct Outcome {
  std::vector<bool> covered;         // of the secrets: all of their ink
  std::vector<bool> benign_covered;  // of the benign lines: any part
};

struct Redacted {
  std::vector<Rect> boxes;
  std::vector<std::string> causes;  // of each box: its rule, or "unread"
  std::optional<ClearedFrame> cleared;  // what may be seen
  std::vector<redaction::TextLine> read;  // what the engine said, line by line
};

// A recording that is this one screen, of a target whose earlier recordings taught `atlas`.
Redacted redacted(FrameView frame, redaction::Profile profile, redaction::GlyphAtlas atlas = {});

// What a recording of these screens, one after the other, teaches.
redaction::GlyphAtlas taught_by(const std::vector<Frame>& screens);

// Around the ink outside all boxes.
Rect bare(const std::vector<Point>& ink, const std::vector<Rect>& boxes);

// What was read on the rows of `line`, in UTF-8, from left to right.
std::string read_on(const Rect& line, const std::vector<redaction::TextLine>& read);

// What covers a part of `line`: causes and boxes.
std::string causes_on(const Rect& line, const Redacted& result);

// One pixel outside all boxes is a miss.
bool hidden(const std::vector<Point>& ink, const std::vector<Rect>& boxes);

Outcome judge(const Drawn& drawn, const std::vector<Rect>& boxes);

// The picture as a video codec with constant rate factor 23 leaves it (x264 veryfast, 4:2:0).
Frame after_video(FrameView frame);

void write_picture(FrameView frame, const std::vector<Rect>& boxes, const std::string& path);  // PPM, boxes outlined in red

}  // namespace frostgate::corpus
