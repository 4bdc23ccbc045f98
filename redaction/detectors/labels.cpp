// Labels: the value right of one, below one, in the column under one.
#include <algorithm>
#include <iterator>

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

// "/tmp/work"; or "ltmp/work", where the first slash was misread.
bool is_absolute(std::string_view path) {
  constexpr std::string_view kTop[] = {"tmp/", "home/", "root/", "var/", "usr/", "opt/", "etc/", "srv/", "mnt/"};
  const auto rest = path.substr(std::min<std::size_t>(1, path.size()));
  return path.starts_with('/') || std::any_of(std::begin(kTop), std::end(kTop), [&](std::string_view top) { return rest.starts_with(top); });
}

// The shell's PWD=/home/alice and OLDPWD="/tmp", with the spaces that an engine puts in.
bool is_working_directory(std::string_view text, const LabelMatch& match, std::size_t value) {
  constexpr std::string_view kName = "PWD", kMisread = "PwD", kBefore = "OLD";
  std::size_t first = match.first;
  if (text.substr(0, first).ends_with(kBefore)) first -= kBefore.size();
  const auto name = text.substr(match.first, kName.size());
  if ((first > 0 && text[first - 1] != ' ') || (name != kName && name != kMisread)) return false;
  const auto sign = text.substr(match.first + kName.size(), value - match.first - kName.size());
  const std::size_t path = text.find_first_not_of(" \"'", value);
  return sign.find_first_not_of(" =") == std::string_view::npos && path != std::string_view::npos && is_absolute(text.substr(path));
}

// The column where the line's text begins.
int indent(const ScreenText& screen, std::size_t line) {
  const std::size_t first = screen.rows[line]->text.find_first_not_of(' ');
  return first == std::string::npos ? screen.lines[line].box.x : screen.lines[line].characters[first].box.x;
}

// <Password> on a line of its own (unattend.xml): its <Value> below. "password: |" (YAML): the indented lines below.
void find_inside(const ScreenText& screen, std::size_t line, Findings& findings) {
  constexpr std::size_t kMostLines = 40;
  constexpr double kNextLine = 1.6;  // line heights
  const PreparedText& row = *screen.rows[line];
  const std::string_view text = row.text;
  const std::size_t last = text.find_last_not_of(' ');
  if (last == std::string_view::npos) return;
  const auto end = text.substr(0, last + 1);
  const std::size_t open = end.rfind('<');
  const bool tag = end.back() == '>' && open != std::string_view::npos && end[open + 1] != '/';
  const std::size_t below = screen.below(line, screen.lines[line].box, kNextLine);
  if (tag && below < screen.rows.size()) {
    const std::string inner = lower(screen.rows[below]->text);
    const std::size_t value = inner.find("<value>");
    if (value != std::string::npos) findings.add("label.xml_value", screen.rows[below], value + 7, inner.size(), true);
  }
  const bool block = end.ends_with(": |") || end.ends_with(": >") || end.ends_with(": |-") || end.ends_with(": >-");
  std::size_t at = below;
  for (std::size_t n = 0; block && n < kMostLines && at < screen.rows.size() && indent(screen, at) > indent(screen, line); ++n) {
    findings.add_line("label.yaml_block", at);
    at = screen.below(at, screen.lines[line].box, kNextLine);
  }
}

class LabelDetector final : public Detector {
 public:
  explicit LabelDetector(const std::vector<std::string>& extra_labels) : words_(extra_labels) {}

  std::vector<std::string> rules() const override {
    auto names = words_.rules();
    names.insert(names.end(), {"label.field", "label.table", "label.xml_value", "label.yaml_block"});
    return names;
  }

  void judge(JudgedText& judged) const override {
    const PreparedText& text = judged.text;
    judged.labels = words_.find(text);
    if (text.joined) return;
    for (const LabelMatch& match : judged.labels) {
      const auto value = value_after(text, match);
      if (!value || ends_in_dashes(text.text, *value) || is_working_directory(text.text, match, *value)) continue;
      judged.add(match.rule, *value, text.text.size(), true);
      break;
    }
  }

  void find(const ScreenText& screen, Findings& findings) const override {
    for (std::size_t i = 0; i < screen.rows.size(); ++i) {
      const auto& labels = screen.rows[i].judged->labels;
      if (labels.empty()) continue;
      find_around(screen, i, labels, findings);
      find_inside(screen, i, findings);
    }
    // A label whose value stands wholly on the wrapped line below.
    for (const PlacedText& text : screen.joined) {
      for (const LabelMatch& match : text.judged->labels) {
        if (text.place(match.first).line == text.place(match.end - 1).line) continue;
        if (const auto value = value_after(*text, match)) findings.add(match.rule, text, *value, text->run_end(*value + 1));
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
