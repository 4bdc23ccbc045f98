// What the detectors said of the texts that were on the screen a moment ago.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "redaction/detectors/screen_text.h"

namespace frostgate::redaction {

// All that a judgement depends on.
struct TextKey {
  std::u32string characters;
  bool joined = false;
  std::vector<bool> harmless;  // empty: as the text says of itself

  TextKey(std::u32string text, bool is_joined, const std::vector<bool>* marks);
  TextKey(TextKey&&) noexcept = default;
  ~TextKey();
  friend bool operator==(const TextKey&, const TextKey&) = default;
};

struct TextKeyHash {
  std::size_t operator()(const TextKey& key) const;
};

struct DetectionMemory::State {
  struct Entry {
    std::shared_ptr<const JudgedText> judged;
    bool seen = false;  // on the screen of the call that is under way
  };
  std::unordered_map<TextKey, Entry, TextKeyHash> texts;
  std::size_t known_secrets = 0;  // how many were known when `texts` was made
};

}  // namespace frostgate::redaction
