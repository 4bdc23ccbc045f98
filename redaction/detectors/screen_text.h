// The screen as the detectors work on it: each line's characters as plain and folded bytes, one byte for one character,
// so that a position in the text is a position on the screen (never counted in UTF-8).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "redaction/detectors/detectors.h"

namespace frostgate::redaction {

struct Place {
  std::size_t line = 0;
  std::size_t index = 0;
};

// One line, or several that a terminal or text field wrapped, joined. Wipes its text.
struct PreparedText {
  std::string text;    // plain characters
  std::string folded;  // the same, folded
  std::string packed;  // folded, without spaces
  std::vector<std::uint32_t> unpacked;  // position in `packed` -> position in `text`
  std::vector<Place> places;            // position in `text` -> where it stands
  std::vector<bool> harmless;           // in `text`: public keys, digests, images: no secret whatever its shape
  bool joined = false;

  PreparedText() = default;
  PreparedText(PreparedText&&) noexcept = default;
  PreparedText& operator=(PreparedText&&) noexcept = default;
  ~PreparedText();

  void append(const TextLine& line, std::size_t number);
  void pack();
  bool harmless_between(std::size_t first, std::size_t end) const;
  // The last position of the non-space run that holds `at`, plus one.
  std::size_t run_end(std::size_t at) const;
};

struct ScreenText {
  std::span<const TextLine> lines;
  std::vector<PreparedText> rows;    // one for each line, in its order
  std::vector<PreparedText> joined;  // wrapped lines, put together
  // For each line the line it goes on in, or lines.size().
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
  // Average advance of a character in the line.
  double advance(std::size_t line) const;
};

ScreenText prepare(std::span<const TextLine> lines);

// Collects findings and splits them over the lines their text stands on.
class Findings {
 public:
  explicit Findings(const ScreenText& screen) : screen_(screen) {}
  void add(std::string_view rule, const PreparedText& text, std::size_t first, std::size_t end, bool to_line_end = false);
  // A position range of `text.packed`.
  void add_packed(std::string_view rule, const PreparedText& text, std::size_t first, std::size_t end);
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
  virtual void find(const ScreenText& screen, Findings& findings) const = 0;
};

}  // namespace frostgate::redaction
