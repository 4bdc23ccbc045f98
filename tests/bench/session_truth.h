// What really stood on the screen of the recorded bench session (session_truth.py), and where its credentials were.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "codec/base/geometry.h"

namespace frostgate::bench {

struct TruthRow {
  Point origin;  // of the first cell
  Size cell;
  bool visible = false;  // no other window covers any part
  std::string text;      // one byte a cell; whatever is not ASCII is '?'

  Rect box(std::size_t first, std::size_t end) const {
    return {origin.x + static_cast<int>(first) * cell.width, origin.y, static_cast<int>(end - first) * cell.width, cell.height};
  }
  Rect box() const { return box(0, text.size()); }
};

struct KnownSecret {
  std::string name;
  std::string value;
  std::size_t public_prefix = 0;
};

class SessionTruth {
 public:
  // Ends the process with a message when the files are not those of a recorded session.
  explicit SessionTruth(const std::filesystem::path& session);

  const std::vector<TruthRow>& rows(std::size_t state) const;
  // Cells of the row that hold a secret, or its first four characters or more at the end of the row (it is being typed).
  std::vector<Rect> secret_cells(const TruthRow& row) const;
  // Whether the row is there with the same text in the states before and after.
  bool stable(std::size_t state, const TruthRow& row) const;

  // The text of the cells that `box` reaches over, in whichever row of the terminal is nearest to `read`, in that state or its
  // neighbours; nothing where no visible row of a terminal that stands still is known.
  std::optional<std::string> expected(std::size_t state, const Rect& box, const std::string& read) const;

 private:
  bool steady(std::size_t state, const TruthRow& row) const;

  std::vector<std::vector<TruthRow>> states_;
  std::vector<KnownSecret> secrets_;
};

// Levenshtein's.
std::size_t edit_distance(const std::string& a, const std::string& b);

}  // namespace frostgate::bench
