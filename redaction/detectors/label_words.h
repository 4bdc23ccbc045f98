// The words that announce a secret, in English, German, French and Spanish, and where they stand in a text.
#pragma once

#include <re2/re2.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "redaction/detectors/screen_text.h"

namespace frostgate::redaction {

class LabelWords {
 public:
  explicit LabelWords(const std::vector<std::string>& extra_labels);
  std::vector<std::string> rules() const;
  // In order of position. Words inside others (secretary), and identifiers that name something else
  // (password_file, tokenizer), are left out.
  std::vector<LabelMatch> find(const PreparedText& text) const;

 private:
  struct Group {
    std::string rule;
    bool strong;  // found inside identifiers too, and with one misread letter
    std::unique_ptr<re2::RE2> pattern;
  };
  void add(std::string_view rule, bool strong, const std::vector<std::string_view>& words);
  static bool accept(const Group& group, const PreparedText& text, LabelMatch& match);

  std::vector<Group> groups_;
};

}  // namespace frostgate::redaction
