// The screen as the detectors work on it: its lines' texts and where they stand.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "redaction/detectors/detectors.h"
#include "redaction/detectors/judged_text.h"

namespace frostgate::redaction {

// Gives the judgement of a text; remembers those of the screen before.
class JudgedTexts {
 public:
  virtual ~JudgedTexts() = default;
  // `harmless` replaces what the text says of itself.
  virtual std::shared_ptr<const JudgedText> judged(std::u32string characters, bool joined, const std::vector<bool>* harmless) = 0;
};

struct Place {
  std::size_t line = 0;
  std::size_t index = 0;
};

// A judged text where it stands on this screen.
struct PlacedText {
  struct Piece {
    std::size_t first = 0;  // position in the text
    std::size_t line = 0;
  };
  std::shared_ptr<const JudgedText> judged;
  std::vector<Piece> pieces;  // one for each line

  const PreparedText& operator*() const { return judged->text; }
  const PreparedText* operator->() const { return &judged->text; }
  Place place(std::size_t at) const;
};

// Average advance of a character in the line.
double advance(const TextLine& line);

struct ScreenText {
  std::span<const TextLine> lines;
  std::vector<PlacedText> rows;    // one for each line, in its order
  std::vector<PlacedText> joined;  // lines that go on in one another, put together
  // For each line the line it goes on in, where it wraps or a highlight parts a word; or lines.size().
  std::vector<std::size_t> continued;

  // Rows and joined texts, in this order.
  template <class Visit>
  void each(Visit visit) const {
    for (const auto& row : rows) visit(row);
    for (const auto& text : joined) visit(text);
  }
  // The nearest line below that overlaps `box` in x, at most `reach` line heights away; or lines.size().
  std::size_t below(std::size_t line, const Rect& box, double reach) const;
  // The nearest line to the right in the same row, or lines.size().
  std::size_t right_of(std::size_t line) const;
  double advance(std::size_t line) const { return redaction::advance(lines[line]); }
};

ScreenText prepare(std::span<const TextLine> lines, JudgedTexts& texts);

// Collects findings and splits them over the lines their text stands on.
class Findings {
 public:
  explicit Findings(const ScreenText& screen) : screen_(screen) {}
  void add(std::string_view rule, const PlacedText& text, std::size_t first, std::size_t end, bool to_line_end = false);
  // All of the line to the end of its panel, from pixel column `from_column` where that is further left.
  void add_line(std::string_view rule, std::size_t line, std::optional<int> from_column = {});
  std::vector<Finding> take() { return std::move(found_); }

 private:
  void add_continuation(std::string_view rule, std::size_t line);

  const ScreenText& screen_;
  std::vector<Finding> found_;
};

// A family of rules.
class Detector {
 public:
  virtual ~Detector() = default;
  virtual std::vector<std::string> rules() const = 0;
  // What a text says by itself.
  virtual void judge(JudgedText&) const {}
  // What it says by what stands around it.
  virtual void find(const ScreenText&, Findings&) const {}
};

}  // namespace frostgate::redaction
