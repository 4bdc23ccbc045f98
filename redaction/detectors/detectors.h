// What on a screen of text is a secret: labels, token shapes, keys, commands, numbers, entropy, and the secrets we know.
// Every rule is tolerant of OCR: confusable characters, spurious or lost spaces, tokens wrapped onto the next line.
// Pure and deterministic; find() may run on several threads at once, each with a memory of its own, as long as nobody
// adds secrets meanwhile.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/secret.h"
#include "redaction/detectors/vocabulary.h"
#include "redaction/text_line.h"

namespace frostgate::redaction {

// Characters [first, end) of lines[line] are to be covered. With `to_line_end` the cover reaches to the end of the
// line's panel, whatever stands there yet: a label whose value is still empty gives first == end.
struct Finding {
  std::string rule;  // stable name for reports: "label.password", "token.aws_access_key", "pem.private_key"
  std::size_t line = 0;
  std::size_t first = 0;
  std::size_t end = 0;
  bool to_line_end = false;
  std::optional<int> from_column{};  // covered from this pixel column when it is left of `first`: a block's left edge

  friend bool operator==(const Finding&, const Finding&) = default;
};

// A rule from the policy file. Covers the pattern's first group when it has one, else the whole match.
struct CustomDetector {
  std::string name;     // reported as "custom.NAME"
  std::string pattern;  // RE2 syntax, on the text as it was read, with and without its spaces
  std::string context;  // when not empty: only where these words stand on the same line or on the line above
};

enum class Profile {
  balanced,  // covers what the detectors find
  strict,    // covers every token that is not plainly harmless, too; cannot be disabled
};
const char* to_string(Profile profile);
Result<Profile> profile_named(std::string_view name);

struct DetectorSettings {
  Profile profile = Profile::balanced;
  // Rule names or families ("token", "token.github_token"). Empty `enabled` means all. Known secrets cannot be disabled.
  std::vector<std::string> enabled;
  std::vector<std::string> disabled;
  std::vector<std::string> extra_labels;  // reported as "label.extra"
  std::vector<CustomDetector> custom;
  std::vector<std::string> harmless;  // strict: tokens that may be seen, as they stand on the screen
  std::shared_ptr<const Vocabulary> vocabulary;  // strict: words that may be seen besides the built-in ones, or null
};

class Detector;
class KnownSecrets;
struct JudgedText;
struct PreparedText;

// What was said of the lines of the screen before, so that only new lines are judged again. Belongs to one Detectors and
// one sequence of screens; holds the text of one screen, wiped when it goes.
class DetectionMemory {
 public:
  DetectionMemory();
  DetectionMemory(DetectionMemory&&) noexcept;
  DetectionMemory& operator=(DetectionMemory&&) noexcept;
  ~DetectionMemory();

 private:
  friend class Detectors;
  struct State;
  std::unique_ptr<State> state_;
};

class Detectors {
 public:
  // Fails on a pattern RE2 does not accept, an empty name or label, or a rule that does not exist.
  static Result<Detectors> make(const DetectorSettings& settings);
  Detectors(Detectors&&) noexcept;
  Detectors& operator=(Detectors&&) noexcept;
  ~Detectors();

  // Secrets shorter than kShortestKnownSecret characters are not searched for: they would cover half the screen.
  static constexpr std::size_t kShortestKnownSecret = 4;
  void add_known_secret(Secret secret, std::string rule = "known.secret");

  // `lines`: everything on the screen, top to bottom. Sorted by line, first and rule; findings may overlap.
  std::vector<Finding> find(std::span<const TextLine> lines) const;
  // The same, much faster when most lines are as they were at the call before.
  std::vector<Finding> find(std::span<const TextLine> lines, DetectionMemory& memory) const;

  // Every rule's name, for reports and for checking a policy.
  std::vector<std::string> rules() const;

 private:
  Detectors();
  class Judging;
  bool enabled(std::string_view rule) const;
  JudgedText judge(PreparedText text) const;

  std::vector<std::unique_ptr<Detector>> detectors_;
  std::vector<std::unique_ptr<Detector>> always_;  // cannot be disabled
  std::unique_ptr<KnownSecrets> known_;
  std::vector<std::string> enabled_;
  std::vector<std::string> disabled_;
};

}  // namespace frostgate::redaction
