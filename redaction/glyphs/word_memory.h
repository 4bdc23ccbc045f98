// What an engine said of a picture, for when the same picture comes again: a word that the atlas does not know stands in many lines.
// In memory only; bounded, the least recently asked for goes first.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "redaction/line_reader.h"

namespace frostgate::redaction {

class WordMemory {
 public:
  // Null when it is not known. On the screen where `image` stands.
  const TextLine* find(const LineImage& image);
  void put(const LineImage& image, TextLine said);

 private:
  static constexpr std::size_t kHalf = 1024;  // pictures; as many again were asked for before those

  std::string key_;
  TextLine found_;
  std::unordered_map<std::string, TextLine> young_, old_;  // by size and pixels, boxes relative to the picture
};

// Something that tells pictures apart, for counting them.
std::size_t fingerprint(const LineImage& image);

}  // namespace frostgate::redaction
