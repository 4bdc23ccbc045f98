#include "redaction/detectors/harmless.h"

#include "redaction/detectors/digests.h"
#include "redaction/detectors/fold.h"
#include "redaction/detectors/patterns.h"
#include "redaction/detectors/screen_text.h"

namespace frostgate::redaction {
namespace {

constexpr std::size_t kLongestBlock = 400;  // lines

// Folded literals that begin text of a public kind; what follows up to the next space is harmless.
struct PublicKind {
  std::string_view begin;
  bool one_space;  // the body stands after one space
};
constexpr PublicKind kPublicKinds[] = {
    {"ssh-rsa", true},       {"ssh-dss", true},       {"ssh-ed25519", true},       {"ecdsa-sha2-nistp256", true},
    {"ecdsa-sha2-nistp384", true}, {"ecdsa-sha2-nistp521", true}, {"sk-ssh-ed25519@openssh.com", true},
    {"SHA256:", false},      {"sha256-", false},      {"sha384-", false},          {"sha512-", false},
    {"sha1-", false},        {"sha256:", false},      {"sha512:", false},          {"h1:", false},
};

struct FoldedKind {
  std::string begin;
  bool one_space;
};

const std::vector<FoldedKind>& public_kinds() {
  static const std::vector<FoldedKind> kinds = [] {
    std::vector<FoldedKind> made;
    for (const auto& kind : kPublicKinds) made.push_back({fold(kind.begin), kind.one_space});
    return made;
  }();
  return kinds;
}

bool is_base64(char c) { return is_alnum(c) || c == '+' || c == '/' || c == '=' || c == '@' || c == '|' || c == '$' || c == '{' || c == kUnknown; }

// "data:image/png;base64,BODY", with spurious spaces in its head and in its body. A word is no more of the body.
void mark_data_urls(const PreparedText& text, std::vector<bool>& harmless) {
  constexpr std::size_t kShortestPiece = 6;
  static const auto head = folded_pattern("data.?(?:image|font|application|text|audio|video)/[a-z0-9+.-]{2,24}.ase.{2}[^a-z0-9+/]?");
  each_match(*head, text.packed, 0, [&](std::size_t first, std::size_t end) {
    const std::size_t start = text.unpacked[first];
    // A parenthesis is read as C.
    const bool parenthesis = start > 1 && text.text[start - 1] == 'C' && (text.text[start - 2] == ' ' || is_lower(text.text[start - 2]));
    if (start > 0 && is_alnum(text.text[start - 1]) && !parenthesis) return;
    std::size_t at = text.unpacked[end - 1] + 1;
    if (at < text.text.size() && text.text[at] == ' ') ++at;
    std::size_t stop = text.run_end(at);
    while (stop + 1 < text.text.size() && text.text[stop] == ' ' && is_base64(text.text[stop - 1])) {
      const std::size_t next = text.run_end(stop + 1);
      const auto piece = std::string_view(text.text).substr(stop + 1, next - stop - 1);
      std::string body(piece.substr(0, piece.find_first_of(")\"'>")));
      std::erase(body, '/');
      if (piece.size() < kShortestPiece || !looks_drawn(body)) break;
      stop = next;
    }
    for (std::size_t i = start; i < stop; ++i) harmless[i] = true;
  });
}

// The end of a body of a known length that begins at `first`, whatever spaces OCR put into it; or `first`, where it is not there.
template <class Belongs>
std::size_t torn_body_end(const PreparedText& text, std::size_t first, std::size_t length, Belongs belongs) {
  constexpr std::size_t kSlack = 4;  // characters that were read as two or not at all
  std::size_t at = first, count = 0;
  while (at < text.text.size() && count + kSlack < length) {
    std::size_t end = at;
    while (end < text.text.size() && belongs(text.text[end])) ++end;
    if (end == at) return first;
    count += end - at;
    if (count + kSlack >= length) return count <= length + kSlack ? end : first;
    if (end == text.text.size() || text.text[end] != ' ') return first;
    at = end + 1;
  }
  return first;
}

bool is_misread_base64(char c) { return is_base64(c) || std::string_view("?]-'").find(c) != std::string_view::npos; }

// What ssh-keygen prints, head and body misread: "SHA2Z56 : BODY" and "ssh-ed25919 AsAACSNZaC1 BODY".
void mark_torn_keys(const PreparedText& text, std::vector<bool>& harmless) {
  struct Kind {
    std::unique_ptr<re2::RE2> head;  // group 1 is the body's beginning
    std::size_t length;
  };
  static const Kind kinds[] = {{folded_pattern("(?:^|[^a-z0-9])sha[a-z0-9]{3,4} ?[^a-z0-9 ]{0,2} ?([a-z0-9+/@])"), 43}, {folded_pattern("ssh.ed.{5} ?([adrsgo]{3,5}[ce])"), 68}};
  for (const Kind& kind : kinds) {
    each_match(*kind.head, text.folded, 1, [&](std::size_t first, std::size_t) {
      std::size_t end = torn_body_end(text, first, kind.length, is_base64);
      if (end == first) end = torn_body_end(text, first, kind.length, is_misread_base64);
      for (std::size_t i = first; i < end; ++i) harmless[i] = true;
    });
  }
}

}  // namespace

std::vector<bool> harmless_positions(const PreparedText& text) {
  std::vector<bool> harmless(text.text.size(), false);
  for (const auto& kind : public_kinds()) {
    for (std::size_t at = text.folded.find(kind.begin); at != std::string::npos; at = text.folded.find(kind.begin, at + 1)) {
      if (at > 0 && is_alnum(text.text[at - 1])) continue;
      std::size_t end = text.run_end(at);
      // AAAA is how every SSH key's length field of the kind's name looks in base64.
      if (kind.one_space) {
        const bool glued = starts_at(text.folded, at + kind.begin.size(), "aaaa");
        if (!glued && !starts_at(text.folded, end, " aaaa")) continue;
        if (!glued) end = text.run_end(end + 1);
      }
      for (std::size_t i = at; i < end; ++i) harmless[i] = true;
    }
  }
  mark_data_urls(text, harmless);
  mark_torn_keys(text, harmless);
  mark_digests(text, harmless);
  return harmless;
}

bool begins_public_block(const PreparedText& text) {
  static const auto begin_public = folded_pattern("begin.{0,24}(certificate|public.?key|pgp.?message|signature|pgp.?signed)");
  return re2::RE2::PartialMatch(text.packed, *begin_public);
}

void mark_harmless_lines(ScreenText& screen, JudgedTexts& texts) {
  std::vector<std::vector<bool>> marks(screen.rows.size());  // of the rows that get some
  const auto mark = [&](std::size_t line) -> std::vector<bool>& {
    if (marks[line].empty()) marks[line] = screen.rows[line]->harmless;
    return marks[line];
  };
  for (const PlacedText& text : screen.joined) {
    for (std::size_t at = 0; at < text->harmless.size(); ++at) {
      const Place place = text.place(at);
      if (text->harmless[at] && !screen.rows[place.line]->harmless[place.index]) mark(place.line)[place.index] = true;
    }
  }
  for (std::size_t i = 0; i < screen.rows.size(); ++i) {
    if (!screen.rows[i].judged->begins_public_block) continue;
    std::size_t line = i;
    for (std::size_t n = 0; n < kLongestBlock; ++n) {
      line = screen.below(line, screen.lines[i].box, 1.9);
      if (line >= screen.rows.size() || screen.rows[line]->folded.find("--") != std::string::npos) break;
      mark(line).assign(screen.rows[line]->text.size(), true);
    }
  }
  for (PlacedText& text : screen.joined) {
    std::vector<bool> all = text->harmless;
    for (std::size_t at = 0; at < all.size(); ++at) {
      const Place place = text.place(at);
      all[at] = all[at] || (!marks[place.line].empty() && marks[place.line][place.index]) || screen.rows[place.line]->harmless[place.index];
    }
    if (all != text->harmless) text.judged = texts.judged(text->characters, true, &all);
  }
  for (std::size_t i = 0; i < screen.rows.size(); ++i)
    if (!marks[i].empty()) screen.rows[i].judged = texts.judged(screen.rows[i]->characters, false, &marks[i]);
}

}  // namespace frostgate::redaction
