#include "redaction/detectors/label_cells.h"

#include <algorithm>
#include <array>
#include <limits>

#include "redaction/detectors/fold.h"
#include "redaction/detectors/one_of.h"

namespace frostgate::redaction {
namespace {

constexpr std::size_t kLongestTable = 500;  // rows
constexpr double kFieldReach = 2.5;         // line heights between a label and the field below it
constexpr double kRowReach = 2.5;           // between the rows of a table: a window's are set wide
constexpr int kFarthestField = 40;          // line heights between a label and the field right of it

struct Cell {
  std::size_t first = 0;
  std::size_t end = 0;
};

// Columns of a row: parted by two spaces, one wide gap, or a rule.
std::vector<Cell> cells_of(const ScreenText& screen, std::size_t line) {
  const PreparedText& row = *screen.rows[line];
  std::vector<Cell> cells;
  std::size_t first = 0, end = 0;
  const auto close = [&] {
    if (end > first) cells.push_back({first, end});
  };
  for (std::size_t i = 0; i < row.text.size(); ++i) {
    const bool gap = row.text[i] == ' ' && ((i + 1 < row.text.size() && row.text[i + 1] == ' ') || row.wide(i));
    if (row.text[i] == '|' || gap) {
      close();
      first = end = i + 1;
    } else if (row.text[i] == ' ') {
      if (first == i) first = end = i + 1;
    } else {
      end = i + 1;
    }
  }
  close();
  return cells;
}

constexpr std::array<std::string_view, 35> kAround = {
    "new",  "old",   "current",  "confirm",  "your",       "enter",     "repeat",    "retype",   "again",    "neues", "altes", "bestatigen",
    "wiederholen", "nouveau", "confirmer", "votre", "nueva", "confirmar", "su",     "admin",    "user",     "root",  "database", "db",
    "master", "login", "wifi",   "default", "the",      "administrator", "ihr",    "aktuelles", "actuel",   "actual",   "network"};

// Whether the cell is a label and nothing else.
bool is_label(const PreparedText& row, const Cell& cell, const LabelMatch& label) {
  if (label.first < cell.first || label.identifier > cell.end || cell.end - cell.first > 40) return false;
  std::string rest(row.text, cell.first, label.first - cell.first);
  rest += ' ';
  rest.append(row.text, label.identifier, cell.end - label.identifier);
  std::string word;
  for (const char c : lower(rest) + " ") {
    if (is_letter(c)) word += c;
    else if (is_digit(c)) return false;
    else if (!word.empty() && !one_of(word, kAround)) return false;
    else word.clear();
  }
  return true;
}

// A word a form or table shows around its fields, not in them.
bool is_interface_word(std::string_view value) {
  constexpr std::array<std::string_view, 44> kWords = {
      "cancel", "ok", "login", "log", "sign", "submit", "forgot", "forgotten", "show", "hide", "remember", "next", "back", "continue",
      "username", "user", "email", "e-mail", "domain", "host", "name", "abbrechen", "anmelden", "weiter", "benutzer", "benutzername",
      "annuler", "connexion", "utilisateur", "cancelar", "aceptar", "usuario", "yes", "no", "none", "null", "true", "false", "enter",
      "save", "close", "change", "reset", "apply"};
  return one_of(lower(value.substr(0, value.find_first_of(" ?.:"))), kWords);
}

bool is_loud(std::string_view value) {
  return std::any_of(value.begin(), value.end(), [](char c) { return is_digit(c) || (!is_alnum(c) && c != ' ' && c != ':' && c != '.'); });
}

// Whether a line or cell may be what a field holds. `sure`: only what no ordinary word looks like.
bool is_field_value(std::string_view value, bool sure) {
  if (value.size() < 3 || value.size() > 80 || is_interface_word(value)) return false;
  if (std::count(value.begin(), value.end(), ' ') > (sure ? 0 : 1) || value.ends_with(":")) return false;
  if (is_loud(value)) return true;
  const bool capitalised = value[0] >= 'A' && value[0] <= 'Z' && std::none_of(value.begin() + 1, value.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  return !sure && !capitalised;
}

// Words joined by underscores, or by what those are read as.
bool is_identifier(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return is_letter(c) || fold(c) == fold('_'); });
}

bool is_rule(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '-' || c == '+' || c == '=' || c == '|' || c == ' ' || c == '_'; });
}

// Without blanks, and without what the border of a field beside it was read as.
std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " |";
  const std::size_t first = text.find_first_not_of(kBlank);
  return first == std::string_view::npos ? std::string_view{} : text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

// "REG_SZ", the type between a name of the registry and its value, which is read "REG SZ" or "REG 32", too.
bool is_registry_type(std::string_view folded) {
  constexpr std::size_t kMostLetters = 6;
  std::string name(folded);
  std::erase_if(name, [](char c) { return !is_alnum(c); });
  const std::string_view type = name;
  if (!type.starts_with(fold("reg"))) return false;
  return (type.size() > 3 && type.size() <= kMostLetters) || type.substr(3) == fold("expandsz") || type.substr(3) == fold("multisz");
}

// The next thing in the row that is more than the rest of an underscore.
std::size_t next_in_row(const ScreenText& screen, std::size_t line) {
  std::size_t right = screen.right_of(line);
  while (right < screen.lines.size() && trimmed(screen.rows[right]->text).find_first_not_of("-_.") == std::string_view::npos) right = screen.right_of(right);
  return right;
}

// Covers what stands under a column's header, row by row, as long as rows follow.
void cover_column(const ScreenText& screen, std::size_t header, const Rect& column, Findings& findings) {
  std::size_t line = header;
  for (std::size_t n = 0; n < kLongestTable; ++n) {
    line = screen.below(line, column, kRowReach);
    if (line >= screen.lines.size()) return;
    const PreparedText& row = *screen.rows[line];
    if (is_rule(row.text)) continue;
    std::size_t first = row.text.size(), end = 0;
    for (std::size_t i = 0; i < row.text.size(); ++i) {
      const Rect& box = screen.lines[line].characters[i].box;
      const int middle = box.x + box.width / 2;
      if (row.text[i] == ' ' || row.text[i] == '|' || middle < column.x || middle >= column.right()) continue;
      first = std::min(first, i), end = i + 1;
    }
    if (first >= end) return;
    // A word that reaches in from the left is no cell of this column: the table has ended.
    if (first > 0 && row.text[first - 1] != ' ' && row.text[first - 1] != '|') return;
    findings.add("label.table", screen.rows[line], first, row.run_end(end - 1));
  }
}

bool in_one_row(const Rect& a, const Rect& b) {
  return (std::min(a.bottom(), b.bottom()) - std::max(a.y, b.y)) * 2 >= std::min(a.height, b.height);
}

// Whether the row can be the header of a table: the name of a file or package in a list is none. Its columns may stand
// so far apart that each is a line of its own.
bool heads_columns(const ScreenText& screen, std::size_t line, const LabelMatch& label) {
  constexpr std::array<std::string_view, 14> kColumns = {"user", "username", "name", "login", "host", "email", "id",
                                                         "role", "account", "server", "service", "url", "benutzer", "usuario"};
  const std::string_view row = screen.rows[line]->text;
  if (row.find('|') != std::string_view::npos) return true;
  const std::size_t below = screen.below(line, screen.lines[line].box, 1.6);
  if (below < screen.rows.size() && is_rule(screen.rows[below]->text)) return true;
  bool named = is_upper(row[label.first]);
  for (std::size_t other = 0; other < screen.lines.size(); ++other) {
    if (!in_one_row(screen.lines[line].box, screen.lines[other].box)) continue;
    const std::string_view text = screen.rows[other]->text;
    if (std::any_of(text.begin(), text.end(), is_digit)) return false;
    for (const Cell& cell : cells_of(screen, other)) named = named || one_of(lower(text.substr(cell.first, cell.end - cell.first)), kColumns);
  }
  return named;
}

void find_below(const ScreenText& screen, std::size_t line, bool separated, Findings& findings) {
  const std::size_t below = screen.below(line, screen.lines[line].box, kFieldReach);
  if (below >= screen.lines.size()) return;
  if (is_field_value(trimmed(screen.rows[below]->text), separated)) findings.add_line("label.field", below);
}

}  // namespace

void find_around(const ScreenText& screen, std::size_t line, const std::vector<LabelMatch>& labels, Findings& findings) {
  const PreparedText& row = *screen.rows[line];
  const auto cells = cells_of(screen, line);
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const auto label = std::find_if(labels.begin(), labels.end(), [&](const LabelMatch& l) { return is_label(row, cells[c], l); });
    if (label == labels.end()) continue;
    const bool separated = row.text[cells[c].end - 1] == ':' || row.text[cells[c].end - 1] == '=';
    const auto text_of = [&](const Cell& cell) { return std::string_view(row.text).substr(cell.first, cell.end - cell.first); };
    if (cells.size() == 2 && c == 0 && is_field_value(text_of(cells[1]), true)) {
      findings.add(label->rule, screen.rows[line], cells[1].first, row.text.size(), true);
      continue;
    }
    std::size_t right = next_in_row(screen, line);
    const bool registry = right < screen.lines.size() && is_registry_type(screen.rows[right]->folded);
    if (registry) right = next_in_row(screen, right);
    const bool has_right = right < screen.lines.size() && screen.lines[right].box.x - screen.lines[line].box.right() < kFarthestField * std::max(screen.lines[line].box.height, 1);
    if (cells.size() == 1 && has_right && (separated || registry || is_field_value(trimmed(screen.rows[right]->text), true))) {
      findings.add_line("label.field", right);
      // `last_seen`: it may be the next column's name as well.
      if (separated || !is_identifier(trimmed(screen.rows[right]->text))) continue;
    }
    // Forms write a label with a capital; code that ends a line with the word does not.
    const bool form = separated || is_upper(row.text[label->first]);
    // Fields side by side have their labels side by side.
    const bool beside_label = has_right && !screen.rows[right].judged->labels.empty();
    if (cells.size() == 1 && (!has_right || beside_label) && form) find_below(screen, line, separated, findings);
    if (cells.size() == 1 && !has_right) continue;
    const auto& characters = screen.lines[line].characters;
    const int slack = static_cast<int>(screen.advance(line) / 2);
    const int left = characters[cells[c].first].box.x - slack;
    const int end = c + 1 < cells.size() ? characters[cells[c + 1].first].box.x - slack
                    : has_right          ? screen.lines[right].box.x - slack
                                         : std::numeric_limits<int>::max() / 2;
    const bool defined = c + 1 < cells.size() && (row.text[cells[c + 1].first] == '=' || row.text[cells[c + 1].first] == ':');
    if (!separated && !defined && heads_columns(screen, line, *label)) cover_column(screen, line, Rect::between(left, screen.lines[line].box.y, end, screen.lines[line].box.bottom()), findings);
  }
}

}  // namespace frostgate::redaction
