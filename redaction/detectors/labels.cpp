// Labels: the value right of one, below one, in the column under one.
#include <algorithm>

#include "redaction/detectors/families.h"
#include "redaction/detectors/fold.h"
#include "redaction/detectors/label_cells.h"
#include "redaction/detectors/label_value.h"
#include "redaction/detectors/label_words.h"

namespace frostgate::redaction {
namespace {

// "-----BEGIN PRIVATE KEY-----": a frame, no value.
bool ends_in_dashes(std::string_view text, std::size_t at) {
  return text.size() >= at + 3 && text.find_first_not_of("- ", at) == std::string_view::npos;
}

// The shell's PWD=/home/alice.
bool is_working_directory(std::string_view text, const LabelMatch& match, std::size_t value) {
  const bool alone = match.first == 0 || text[match.first - 1] == ' ';
  return alone && text.substr(match.first).starts_with("PWD=/") && value == match.first + 4;
}

class LabelDetector final : public Detector {
 public:
  explicit LabelDetector(const std::vector<std::string>& extra_labels) : words_(extra_labels) {}

  std::vector<std::string> rules() const override {
    auto names = words_.rules();
    names.insert(names.end(), {"label.field", "label.table"});
    return names;
  }

  void find(const ScreenText& screen, Findings& findings) const override {
    for (std::size_t i = 0; i < screen.rows.size(); ++i) {
      const PreparedText& row = screen.rows[i];
      const auto matches = words_.find(row);
      if (matches.empty()) continue;
      for (const LabelMatch& match : matches) {
        const auto value = value_after(row, match);
        if (!value || ends_in_dashes(row.text, *value) || is_working_directory(row.text, match, *value)) continue;
        findings.add(match.rule, row, *value, row.text.size(), true);
        break;
      }
      find_around(screen, i, matches, findings);
    }
    // A label whose value stands wholly on the wrapped line below.
    for (const PreparedText& text : screen.joined) {
      for (const LabelMatch& match : words_.find(text)) {
        if (text.places[match.first].line == text.places[match.end - 1].line) continue;
        if (const auto value = value_after(text, match)) findings.add(match.rule, text, *value, text.run_end(*value + 1));
      }
    }
  }

 private:
  LabelWords words_;
};

}  // namespace

std::unique_ptr<Detector> label_detector(const std::vector<std::string>& extra_labels) {
  return std::make_unique<LabelDetector>(extra_labels);
}

}  // namespace frostgate::redaction
