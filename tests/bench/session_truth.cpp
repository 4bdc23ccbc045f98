#include "tests/bench/session_truth.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace frostgate::bench {
namespace {

constexpr std::size_t kTypedLength = 4;

// Cells, not bytes: terminals of the session show nothing wider than one cell.
std::string one_byte_a_cell(const std::string& utf8) {
  std::string out;
  for (const char c : utf8) {
    if ((c & 0xC0) == 0x80) continue;
    out += (c & 0x80) ? '?' : c;
  }
  return out;
}

std::string without_outer_blanks(const std::string& text) {
  const std::size_t first = text.find_first_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

}  // namespace

SessionTruth::SessionTruth(const std::filesystem::path& session) {
  std::ifstream file(session / "truth.tsv");
  for (std::string line; std::getline(file, line);) {
    std::istringstream in(line);
    std::size_t state = 0;
    TruthRow row;
    in >> state >> row.origin.x >> row.origin.y >> row.cell.width >> row.cell.height >> row.visible;
    in.get();
    std::getline(in, row.text);
    row.text = one_byte_a_cell(row.text);
    if (states_.size() <= state) states_.resize(state + 1);
    states_[state].push_back(std::move(row));
  }
  std::ifstream known(session / "secrets.json");
  const auto list = nlohmann::json::parse(known, nullptr, false);
  if (states_.empty() || !list.is_array()) {
    std::fprintf(stderr, "%s holds no recorded session\n", session.c_str());
    std::exit(1);
  }
  for (const auto& entry : list) secrets_.push_back({entry["name"], entry["value"], entry["public_prefix"]});
}

const std::vector<TruthRow>& SessionTruth::rows(std::size_t state) const {
  static const std::vector<TruthRow> none;
  return state < states_.size() ? states_[state] : none;
}

std::vector<Rect> SessionTruth::secret_cells(const TruthRow& row) const {
  std::vector<Rect> cells;
  for (const KnownSecret& secret : secrets_) {
    for (std::size_t at = row.text.find(secret.value); at != std::string::npos; at = row.text.find(secret.value, at + 1)) {
      cells.push_back(row.box(at + secret.public_prefix, at + secret.value.size()));
    }
    for (std::size_t length = std::min(secret.value.size() - 1, row.text.size()); length >= secret.public_prefix + kTypedLength; --length) {
      if (!row.text.ends_with(secret.value.substr(0, length))) continue;
      cells.push_back(row.box(row.text.size() - length + secret.public_prefix, row.text.size()));
      break;
    }
  }
  return cells;
}

bool SessionTruth::stable(std::size_t state, const TruthRow& row) const {
  const auto there = [&](std::size_t other) {
    return std::any_of(rows(other).begin(), rows(other).end(), [&](const TruthRow& candidate) {
      return candidate.origin == row.origin && candidate.text == row.text && candidate.visible;
    });
  };
  return state > 0 && there(state - 1) && there(state + 1);
}

// Whether the row's terminal stood still around that state: a window that is being dragged shows what it has not yet redrawn.
bool SessionTruth::steady(std::size_t state, const TruthRow& row) const {
  const auto there = [&](std::size_t other) {
    return std::any_of(rows(other).begin(), rows(other).end(), [&](const TruthRow& candidate) {
      return candidate.origin.x == row.origin.x && candidate.cell == row.cell && (candidate.origin.y - row.origin.y) % row.cell.height == 0;
    });
  };
  return (state == 0 || there(state - 1)) && there(state) && there(state + 1);
}

std::optional<std::string> SessionTruth::expected(std::size_t state, const Rect& box, const std::string& read) const {
  const int middle = box.y + box.height / 2;
  const auto known = [&](const TruthRow& row) {
    return row.visible && middle >= row.origin.y && middle < row.origin.y + row.cell.height && row.box().intersects(box) && steady(state, row);
  };
  const auto at = std::find_if(rows(state).begin(), rows(state).end(), known);
  if (at == rows(state).end()) return std::nullopt;
  std::optional<std::string> best;
  std::size_t distance = 0;
  // The picture may be of a moment between two states of a scroll: any row of the terminal may stand there.
  for (std::size_t other = state > 0 ? state - 1 : 0; other <= state + 1; ++other) {
    for (const TruthRow& row : rows(other)) {
      if (!row.visible || row.origin.x != at->origin.x || !(row.cell == at->cell)) continue;
      const auto column = [&](int x) { return static_cast<std::size_t>(std::clamp((x - row.origin.x) / row.cell.width, 0, static_cast<int>(row.text.size()))); };
      const std::size_t first = column(box.x + 1), end = std::min(row.text.size(), column(box.right() - 2) + 1);
      const std::string text = end > first ? without_outer_blanks(row.text.substr(first, end - first)) : "";
      if (text.empty()) continue;
      const std::size_t wrong = edit_distance(text, read);
      if (best && wrong >= distance) continue;
      best = text;
      distance = wrong;
    }
  }
  return best;
}

std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t above = row[j + 1];
      row[j + 1] = std::min({above + 1, row[j] + 1, diagonal + (a[i] != b[j])});
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace frostgate::bench
