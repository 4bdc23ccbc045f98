// Pictures of real programs, taken twice with other secrets (capture.sh).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "codec/base/frame.h"

namespace frostgate::corpus {

struct CapturedPair {
  std::string name;
  Frame first, second;
};

// Every NAME-a.ppm with its NAME-b.ppm in the folder, by name.
std::vector<CapturedPair> captured_pairs(const std::filesystem::path& folder);

// Rows of pixels that differ without a gap, and the pixels: a line of text with a secret.
struct Row {
  int top = 0;
  int bottom = 0;
  std::vector<Point> ink;
};

std::vector<Row> differing_rows(FrameView a, FrameView b);

}  // namespace frostgate::corpus
