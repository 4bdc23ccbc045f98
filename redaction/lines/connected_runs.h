// Pieces of ink that hang together, from the runs of their rows. Pure.
#pragma once

#include <cstddef>
#include <vector>

namespace frostgate::redaction {

// Set pixels of a row beside each other: from `left` up to `right`, exclusive.
struct InkRun {
  int left = 0;
  int right = 0;
  int row = 0;
};

class ConnectedRuns {
 public:
  // Runs of two neighbouring rows hang together when no more than `corner` columns part them: 0 takes pixels with a common side, 1 those with a
  // common corner too.
  explicit ConnectedRuns(int corner) : corner_(corner) {}

  // Row by row, from left to right.
  void add(const InkRun& run);

  const std::vector<InkRun>& runs() const { return runs_; }
  // For each run the index of its piece's first run.
  std::vector<std::size_t> pieces();

 private:
  std::size_t root_of(std::size_t run);

  int corner_ = 0;
  std::vector<InkRun> runs_;
  std::vector<std::size_t> parents_;
  std::size_t above_ = 0;  // the first of the row above that may still touch one
  std::size_t row_ = 0;    // the first of the row that is added to
};

}  // namespace frostgate::redaction
