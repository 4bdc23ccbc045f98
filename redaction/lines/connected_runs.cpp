#include "redaction/lines/connected_runs.h"

#include <algorithm>

namespace frostgate::redaction {

void ConnectedRuns::add(const InkRun& run) {
  const std::size_t at = runs_.size();
  if (at == 0 || runs_.back().row != run.row) {
    above_ = at > 0 && runs_.back().row == run.row - 1 ? row_ : at;
    row_ = at;
  }
  runs_.push_back(run);
  parents_.push_back(at);
  while (above_ < row_ && runs_[above_].right + corner_ <= run.left) ++above_;
  for (std::size_t k = above_; k < row_ && runs_[k].left < run.right + corner_; ++k) {
    const std::size_t a = root_of(at), b = root_of(k);
    if (a != b) parents_[std::max(a, b)] = std::min(a, b);
  }
}

std::vector<std::size_t> ConnectedRuns::pieces() {
  std::vector<std::size_t> roots(runs_.size());
  for (std::size_t i = 0; i < roots.size(); ++i) roots[i] = root_of(i);
  return roots;
}

std::size_t ConnectedRuns::root_of(std::size_t run) {
  while (parents_[run] != run) {
    parents_[run] = parents_[parents_[run]];
    run = parents_[run];
  }
  return run;
}

}  // namespace frostgate::redaction
