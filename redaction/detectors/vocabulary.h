// Words that say nothing: the dictionaries that the strict profile lets through.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace frostgate::redaction {

// Only 64-bit hashes are kept, so that a million words take 8 MB. That a secret has the hash of a word is as likely as
// guessing it.
class Vocabulary {
 public:
  // One word a line, UTF-8, as in /usr/share/dict. Case and accents do not matter. Words with anything but letters in
  // them count as their parts.
  void add_list(std::string_view lines);

  // `word`: plain lower-case letters (fold.h).
  bool contains(std::string_view word) const;
  std::size_t size() const { return hashes_.size(); }

 private:
  std::vector<std::uint64_t> hashes_;  // sorted
};

}  // namespace frostgate::redaction
