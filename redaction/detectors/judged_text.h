// A text as the detectors work on it: characters as plain and folded bytes, one byte for one character, so that a
// position in the text is a position on the screen (never counted in UTF-8). And what they say of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace frostgate::redaction {

// One line, or several that a terminal or text field wrapped, joined. Wipes its text.
struct PreparedText {
  std::u32string characters;            // as they were read, spaces that part columns with kWide added
  std::string text;                     // plain characters
  std::string folded;                   // the same, folded
  std::string packed;                   // folded, without spaces
  std::vector<std::uint32_t> unpacked;  // position in `packed` -> position in `text`
  std::vector<bool> harmless;           // in `text`: public keys, digests, images: no secret whatever its shape
  bool joined = false;

  static constexpr char32_t kWide = 0x80000000;

  PreparedText() = default;
  PreparedText(PreparedText&&) noexcept = default;
  PreparedText& operator=(PreparedText&&) noexcept = default;
  ~PreparedText();

  // From `characters`.
  void prepare();
  bool wide(std::size_t at) const { return (characters[at] & kWide) != 0; }
  bool harmless_between(std::size_t first, std::size_t end) const;
  // The last position of the non-space run that holds `at`, plus one.
  std::size_t run_end(std::size_t at) const;
};

struct LabelMatch {
  std::string_view rule;
  std::size_t first = 0;
  std::size_t end = 0;         // of the words
  std::size_t identifier = 0;  // end of the identifier they stand in: DB_PASSWORD_2
  bool strong = false;
};

struct Hit {
  std::string_view rule;  // of the detector, which outlives it
  std::size_t first = 0;
  std::size_t end = 0;
  bool to_line_end = false;
};

// A text and all that the detectors say of it by itself, wherever it stands: what can be remembered.
struct JudgedText {
  PreparedText text;
  std::vector<Hit> hits;
  std::vector<LabelMatch> labels;
  bool begins_public_block = false;
  bool begins_private_key = false;
  bool begins_putty_key = false;
  bool is_key_body = false;  // base64 that is random and long enough to be covered without its header

  void add(std::string_view rule, std::size_t first, std::size_t end, bool to_line_end = false) { hits.push_back({rule, first, end, to_line_end}); }
  // A position range of `text.packed`.
  void add_packed(std::string_view rule, std::size_t first, std::size_t end);
};

}  // namespace frostgate::redaction
