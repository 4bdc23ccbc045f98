// Rules from the policy file.
#include <algorithm>

#include "redaction/detectors/families.h"
#include "redaction/detectors/fold.h"
#include "redaction/detectors/patterns.h"

namespace frostgate::redaction {
namespace {

constexpr std::int64_t kPatternMemory = 4 << 20;

void append_utf8(std::string& text, char32_t code) {
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xC0 | (code >> 6));
    text += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    text += static_cast<char>(0xE0 | (code >> 12));
    text += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    text += static_cast<char>(0xF0 | ((code >> 18) & 0x07));
    text += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    text += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (code & 0x3F));
  }
}

// The text as it was read, in UTF-8, and for each byte the character it belongs to.
struct Utf8Text {
  std::string bytes;
  std::vector<std::size_t> character;

  Utf8Text(const PreparedText& text, bool spaces) {
    for (std::size_t i = 0; i < text.text.size(); ++i) {
      if (!spaces && text.text[i] == ' ') continue;
      append_utf8(bytes, text.characters[i] & ~PreparedText::kWide);
      character.resize(bytes.size(), i);
    }
  }
  ~Utf8Text() { wipe_memory(bytes.data(), bytes.size()); }
};

struct CustomRule {
  std::string rule;
  std::unique_ptr<re2::RE2> pattern;
  std::string context;  // folded
};

class CustomRules final : public Detector {
 public:
  explicit CustomRules(std::vector<CustomRule> custom) : custom_(std::move(custom)) {}

  std::vector<std::string> rules() const override {
    std::vector<std::string> names;
    for (const auto& custom : custom_) names.push_back(custom.rule);
    return names;
  }

  void judge(JudgedText& judged) const override {
    for (const auto& custom : custom_)
      if (custom.context.empty()) match(custom, judged.text, [&](std::size_t first, std::size_t end) { judged.add(custom.rule, first, end); });
  }

  void find(const ScreenText& screen, Findings& findings) const override {
    for (const auto& custom : custom_) {
      if (custom.context.empty()) continue;
      screen.each([&](const PlacedText& text) {
        if (in_context(screen, text, custom))
          match(custom, *text, [&](std::size_t first, std::size_t end) { findings.add(custom.rule, text, first, end); });
      });
    }
  }

 private:
  static bool in_context(const ScreenText& screen, const PlacedText& text, const CustomRule& custom) {
    if (text->folded.find(custom.context) != std::string::npos) return true;
    const std::size_t line = text.pieces.front().line;
    return line > 0 && screen.rows[line - 1]->folded.find(custom.context) != std::string::npos;
  }

  template <class Visit>
  static void match(const CustomRule& custom, const PreparedText& text, Visit visit) {
    const int group = custom.pattern->NumberOfCapturingGroups() > 0 ? 1 : 0;
    for (const bool spaces : {true, false}) {
      const Utf8Text utf8(text, spaces);
      each_match(*custom.pattern, utf8.bytes, group, [&](std::size_t first, std::size_t end) {
        if (first < end) visit(utf8.character[first], utf8.character[end - 1] + 1);
      });
    }
  }

  std::vector<CustomRule> custom_;
};

}  // namespace

Result<std::unique_ptr<Detector>> custom_detector(const std::vector<CustomDetector>& custom) {
  std::vector<CustomRule> rules;
  for (const auto& detector : custom) {
    if (detector.name.empty()) return Error{ErrorKind::invalid, "a custom detector has no name"};
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kPatternMemory);
    auto pattern = std::make_unique<re2::RE2>(detector.pattern, options);
    if (detector.pattern.empty() || !pattern->ok())
      return Error{ErrorKind::invalid, "custom detector \"" + detector.name + "\": " +
                                           (detector.pattern.empty() ? "it has no pattern" : pattern->error())};
    rules.push_back({"custom." + detector.name, std::move(pattern), fold(plain_text(detector.context))});
  }
  return std::unique_ptr<Detector>(std::make_unique<CustomRules>(std::move(rules)));
}

}  // namespace frostgate::redaction
