#include "gateway/evidence/hold_check.h"

#include <algorithm>

namespace frostgate::evidence {

void compare_hold(const std::string& recording, const std::optional<catalog::Hold>& row, const std::optional<catalog::Hold>& noted, std::vector<Problem>& problems) {
  const auto note = [&](std::string sentence) { problems.push_back({recording, std::move(sentence)}); };
  if (!row && noted) note("it was put under a legal hold by " + noted->placed_by + " (" + noted->reason + "), and the catalog does not have that any more, though nobody noted a release");
  else if (row && !noted) note("the catalog has a legal hold that nobody noted");
  else if (row && (row->reason != noted->reason || row->placed_by != noted->placed_by || row->placed != noted->placed)) note("the catalog has another legal hold than was noted");
}

void check_hold(const Holdings& holdings, const std::string& recording, std::vector<Problem>& problems) {
  catalog::Deletions deletions(holdings.catalog);
  // What was deleted is held no more.
  if (deletions.tombstone(recording)) return;
  const auto rows = deletions.holds();
  const auto noted = deletions.noted_hold(recording);
  if (!rows || !noted) return problems.push_back({recording, "its legal hold cannot be read: " + (rows ? noted.error() : rows.error()).message});
  const auto row = std::ranges::find(rows.value(), recording, &catalog::Hold::recording);
  compare_hold(recording, row == rows.value().end() ? std::nullopt : std::optional(*row), noted.value(), problems);
}

}  // namespace frostgate::evidence
