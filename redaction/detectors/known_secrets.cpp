// The secrets the worker was told, found in spite of misread characters, lost or spurious ones, spaces and wraps.
#include <algorithm>

#include "redaction/detectors/families.h"
#include "redaction/detectors/fold.h"

namespace frostgate::redaction {
namespace {

std::size_t tolerated_errors(std::size_t length) {
  return length < 6 ? 0 : length < 10 ? 1 : length < 16 ? 2 : std::max<std::size_t>(3, length / 7);
}

struct EditCell {
  std::size_t errors = 0;
  std::size_t start = 0;
};

// Sellers' approximate search: every end at which `what` matches a part of `text` with at most `allowed` insertions,
// deletions and substitutions; visited with where that part starts.
template <class Visit>
void approximate(std::string_view what, std::string_view text, std::size_t allowed, Visit visit) {
  std::vector<EditCell> column(what.size() + 1);
  for (std::size_t i = 0; i < column.size(); ++i) column[i] = {i, 0};
  for (std::size_t at = 0; at < text.size(); ++at) {
    EditCell diagonal = column[0];
    column[0] = {0, at + 1};
    diagonal.start = at;
    for (std::size_t i = 1; i < column.size(); ++i) {
      const EditCell left = column[i];
      EditCell best{diagonal.errors + (what[i - 1] == text[at] || text[at] == kUnknown ? 0 : 1), diagonal.start};
      if (left.errors + 1 < best.errors) best = {left.errors + 1, left.start};
      if (column[i - 1].errors + 1 < best.errors) best = {column[i - 1].errors + 1, column[i - 1].start};
      column[i] = best;
      diagonal = left;
    }
    if (column.back().errors <= allowed && column.back().start <= at) visit(column.back().start, at + 1);
  }
}

}  // namespace

void KnownSecrets::add(Secret secret, std::string rule) {
  std::string folded = fold(plain_text(secret.text()));
  const std::size_t size = folded.size();
  std::erase(folded, ' ');
  if (folded.size() >= Detectors::kShortestKnownSecret) known_.push_back({Secret::from_text(folded), std::move(rule)});
  wipe_memory(folded.data(), size);
}

std::vector<std::string> KnownSecrets::rules() const {
  std::vector<std::string> names;
  for (const auto& known : known_) names.push_back(known.rule);
  return names;
}

void KnownSecrets::judge(JudgedText& judged) const {
  for (const Known& known : known_) {
    std::size_t first = 0, end = 0;
    approximate(known.folded.text(), judged.text.packed, tolerated_errors(known.folded.size()), [&](std::size_t from, std::size_t to) {
      if (end > 0 && from < end) {
        first = std::min(first, from), end = to;
        return;
      }
      judged.add_packed(known.rule, first, end);
      first = from, end = to;
    });
    judged.add_packed(known.rule, first, end);
  }
}

}  // namespace frostgate::redaction
