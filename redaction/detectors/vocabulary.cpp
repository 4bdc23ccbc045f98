#include "redaction/detectors/vocabulary.h"

#include <algorithm>
#include <string>

#include "redaction/detectors/fold.h"

namespace frostgate::redaction {
namespace {

// FNV-1a, finished by a mix (Stafford's 13th) so that every bit depends on every letter.
std::uint64_t hash_of(std::string_view word) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : word) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
  return hash ^ (hash >> 31);
}

}  // namespace

void Vocabulary::add_list(std::string_view lines) {
  std::string word;
  for (const char c : plain_text(lines) + '\n') {
    if (is_letter(c)) {
      word += lower(c);
    } else if (!word.empty()) {
      hashes_.push_back(hash_of(word));
      word.clear();
    }
  }
  std::sort(hashes_.begin(), hashes_.end());
  hashes_.erase(std::unique(hashes_.begin(), hashes_.end()), hashes_.end());
}

bool Vocabulary::contains(std::string_view word) const {
  return std::binary_search(hashes_.begin(), hashes_.end(), hash_of(word));
}

}  // namespace frostgate::redaction
