// Text as lines on a monospace grid.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "redaction/detectors/detectors.h"

namespace frostgate::redaction {

inline constexpr int kCellWidth = 8;
inline constexpr int kCellHeight = 16;

inline TextLine line_of(std::u32string_view text, int column = 0, int row = 0) {
  TextLine line;
  const int y = row * kCellHeight;
  int x = column * kCellWidth;
  line.box = {x, y, static_cast<int>(text.size()) * kCellWidth, kCellHeight};
  for (const char32_t code : text) {
    line.characters.push_back({code, {x, y, kCellWidth, kCellHeight}, 1.0f});
    x += kCellWidth;
  }
  line.readable = true;
  return line;
}

inline TextLine line_of(std::string_view latin1, int column = 0, int row = 0) {
  std::u32string text;
  for (const char c : latin1) text += static_cast<unsigned char>(c);
  return line_of(text, column, row);
}

inline std::vector<TextLine> screen_of(const std::vector<std::string>& rows) {
  std::vector<TextLine> lines;
  for (std::size_t i = 0; i < rows.size(); ++i) lines.push_back(line_of(rows[i], 0, static_cast<int>(i)));
  return lines;
}

inline Detectors default_detectors() {
  auto made = Detectors::make({});
  return std::move(made).value();
}

// Whether characters [first, end) of the line are covered by findings together.
inline bool covered(const std::vector<Finding>& findings, std::size_t line, std::size_t first, std::size_t end) {
  for (std::size_t i = first; i < end; ++i) {
    bool hit = false;
    for (const Finding& f : findings) hit = hit || (f.line == line && i >= f.first && (i < f.end || f.to_line_end));
    if (!hit) return false;
  }
  return true;
}

inline std::string described(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& f : findings)
    text += f.rule + " line " + std::to_string(f.line) + " [" + std::to_string(f.first) + "," + std::to_string(f.end) + ") ";
  return text;
}

}  // namespace frostgate::redaction
