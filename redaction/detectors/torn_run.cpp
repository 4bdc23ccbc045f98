#include "redaction/detectors/torn_run.h"

#include <algorithm>

#include "redaction/detectors/fold.h"

namespace frostgate::redaction {
namespace {

constexpr std::size_t kMostPieces = 8;    // on each side
constexpr std::size_t kLongestScrap = 4;  // that says nothing by itself
constexpr std::size_t kShortestRest = 5;  // behind a scrap

// What parts a value from its name, or from what stands beside it; the rest may be a misread letter or digit.
bool parts_value(char c) { return std::string_view(" =:;,\"<>@()&").find(c) != std::string_view::npos; }

// Between two marks that join parts of a name: a word says that it is none of the run.
bool is_word(std::string_view part) {
  return part.size() >= 3 && std::all_of(part.begin(), part.end(), is_letter) && std::none_of(part.begin() + 1, part.end(), is_upper);
}

std::string_view between(const PreparedText& text, std::size_t first, std::size_t end) { return std::string_view(text.text).substr(first, end - first); }

// Letters with digits among them, or with capitals inside; no time, flag, path or address.
bool is_drawn(std::string_view piece) {
  if (piece.size() < 2 || piece.find_first_of(":@(,;<>=\"") != std::string_view::npos || piece[0] == '/') return false;
  const bool letter = std::any_of(piece.begin(), piece.end(), is_letter);
  const bool small = std::any_of(piece.begin(), piece.end(), is_lower);
  const auto digits = std::count_if(piece.begin(), piece.end(), is_digit);
  const bool inner = small && std::any_of(piece.begin() + 1, piece.end(), is_upper);
  const bool domain = !inner && piece.find('.') != std::string_view::npos;
  return letter && !domain && (digits > 0 || inner);
}

// Whether `piece` is a part of the run as it is, or only with what stands behind it, away from the run.
enum class Piece { none, scrap, part };
Piece judge(std::string_view piece) {
  if (piece.empty()) return Piece::none;
  if (is_drawn(piece)) return Piece::part;
  const bool public_mark = piece.find_first_of(":@(<>=\"#$%") != std::string_view::npos;
  return piece.size() <= kLongestScrap && !public_mark ? Piece::scrap : Piece::none;
}

std::size_t word_end(const PreparedText& text, std::size_t end) {
  while (end < text.text.size() && !parts_value(text.text[end]) && !text.harmless[end]) ++end;
  // What base64 is filled up with.
  const std::size_t filled = std::min(text.text.find_first_not_of('=', end), text.text.size());
  if (filled == text.text.size() || text.text[filled] == ' ') end = filled;
  return end;
}

// Whether [first, end), in front of a slash, is base64 as well, and no path.
bool is_base64(std::string_view before) {
  const bool small = std::any_of(before.begin(), before.end(), is_lower);
  if (!small || std::none_of(before.begin(), before.end(), is_upper)) return false;
  for (std::size_t at = 0; at <= before.size();) {
    const std::size_t end = std::min(before.find('/', at), before.size());
    if (end == at || is_word(before.substr(at, end - at))) return false;
    at = end + 1;
  }
  return true;
}

std::size_t word_first(const PreparedText& text, std::size_t first) {
  std::size_t at = first;
  const auto back = [&](bool over_slashes) {
    while (at > 0 && !parts_value(text.text[at - 1]) && (over_slashes || text.text[at - 1] != '/') && !text.harmless[at - 1]) --at;
  };
  back(false);
  if (at > 0 && text.text[at - 1] == '/') {
    const std::size_t slash = at - 1;
    back(true);
    if (is_base64(between(text, at, slash))) return at;
    at = slash + 1;
  }
  if (at == first && at > 0 && text.text[at - 1] == '/' && (at == 1 || text.text[at - 2] == ' ')) return at - 1;
  // From the run outwards, up to a part that is a word.
  while (first > at) {
    const auto before = between(text, at, first);
    const std::size_t letter = before.find_last_not_of("-_.");
    const std::size_t mark = letter == std::string_view::npos ? letter : before.find_last_of("-_.", letter);
    const std::size_t start = mark == std::string_view::npos ? at : at + mark + 1;
    auto part = between(text, start, first);
    while (!part.empty() && !is_alnum(part.back())) part.remove_suffix(1);
    if (is_word(part)) break;
    first = start;
  }
  return first;
}

bool parted_narrowly(const PreparedText& text, std::size_t space) { return text.text[space] == ' ' && !text.wide(space); }

std::size_t pieces_behind(const PreparedText& text, std::size_t end) {
  std::size_t at = end;
  for (std::size_t n = 0, scraps = 0; n < kMostPieces && at + 1 < text.text.size() && parted_narrowly(text, at); ++n) {
    const std::size_t next = text.run_end(at + 1);
    if (text.harmless_between(at + 1, next)) break;
    auto piece = between(text, at + 1, next);
    while (piece.ends_with('=')) piece.remove_suffix(1);  // what base64 is filled up with
    const Piece kind = judge(piece);
    if (kind == Piece::none || (kind == Piece::scrap && ++scraps > 2)) break;
    at = next;
    if (kind == Piece::part && (scraps == 0 || piece.size() >= kShortestRest)) end = at, scraps = 0;
  }
  return end;
}

std::size_t pieces_before(const PreparedText& text, std::size_t first) {
  std::size_t at = first;
  for (std::size_t n = 0, scraps = 0; n < kMostPieces && at > 1 && parted_narrowly(text, at - 1); ++n) {
    const std::size_t space = text.text.rfind(' ', at - 2);
    const std::size_t start = space == std::string::npos ? 0 : space + 1;
    if (text.harmless_between(start, at - 1)) break;
    auto piece = between(text, start, at - 1);
    // Behind `name=` a value begins.
    const std::size_t sign = piece.find_last_of("=:");
    if (sign != std::string_view::npos) piece.remove_prefix(sign + 1);
    const Piece kind = judge(piece);
    if (kind == Piece::none || (kind == Piece::scrap && ++scraps > 2)) break;
    if (kind == Piece::part && (scraps == 0 || piece.size() >= kShortestRest)) first = at - 1 - piece.size(), scraps = 0;
    if (sign != std::string_view::npos) break;
    at = start;
  }
  return first;
}

}  // namespace

RunExtent torn_run(const PreparedText& text, std::size_t first, std::size_t end, bool whole) {
  RunExtent extent{whole ? word_first(text, first) : first, word_end(text, end)};
  if (extent.end == text.text.size() || text.text[extent.end] == ' ') extent.end = pieces_behind(text, extent.end);
  if (whole) extent.first = pieces_before(text, extent.first);
  return extent;
}

}  // namespace frostgate::redaction
