#include "redaction/mask_box.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "redaction/cover.h"
#include "redaction/lines/panel.h"
#include "redaction/separators.h"
#include "redaction/type_rows.h"

namespace frostgate::redaction {
namespace {

constexpr int kNear = 8;  // lines, up to which another one may tell of this one's type
const std::optional<TypeRows> kNoType;

bool blank(FrameView frame, const LineBox& line, int x, int ink) {
  for (int y = line.box.y; y < line.box.bottom(); ++y) {
    if (distance(colour_of(frame.at(x, y)), line.background) > ink) return false;
  }
  return true;
}

// Whether a letter's blurred side, too faint for ink, reaches into the area beside the line.
bool fringed(FrameView frame, const LineBox& line, const Rect& beside) {
  constexpr int kFaintest = 4;
  const Rect area = beside.intersected(Rect::of(frame.size));
  for (int y = area.y; y < area.bottom(); ++y) {
    for (int x = area.x; x < area.right(); ++x) {
      if (distance(colour_of(frame.at(x, y)), line.background) > kFaintest) return true;
    }
  }
  return false;
}

int middle(const Rect& box) { return box.x + box.width / 2; }

// Found by nothing but its letters.
bool weak(const Finding& finding) { return finding.rule.starts_with("entropy."); }

// Whether the blank that the engine put at `at` is none on the screen: hardly a gap, the place of an underscore, which may be faint, or
// beside a point, which fills little of its cell.
bool torn(FrameView frame, const LineBox& line, const TextLine& text, std::size_t at) {
  const auto& characters = text.characters;
  if (at == 0 || at + 1 >= characters.size() || characters[at].code != U' ') return false;
  if (characters[at - 1].code == U'.' || characters[at - 1].code == U',') return true;
  int gap = 0, widest = 0;
  for (int x = std::max(middle(characters[at - 1].box), line.box.x); x < std::min(middle(characters[at + 1].box), line.box.right()); ++x) {
    gap = blank(frame, line, x, line.ink / 3) ? gap + 1 : 0;
    widest = std::max(widest, gap);
  }
  const bool before_point = characters[at + 1].code == U'.';
  return widest <= std::max(3, before_point ? line.box.height / 3 : line.box.height / 5);
}

// Found by what it is made of, or as a part of an address, and not by what stands around it.
bool by_letters(const Finding& finding) { return weak(finding) || finding.rule.starts_with("token.") || finding.rule.starts_with("url."); }

// Whether a rule that goes by what stands around a secret finds all of this too: it says where the secret begins and ends, for one that
// does not look random as well.
bool told_by_place(std::span<const Finding> findings, const Finding& finding) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& other) {
    return other.line == finding.line && !by_letters(other) && other.first <= finding.first && (other.to_line_end || finding.end <= other.end);
  });
}

// Whether the rule knows by the words or the form around it where a secret begins, and nothing by its letters.
bool tells_start(const Finding& finding) {
  constexpr std::string_view kBy[] = {"label.", "command.", "file.netrc", "file.xml_password", "file.crypt_hash"};
  return std::any_of(std::begin(kBy), std::end(kBy), [&](std::string_view by) { return finding.rule.starts_with(by); });
}

// The character of the word that the finding begins in at which a rule that tells it says that the secret begins.
std::optional<std::size_t> told_start(const TextLine& text, const Finding& finding, std::span<const SecretStart> starts) {
  const auto& characters = text.characters;
  for (const SecretStart& start : starts) {
    if (start.line != finding.line) continue;
    std::size_t at = 0;
    while (at < characters.size() && (characters[at].code == U' ' || middle(characters[at].box) < start.x)) ++at;
    const auto [from, to] = std::minmax(at, std::min(finding.first, characters.size()));
    const bool one_word = std::none_of(characters.begin() + static_cast<std::ptrdiff_t>(from), characters.begin() + static_cast<std::ptrdiff_t>(to),
                                       [](const Character& character) { return character.code == U' '; });
    if (at < finding.end && one_word) return at;
  }
  return std::nullopt;
}

// What was drawn by a machine is hidden from the first letter of its word to the end of its line. Whether a vendor's prefix is known for
// one, and where the last letter stands, depends on how the letters of the secret are read; and what is torn off it shows it. Where the words
// around it tell where it begins, its letters do not say otherwise.
Finding whole(FrameView frame, const LineBox& line, const TextLine& text, std::span<const Finding> findings, std::span<const SecretStart> starts, Finding finding) {
  constexpr std::u32string_view kApart = U" =:;/\"'`";
  if (!by_letters(finding)) return finding;
  const auto start = told_start(text, finding, starts);
  if (start) finding.first = std::max(finding.first, *start);
  if (told_by_place(findings, finding)) return finding;
  const auto& characters = text.characters;
  finding.end = characters.size();
  finding.first = std::min(finding.first, characters.size());
  const auto apart = [&](std::size_t at) { return kApart.find(characters[at].code) != std::u32string_view::npos && !torn(frame, line, text, at); };
  const bool address = finding.rule.starts_with("url.");
  while (!address && finding.first > 0 && finding.first != start && !apart(finding.first - 1)) --finding.first;
  return finding;
}

bool letter_or_digit(char32_t code) {
  const bool dash_or_quote = code >= 0x2010 && code <= 0x201F;
  return (code >= 128 && !dash_or_quote) || (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') || (code >= 'a' && code <= 'z');
}

// Rows up to which a cell of this type reaches. Where lines stand close under each other the cells fill all of their pitch; else a fifth of a
// capital above it, and below the feet not quite half as deep as a capital is high. What rises or hangs further moves the edge by whole steps.
struct CellRows {
  int top = 0;
  int bottom = 0;
};

CellRows cell_rows(FrameView frame, const TypeRows& type, int pitch, const LineBox& line) {
  CellRows cell{type.baseline - type.capital - type.capital / 5, type.baseline + type.capital * 9 / 20};
  if (pitch > 0 && pitch * 2 <= type.capital * 5) {
    cell.bottom = type.baseline + (pitch * 6 + 12) / 25;
    cell.top = cell.bottom - pitch;
  }
  const int step = std::max(2, type.capital / 4);
  const Rect& box = line.box;
  const int top = box.y - fringed(frame, line, {box.x, box.y - 1, box.width, 1}), bottom = box.bottom() + fringed(frame, line, {box.x, box.bottom(), box.width, 1});
  while (cell.top > top) cell.top -= step;
  while (cell.bottom < bottom) cell.bottom += step;
  return cell;
}

// The rows of a field that holds this one line, told from its ground left of the text; none where there is no border near.
std::optional<CellRows> field_rows(FrameView frame, const LineBox& line, int start) {
  if (start < 0 || start >= line.box.x) return std::nullopt;
  const auto ground = [&](int y) { return distance(colour_of(frame.at(start, y)), line.background) <= line.ink; };
  CellRows rows{line.box.y, line.box.bottom()};
  while (rows.top > std::max(0, line.box.y - line.box.height) && ground(rows.top - 1)) --rows.top;
  while (rows.bottom < std::min(frame.size.height, line.box.bottom() + line.box.height) && ground(rows.bottom)) ++rows.bottom;
  const bool above = rows.top > 0 && !ground(rows.top - 1), below = rows.bottom < frame.size.height && !ground(rows.bottom);
  return above && below ? std::optional(rows) : std::nullopt;
}

class Screen {
 public:
  Screen(FrameView frame, std::span<const LineBox> lines, std::span<const TextLine> texts, std::span<const Finding> findings)
      : frame_(frame), lines_(lines), texts_(texts), hidden_(texts.size()), types_(texts.size()) {
    for (std::size_t i = 0; i < texts.size(); ++i) hidden_[i].assign(texts[i].characters.size(), false);
    for (const Finding& finding : findings) {
      if (finding.line >= texts.size()) continue;
      std::vector<bool>& hidden = hidden_[finding.line];
      const std::size_t end = finding.to_line_end ? hidden.size() : std::min(finding.end, hidden.size());
      for (std::size_t k = finding.first; k < end; ++k) hidden[k] = true;
    }
  }

  Rect box(const Finding& finding) const {
    const std::size_t i = finding.line;
    // All of a field is public but what it holds, whose letters would tell by their height.
    const auto field = finding.first == 0 ? field_rows(frame_, lines_[i], panel_start(frame_, lines_[i])) : std::nullopt;
    const Setting setting = setting_of(i);
    const CellRows rows = field ? *field : cell_rows(frame_, setting.type, setting.pitch, lines_[i]);
    CoverSpot spot;
    spot.top = rows.top;
    spot.bottom = rows.bottom;
    spot.left = left(i, finding);
    const std::optional<int> next = next_public(i, finding.end);
    spot.panel_start = panel_start(frame_, lines_[i]);
    spot.panel_end = texts_[i].panel_end > 0 ? texts_[i].panel_end : panel_end(frame_, lines_[i]);
    // Where nothing stands behind it, the box does not tell where the secret ends.
    spot.to_panel_end = finding.to_line_end || !next;
    if (!finding.to_line_end && !next) spot.panel_end = std::min(spot.panel_end, neighbour(i));
    spot.right = std::max(spot.left, next.value_or(lines_[i].box.right() + 1));
    return snapped(spot);
  }

 private:
  // Not hidden, and not so near to what is that its ink could be the other's.
  std::vector<bool> seen(std::size_t i) const {
    std::vector<bool> seen(hidden_[i].size());
    for (std::size_t k = 0; k < seen.size(); ++k) {
      const bool beside = (k > 0 && hidden_[i][k - 1]) || (k + 1 < seen.size() && hidden_[i][k + 1]);
      seen[k] = !hidden_[i][k] && !beside;
    }
    return seen;
  }

  const std::optional<TypeRows>& public_type(std::size_t i) const {
    if (!types_[i]) types_[i] = type_rows(frame_, lines_[i], texts_[i], seen(i));
    return *types_[i];
  }

  // Between two neighbours among these lines; 0 when there are none.
  int pitch_of(const std::vector<std::size_t>& lines, int capital) const {
    int pitch = 0;
    for (const std::size_t one : lines) {
      for (const std::size_t other : lines) {
        const int apart = public_type(one)->baseline - public_type(other)->baseline;
        if (apart * 5 >= capital * 6 && apart <= capital * 3 && (pitch == 0 || apart < pitch)) pitch = apart;
      }
    }
    return pitch;
  }

  // How a line is set: its type, and how far under each other the lines around it stand, or 0.
  struct Setting {
    TypeRows type;
    int pitch = 0;
  };

  // The line's own feet if enough of it may be seen; else those of the nearest line, on the pitch of the lines around. How high capitals are is
  // told by all lines around together.
  Setting setting_of(std::size_t i) const {
    const auto& own = public_type(i);
    Setting setting{own ? *own : rough_type_rows(frame_, lines_[i])};
    const std::vector<std::size_t> near = set_alike(i, setting.type.baseline);
    if (near.empty()) return setting;
    std::vector<int> capitals;
    for (const std::size_t k : near) capitals.push_back(public_type(k)->capital);
    std::nth_element(capitals.begin(), capitals.begin() + static_cast<std::ptrdiff_t>(capitals.size() / 2), capitals.end());
    setting.type.capital = capitals[capitals.size() / 2];
    setting.pitch = pitch_of(near, setting.type.capital);
    if (own || setting.pitch == 0) return setting;
    // By whole lines, so that the secret's own letters, which move its rough feet, do not say which is nearest.
    const auto lines_up = [&](std::size_t k) {
      const int off = setting.type.baseline - public_type(k)->baseline;
      return (off + (off >= 0 ? setting.pitch : -setting.pitch) / 2) / setting.pitch;
    };
    const std::size_t nearest = *std::min_element(near.begin(), near.end(), [&](std::size_t a, std::size_t b) {
      return std::tuple(std::abs(lines_up(a)), lines_up(a) < 0, a) < std::tuple(std::abs(lines_up(b)), lines_up(b) < 0, b);
    });
    const int baseline = public_type(nearest)->baseline + lines_up(nearest) * setting.pitch;
    if (std::abs(setting.type.baseline - baseline) <= std::max(2, setting.type.capital / 2)) setting.type.baseline = baseline;
    else setting.pitch = 0;
    return setting;
  }

  // Lines around with enough public type of about this one's size, itself among them.
  std::vector<std::size_t> set_alike(std::size_t i, int baseline) const {
    std::vector<std::size_t> near;
    const Rect& own = lines_[i].box;
    const int farthest = kNear * own.height * 9 / 4;  // by the two conditions below
    for (std::size_t k = 0; k < lines_.size(); ++k) {
      const Rect& other = lines_[k].box;
      if (other.y > baseline + farthest || other.bottom() < baseline - farthest) continue;
      const auto& type = other.x < own.right() && own.x < other.right() ? public_type(k) : kNoType;
      if (!type || std::abs(type->baseline - baseline) > kNear * type->capital * 3 / 2) continue;
      if (type->capital * 2 > own.height && type->capital < own.height * 3 / 2) near.push_back(k);
    }
    return near;
  }

  // The right edge of the ink that may be seen in front of the secret, as the pixels have it: the engine's boxes wander by a pixel or
  // two with what follows. With nothing in front, where the lines around begin. A letter's blurred side, too faint for ink, reaches a
  // pixel further, into the public letter where nothing parts the two.
  int left(std::size_t i, const Finding& finding) const {
    const auto& characters = texts_[i].characters;
    const LineBox& line = lines_[i];
    const std::size_t first = std::min(finding.first, characters.size());
    // Marks in front of it (`=`, `"`, `_`) are read as this or that depending on what follows, with a blank behind them or without: they go
    // with the secret.
    std::size_t last = first;
    // A letter alone between a slash and another mark is a misread slash.
    const auto mark = [&](std::size_t at) {
      return !letter_or_digit(characters[at].code) || (at > 0 && at + 1 < first && characters[at - 1].code == U'/' && !letter_or_digit(characters[at + 1].code));
    };
    while (last > 0 && mark(last - 1)) --last;
    int x = line.box.x;
    if (last == 0) {
      for (const LineBox& other : lines_) {
        if (std::abs(other.box.x - line.box.x) <= line.box.height / 2) x = std::min(x, other.box.x);
      }
      // From the panel's edge where that is near: where the first letter's ink begins is the letter's.
      const int panel = panel_start(frame_, line);
      x = x - panel <= line.box.height ? std::min(x, panel) : x - fringed(frame_, line, {x - 1, line.box.y, 1, line.box.height});
    } else {
      const std::optional<int> sign = before_sign(i, last, first);
      x = sign ? *sign : std::max(line.box.x, std::min(before_marks(i, last, first).value_or(behind_letter(i, last - 1)), behind_pieces(i, last)));
    }
    return finding.from_column ? std::min(x, *finding.from_column) : x;
  }

  // The end of the public letter before an equals sign or a colon that was read between it and the secret, where the pixels have one near.
  std::optional<int> before_sign(std::size_t i, std::size_t last, std::size_t first) const {
    const auto& characters = texts_[i].characters;
    const auto sign = [](const Character& character) { return character.code == U'=' || character.code == U':'; };
    if (std::none_of(characters.begin() + static_cast<std::ptrdiff_t>(last), characters.begin() + static_cast<std::ptrdiff_t>(first), sign)) return std::nullopt;
    const LineBox& line = lines_[i];
    const int from = characters[last - 1].box.right(), to = first < characters.size() ? characters[first].box.x : line.box.right();
    const int back = line.box.height * 2, ahead = line.box.height * 6 / 5;
    std::optional<int> x;
    int nearest = back + 1;
    for (const Separator& each : separators(frame_, line, from - 2 * back, to + 2 * ahead)) {
      const int away = std::max({0, from - each.right, each.left - to});
      if (away >= nearest || (each.left > to && away > ahead)) continue;
      nearest = away;
      x = each.left - 1;
    }
    return x;
  }

  bool clear(std::size_t i, int x) const { return blank(frame_, lines_[i], x, lines_[i].ink); }

  // Where a blank stands right before the secret, its pixels are sure: from it back over the ink of each mark.
  std::optional<int> before_marks(std::size_t i, std::size_t last, std::size_t first) const {
    const auto& characters = texts_[i].characters;
    std::size_t space = first;
    while (space > last && characters[space - 1].code == U' ') --space;
    if (space < characters.size() && characters[space].code != U' ') return std::nullopt;
    // A label that ends its line has paper behind it as well.
    const bool ends_line = space == characters.size();
    if (ends_line && lines_[i].box.right() - characters.back().box.right() > lines_[i].box.height / 4) return std::nullopt;
    const int limit = characters[last - 1].box.x;
    int x = ends_line ? lines_[i].box.right() : characters[space].box.x;
    const auto back = [&](bool over_ink) {
      while (x > limit && clear(i, x - 1) != over_ink) --x;
    };
    back(false);
    const int behind = x;
    int signs = 0;
    for (std::size_t k = last; k < space; ++k) {
      if (characters[k].code != U' ') back(false), back(true), ++signs;
    }
    back(false);
    if (x > limit) return x - 1;
    // The marks touch the letter: as much as they are wide at most, and not by where an engine has put that.
    return signs > 0 ? std::optional(std::max(lines_[i].box.x, behind - signs * lines_[i].box.height / 3)) : std::nullopt;
  }

  // The end of the ink that most of a letter's box holds.
  int behind_letter(std::size_t i, std::size_t letter) const {
    const auto& characters = texts_[i].characters;
    const Rect& box = characters[letter].box;
    const int limit = letter + 1 < characters.size() ? middle(characters[letter + 1].box) : lines_[i].box.right();
    int best = box.x, most = 0;
    for (int x = box.x; x < std::min(box.right(), limit); ++x) {
      int end = x;
      while (end < std::min(box.right(), limit) && !clear(i, end)) ++end;
      if (end - x > most) most = end - x, best = x;
      x = end;
    }
    int x = best;
    while (x < limit && !clear(i, x)) ++x;
    // Letters that touch or reach over each other: half of the public one goes with the secret.
    return x == limit ? std::min(middle(box), limit) : x - 1;
  }

  // Behind as many pieces of ink as the word has characters up to `last`: letters may touch, but none is in two pieces, so they end no further
  // right. An engine's boxes may be off by a word.
  int behind_pieces(std::size_t i, std::size_t last) const {
    const auto& characters = texts_[i].characters;
    std::size_t first = last;
    int pieces = 0;
    for (; first > 0 && characters[first - 1].code != U' '; --first) {
      const char32_t code = characters[first - 1].code;
      pieces += code == U'"' ? 2 : code == U'%' ? 3 : 1;
    }
    int x = first > 0 ? characters[first - 1].box.right() : lines_[i].box.x;
    const int limit = lines_[i].box.right();
    for (; pieces > 0 && x < limit; --pieces) {
      while (x < limit && clear(i, x)) ++x;
      while (x < limit && !clear(i, x)) ++x;
    }
    return x - 1;
  }

  // Where the ink of what may be seen again behind the secret begins.
  std::optional<int> next_public(std::size_t i, std::size_t end) const {
    const auto& characters = texts_[i].characters;
    std::size_t next = end;
    while (next < characters.size() && (characters[next].code == U' ' || hidden_[i][next])) ++next;
    if (next >= characters.size() || end == 0) return std::nullopt;
    const int limit = middle(characters[end - 1].box);
    int x = middle(characters[next].box);
    while (x > limit && !blank(frame_, lines_[i], x, lines_[i].ink)) --x;
    // Letters that touch: half of it goes with the secret. Between letters that do not, the gap is where the secret's last one fades out.
    return x > limit ? x + 1 : middle(characters[next].box);
  }

  // Where something else begins on the rows of the line, right of it.
  int neighbour(std::size_t i) const {
    const Rect& own = lines_[i].box;
    int x = frame_.size.width;
    for (const LineBox& other : lines_) {
      if (other.box.x >= own.right() && other.box.y < own.bottom() && own.y < other.box.bottom()) x = std::min(x, other.box.x - 2);
    }
    return x;
  }

  FrameView frame_;
  std::span<const LineBox> lines_;
  std::span<const TextLine> texts_;
  std::vector<std::vector<bool>> hidden_;        // by line and character
  mutable std::vector<std::optional<std::optional<TypeRows>>> types_;  // by line, as the public ink tells; once it was asked for
};

}  // namespace

std::vector<SecretStart> secret_starts(std::span<const TextLine> texts, std::span<const Finding> findings) {
  std::vector<SecretStart> starts;
  for (const Finding& finding : findings) {
    if (finding.line >= texts.size() || !tells_start(finding)) continue;
    const auto& characters = texts[finding.line].characters;
    std::size_t at = finding.first;
    while (at < characters.size() && characters[at].code == U' ') ++at;
    // Behind a letter it is found by what may be the secret's own letters, unless that is a flag's, `-pPASSWORD`, or a scheme's, `BearerTOKEN`.
    const bool flag = at >= 2 && characters[at - 2].code == U'-', scheme = finding.rule == "label.authorization";
    const bool within = at > 0 && letter_or_digit(characters[at - 1].code) && !flag && !scheme;
    if (at < characters.size() && !within) starts.push_back({finding.line, characters[at].box.x});
  }
  return starts;
}

std::vector<Rect> mask_boxes(FrameView frame, std::span<const LineBox> lines, std::span<const TextLine> texts, std::span<const Finding> findings,
                             std::span<const SecretStart> starts) {
  std::vector<Finding> hidden;
  for (const Finding& finding : findings) {
    const bool somewhere = finding.line < texts.size();
    hidden.push_back(somewhere ? whole(frame, lines[finding.line], texts[finding.line], findings, starts, finding) : finding);
  }
  const Screen screen(frame, lines, texts, hidden);
  std::vector<Rect> boxes;
  for (const Finding& finding : hidden) boxes.push_back(finding.line < texts.size() ? screen.box(finding) : Rect{});
  // What one rule hides wholly for another is not told again: whether a weaker rule agrees depends on the secret's letters.
  for (std::size_t k = 0; k < boxes.size(); ++k) {
    for (std::size_t other = 0; other < boxes.size() && !boxes[k].empty(); ++other) {
      if (other == k || findings[other].line != findings[k].line || boxes[other].empty() || !boxes[other].contains(boxes[k])) continue;
      const bool same = boxes[other] == boxes[k];
      if (!same || std::pair(weak(findings[other]), other) < std::pair(weak(findings[k]), k)) boxes[k] = {};
    }
  }
  return boxes;
}

}  // namespace frostgate::redaction
