#include "redaction/glyphs/glyph_reader.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <utility>

#include "redaction/glyphs/alignment.h"
#include "redaction/glyphs/interpretation.h"
#include "redaction/glyphs/resolution.h"

namespace frostgate::redaction {
namespace {

constexpr char32_t kWildcard = 0xFFFD;
constexpr float kWildcardConfidence = 0.2F;
constexpr float kDoubtedConfidence = 0.4F;  // of a quarantined one that half of the votes agree on
constexpr float kTeaching = 0.4F;        // characters of less confidence do not vote
constexpr std::size_t kFewestToTeach = 4;  // shorter lines do not show their baseline
constexpr std::size_t kFewestToRead = 2;
constexpr std::size_t kLongWord = 12, kNeighbours = 2;
constexpr std::size_t kLongEnough = 3;  // to do without its first and its last character
constexpr std::uint64_t kCheckedEvery = 100;
constexpr std::size_t kMostCounted = 1 << 16;  // pictures that the engine was asked for

// Symbols that the engine has to read again: `first` to `last`, exclusive.
struct Stretch {
  std::size_t first = 0;
  std::size_t last = 0;
};

void say(std::vector<Character>& out, std::u32string_view text, const Rect& box, float confidence) {
  const int count = static_cast<int>(text.size());
  for (int i = 0; i < count; ++i) {
    const int left = box.width * i / count, right = std::max(box.width * (i + 1) / count, left + 1);
    out.push_back({text[static_cast<std::size_t>(i)], {box.x + left, box.y, right - left, box.height}, confidence});
  }
}

// Writes the characters of one line, with its spaces, in screen columns.
class Writer {
 public:
  explicit Writer(const LineImage& image) : image_(image) {}

  void symbol(const Symbol& symbol, std::u32string_view text, float confidence) {
    const Rect box{image_.box.x + symbol.box.x, image_.box.y, symbol.box.width, image_.box.height};
    if (symbol.space_before) space_until(box.x);
    say(out_, text, box, confidence);
  }
  void characters(const std::vector<Character>& read, bool space_before) {
    if (read.empty()) return;
    if (space_before) space_until(read.front().box.x);
    out_.insert(out_.end(), read.begin(), read.end());
  }
  std::vector<Character> take() { return std::move(out_); }

 private:
  void space_until(int right) {
    if (out_.empty() || out_.back().code == U' ') return;
    const int left = out_.back().box.right();
    out_.push_back({U' ', {left, image_.box.y, std::max(1, right - left), image_.box.height}, 1});
  }

  const LineImage& image_;
  std::vector<Character> out_;
};

// Whether nothing is unknown but what another window or the screen's edge has cut: that is no character any more, for the
// engine neither.
bool cut_at_ends(const Interpretation& line, const LineImage& image) {
  if (line.symbols.size() < kLongEnough) return false;
  const auto first = line.symbols.begin() + (image.cut_left ? 1 : 0), last = line.symbols.end() - (image.cut_right ? 1 : 0);
  return std::all_of(first, last, [](const Symbol& symbol) { return symbol.known(); });
}

bool must_be_read(const Symbol& symbol, bool doubtful) {
  return !symbol.known() && (doubtful || symbol.answer.standing != GlyphAtlas::Standing::quarantined);
}

void append(std::vector<Stretch>& stretches, const Stretch& next) {
  if (!stretches.empty() && stretches.back().last >= next.first) {
    stretches.back().last = std::max(stretches.back().last, next.last);
  } else {
    stretches.push_back(next);
  }
}

// The words with symbols that nobody knows; all of the line when they are most of it. In a long word on a grid, where it is sure
// what is one character, only those symbols with their neighbours: so they are the same picture in a part of the line too.
std::vector<Stretch> unread_stretches(const Interpretation& line, const LineImage& image) {
  if (cut_at_ends(line, image)) return {};
  const bool doubtful = line.quarantined * 10 > line.symbols.size();
  std::vector<Stretch> stretches;
  for (std::size_t first = 0; first < line.symbols.size();) {
    std::size_t last = first + 1;
    while (last < line.symbols.size() && !line.symbols[last].space_before) ++last;
    const bool in_part = line.pitch > 0 && last - first > kLongWord;
    for (std::size_t i = first; i < last; ++i) {
      if (!must_be_read(line.symbols[i], doubtful)) continue;
      append(stretches, in_part ? Stretch{std::max(first + kNeighbours, i) - kNeighbours, std::min(last, i + kNeighbours + 1)} : Stretch{first, last});
    }
    first = last;
  }
  std::size_t unread = 0;
  for (const Stretch& stretch : stretches) unread += stretch.last - stretch.first;
  if (unread * 2 > line.symbols.size() || line.symbols.size() < kFewestToRead) return {{0, line.symbols.size()}};
  return stretches;
}

LineImage cropped(const LineImage& image, int left, int right) {
  LineImage crop{{image.box.x + left, image.box.y, right - left, image.box.height}, {}};
  crop.paper.reserve(static_cast<std::size_t>(crop.box.area()));
  for (int y = 0; y < image.box.height; ++y) {
    const auto row = image.paper.begin() + static_cast<std::ptrdiff_t>(y) * image.box.width;
    crop.paper.insert(crop.paper.end(), row + left, row + right);
  }
  return crop;
}

LineImage image_of(const LineImage& image, const Interpretation& line, const Stretch& stretch) {
  if (stretch.first == 0 && stretch.last == line.symbols.size()) return image;
  return cropped(image, line.symbols[stretch.first].box.x, line.symbols[stretch.last - 1].box.right());
}

enum class Kind { digit, letter, other };

Kind kind_of(char32_t code) {
  if (code >= U'0' && code <= U'9') return Kind::digit;
  return (code >= U'a' && code <= U'z') || (code >= U'A' && code <= U'Z') ? Kind::letter : Kind::other;
}

// Among its like an engine tells digits from letters; in random strings it guesses.
int weight_of(const std::vector<Character>& text, std::size_t at) {
  const Kind kind = kind_of(text[at].code);
  if (kind == Kind::other) return 1;
  int like = 0, unlike = 0;
  for (std::size_t k = at >= 2 ? at - 2 : 0; k < std::min(text.size(), at + 3); ++k) {
    if (k == at || kind_of(text[k].code) == Kind::other) continue;
    ++(kind_of(text[k].code) == kind ? like : unlike);
  }
  return like >= 2 && unlike == 0 ? 2 : 1;
}

// The engine's reading of a stretch, laid against its symbols.
struct Hearing {
  std::vector<Character> characters;  // without spaces
  std::vector<Pairing> pairings;      // places are symbols of the stretch
};

Hearing hear(const Interpretation& line, const Stretch& stretch, const TextLine& said, const Rect& on) {
  Hearing out;
  std::ranges::copy_if(said.characters, std::back_inserter(out.characters), [](const Character& c) { return c.code != U' '; });
  std::vector<Place> places;
  for (std::size_t i = stretch.first; i < stretch.last; ++i) {
    const Symbol& symbol = line.symbols[i];
    places.push_back({on.x + symbol.box.x, on.x + symbol.box.right(), symbol.known() ? symbol.answer.match.label : Label()});
  }
  out.pairings = align(places, out.characters, line.pitch > 0, on.height);
  return out;
}

Glyph joined(const Symbol& a, const Symbol& b) {
  const auto cell = [](const Symbol& symbol) {
    return Cell{symbol.box.x, symbol.box.right(), symbol.box.bottom(), symbol.box.height, symbol.glyph.levels, false};
  };
  return glyph_of(cell(a), cell(b), a.box.bottom() + a.glyph.rise).value_or(Glyph{});
}

// How high the line's capitals are.
int capital_of(const Interpretation& line) {
  int top = std::numeric_limits<int>::max(), tallest = 0;
  for (const Symbol& symbol : line.symbols) top = std::min(top, symbol.box.y), tallest = std::max(tallest, symbol.box.height);
  std::map<int, int> feet;
  for (const Symbol& symbol : line.symbols) feet[symbol.box.bottom()] += symbol.box.height * 5 >= tallest * 2;
  const auto most = std::ranges::max_element(feet, {}, [](const auto& foot) { return foot.second; });
  return most == feet.end() ? 0 : most->first - top;
}

// Whether a picture is wide enough for what an engine heard there. Its boxes wander: of `rd`, whose letters do not touch, it may put both on
// the `d`, and each `password` after that would be read with three of them.
bool wide_enough(const Glyph& glyph, std::u32string_view text, int capital) {
  constexpr std::u32string_view kThin = U"iIl1|!.,:;'`", kNarrow = U"fjrt()[]{}-\"*/\\";
  constexpr int kThinWidth = 20, kNarrowWidth = 38, kUsualWidth = 62, kLeast = 85;  // per cent of a capital's height; of the sum
  if (text.size() < 2) return true;
  int widths = 0;
  for (const char32_t code : text) {
    widths += kThin.find(code) != std::u32string_view::npos ? kThinWidth : kNarrow.find(code) != std::u32string_view::npos ? kNarrowWidth : kUsualWidth;
  }
  return glyph.width * 100 * 100 >= widths * kLeast * capital;
}

void collect_votes(const Interpretation& line, const Stretch& stretch, const Hearing& heard, std::vector<Lesson::Vote>& votes) {
  if (line.symbols.size() < kFewestToTeach) return;
  const int capital = capital_of(line);
  for (const Pairing& pairing : heard.pairings) {
    if (!pairing.in_order) continue;
    std::u32string text;
    float least = 1;
    for (std::size_t k = 0; k < pairing.characters; ++k) {
      text += heard.characters[pairing.character + k].code;
      least = std::min(least, heard.characters[pairing.character + k].confidence);
    }
    if (least < kTeaching) continue;
    const Symbol& symbol = line.symbols[stretch.first + pairing.place];
    if (line.pitch > 0 && text.size() == 1) text.front() = in_its_case(line, symbol, text.front());
    // The engine sees the block of a cursor, not what is under it.
    if (symbol.glyph.levels.empty() || symbol.under_cursor) continue;
    Glyph glyph = pairing.places == 2 ? joined(symbol, line.symbols[stretch.first + pairing.place + 1]) : symbol.glyph;
    if (glyph.levels.empty() || !wide_enough(glyph, text, capital)) continue;
    votes.push_back({std::move(glyph), Label(text), weight_of(heard.characters, pairing.character)});
  }
}

// Symbols that the atlas knows stay; the others say what the engine said there.
void write_heard(const Interpretation& line, const Stretch& stretch, const Hearing& heard, Writer& writer) {
  std::vector<const Pairing*> of(stretch.last - stretch.first, nullptr);
  for (const Pairing& pairing : heard.pairings) {
    for (std::size_t k = 0; k < pairing.places && pairing.characters > 0; ++k) of[pairing.place + k] = &pairing;
  }
  for (std::size_t i = stretch.first; i < stretch.last; ++i) {
    const Symbol& symbol = line.symbols[i];
    const Pairing* pairing = of[i - stretch.first];
    if (symbol.known()) {
      writer.symbol(symbol, symbol.answer.match.label.text(), symbol.answer.match.confidence);
    } else if (!pairing) {
      writer.symbol(symbol, {&kWildcard, 1}, kWildcardConfidence);
    } else if (stretch.first + pairing->place == i) {
      std::u32string text;
      float least = 1;
      for (std::size_t k = 0; k < pairing->characters; ++k) {
        text += heard.characters[pairing->character + k].code;
        least = std::min(least, heard.characters[pairing->character + k].confidence);
      }
      if (line.pitch > 0 && text.size() == 1) text.front() = in_its_case(line, symbol, text.front());
      writer.symbol(symbol, text, least);
    }
  }
}

void write_known(const Interpretation& line, std::size_t first, std::size_t last, Writer& writer) {
  for (std::size_t i = first; i < last; ++i) {
    const Symbol& symbol = line.symbols[i];
    const GlyphAtlas::Match& match = symbol.answer.match;
    if (match.label.empty()) {
      writer.symbol(symbol, {&kWildcard, 1}, kWildcardConfidence);
    } else {
      writer.symbol(symbol, match.label.text(), symbol.known() ? match.confidence : kDoubtedConfidence);
    }
  }
}

GlyphReading by_atlas(const LineImage& image, const Interpretation& line) {
  Writer writer(image);
  write_known(line, 0, line.symbols.size(), writer);
  auto lesson = std::make_shared<Lesson>();
  lesson->pitch = line.pitch;
  lesson->image = image;
  return {{image.box, writer.take()}, std::move(lesson)};
}

// Whether a mix is better than the engine's own characters. Without a grid nobody knows how many characters an unknown
// piece is, unless what the engine said fits in without gaps.
bool worth_mixing(const Interpretation& line, const Stretch& stretch, const Hearing& heard) {
  std::size_t known = 0;
  for (std::size_t i = stretch.first; i < stretch.last; ++i) known += line.symbols[i].known();
  if (known * 2 < stretch.last - stretch.first) return false;
  return line.pitch > 0 || std::ranges::all_of(heard.pairings, [](const Pairing& pairing) { return pairing.places > 0 && pairing.characters > 0; });
}

// How far most characters are from the next one, in columns.
int advance_of(const std::vector<Character>& said) {
  std::vector<int> advances;
  for (std::size_t i = 1; i < said.size(); ++i) {
    if (said[i].code != U' ' && said[i - 1].code != U' ') advances.push_back(said[i].box.x - said[i - 1].box.x);
  }
  if (advances.empty()) return 0;
  const auto middle = advances.begin() + static_cast<std::ptrdiff_t>(advances.size() / 2);
  std::nth_element(advances.begin(), middle, advances.end());
  return *middle;
}

// Whether the engine's characters stand as far apart as the grid's cells. Proportional type fits some grid by chance.
bool keeps_to_grid(int pitch, const std::vector<Character>& said) {
  constexpr int kFewest = 8;
  int steps = 0, even = 0;
  for (std::size_t i = 1; i < said.size(); ++i) {
    if (said[i].code == U' ' || said[i - 1].code == U' ') continue;
    const Rect &before = said[i - 1].box, &box = said[i].box;
    const int twice = 2 * (box.x - before.x) + box.width - before.width;  // from middle to middle
    ++steps;
    even += std::abs(twice * kPitchUnit / 2 - pitch) * 100 <= pitch * 28;
  }
  return steps < kFewest || even * 100 >= steps * 77;
}

// What is no wider than this is no space of proportional type: what letters may have around them, or what stands more than once
// between those of one word.
int widest_false_space(const Interpretation& line, const Rect& on, const std::vector<Character>& said) {
  constexpr int kNever = 28, kSeldom = 36;  // per cent of a capital's height
  const int capital = capital_of(line);
  std::vector<int> within;
  for (std::size_t i = 1; i < line.symbols.size(); ++i) {
    const int left = line.symbols[i - 1].box.right(), right = line.symbols[i].box.x;
    const int middle = on.x + (left + right) / 2;
    const bool parted = std::ranges::any_of(said, [&](const Character& c) { return c.code == U' ' && c.box.x <= middle && middle < c.box.right(); });
    if (!parted && (right - left) * 100 <= capital * kSeldom) within.push_back(right - left);
  }
  std::ranges::sort(within, std::greater());
  return std::max((capital * kNever - 1) / 100, within.size() > 1 ? within[1] : 0);
}

// Whether two symbols are further apart than in neighbouring cells, which have them in their middles. Some words of proportional type keep to a
// grid by chance, and their spaces are narrower than its cells.
bool beyond_next_cell(const Symbol& before, const Symbol& behind, int cell) {
  const int gap = behind.box.x - before.box.right(), widths = before.box.width + behind.box.width;
  return 2 * gap > 2 * cell - widths + std::max(3, cell / 4);
}

// An engine parts what stands a little apart, most of all narrow marks of a grid. On a grid a space is a cell without ink, and
// so no narrower than nearly a cell, of which two may have been taken for one.
std::vector<Character> without_false_spaces(const Interpretation& line, bool on_grid, const Rect& on, std::vector<Character> said) {
  if (!on_grid) {
    const int widest = widest_false_space(line, on, said);
    std::erase_if(said, [&](const Character& space) { return space.code == U' ' && space.box.width <= widest; });
    return said;
  }
  const int cell = std::min(line.pitch / kPitchUnit, advance_of(said));
  const auto false_space = [&](const Character& space) {
    if (space.code != U' ' || space.box.width * 5 >= cell * 4) return false;
    const int middle = space.box.x + space.box.width / 2 - on.x;
    const auto next = std::ranges::find_if(line.symbols, [&](const Symbol& symbol) { return symbol.box.x + symbol.box.width / 2 > middle; });
    return next != line.symbols.end() && next != line.symbols.begin() && !next->space_before && !beyond_next_cell(*std::prev(next), *next, cell);
  };
  std::erase_if(said, false_space);
  return said;
}

}  // namespace

Result<GlyphReading> GlyphReader::read(const LineImage& image, Glance glance) {
  Interpretation line = interpret(image, atlas_, Effort::quick);
  std::vector<Stretch> stretches = unread_stretches(line, image);
  if (stretches.empty()) return by_atlas(image, line);
  if (line.pitch == 0) {
    line = interpret(image, atlas_, Effort::thorough);
    stretches = unread_stretches(line, image);
  }
  auto lesson = std::make_shared<Lesson>();
  lesson->by_engine = true;
  lesson->pitch = line.pitch;
  Writer writer(image);
  std::size_t done = 0;
  for (const Stretch& stretch : stretches) {
    write_known(line, done, stretch.first, writer);
    done = stretch.last;
    const LineImage part = image_of(image, line, stretch);
    const TextLine said = TRY(ask(part, glance));
    lesson->asked.push_back(fingerprint(part));
    const bool on_grid = line.pitch > 0 && keeps_to_grid(line.pitch, said.characters);
    const bool false_grid = line.pitch > 0 && !on_grid;
    const Hearing heard = hear(line, stretch, said, image.box);
    if (false_grid) {
      lesson->pitch = 0;
    } else {
      collect_votes(line, stretch, heard, lesson->votes);
    }
    if (!false_grid && worth_mixing(line, stretch, heard)) {
      write_heard(line, stretch, heard, writer);
    } else {
      const bool space_before = stretch.first > 0 && line.symbols[stretch.first].space_before;
      writer.characters(without_false_spaces(line, on_grid, image.box, said.characters), space_before);
    }
  }
  write_known(line, done, line.symbols.size(), writer);
  return GlyphReading{{image.box, writer.take()}, std::move(lesson)};
}

Result<TextLine> GlyphReader::ask(const LineImage& image, Glance glance) {
  WordMemory& words = words_[static_cast<std::size_t>(glance)];
  if (const TextLine* known = words.find(image)) return *known;
  TextLine said = TRY(engine_->read(image, glance));
  words.put(image, said);
  return said;
}

bool GlyphReader::asked_before(const Lesson& lesson) {
  if (asked_.size() > kMostCounted) asked_.clear();
  bool before = lesson.by_engine && !lesson.asked.empty();
  for (const std::size_t picture : lesson.asked) before = !asked_.insert(picture).second && before;
  return before;
}

std::optional<GlyphReading> GlyphReader::read_without_engine(const LineImage& image) const {
  const Interpretation line = interpret(image, atlas_, Effort::quick);
  if (!unread_stretches(line, image).empty()) return std::nullopt;
  return by_atlas(image, line);
}

Result<void> GlyphReader::learn(const Lesson& lesson) {
  ++lines_learned_;
  if (lesson.pitch > 0) atlas_.note_pitch(lesson.pitch);
  if (lesson.by_engine) {
    vote(lesson.votes);
    return {};
  }
  if (++lines_unchecked_ < kCheckedEvery) return {};
  lines_unchecked_ = 0;
  ++lines_checked_;
  const Interpretation line = interpret(lesson.image, atlas_, Effort::quick);
  const TextLine said = TRY(engine_->read(lesson.image, Glance::usual));
  const Stretch all{0, line.symbols.size()};
  std::vector<Lesson::Vote> votes;
  collect_votes(line, all, hear(line, all, said, lesson.image.box), votes);
  for (const Lesson::Vote& one : votes) {
    const GlyphAtlas::Answer answer = atlas_.find(one.glyph);
    disagreements_ += answer.standing == GlyphAtlas::Standing::known && !alike(answer.match.label, one.label);
  }
  vote(votes);
  return {};
}

void GlyphReader::vote(const std::vector<Lesson::Vote>& votes) {
  for (const Lesson::Vote& one : votes) {
    for (int k = 0; k < one.weight; ++k) atlas_.vote(one.glyph, one.label, lines_learned_);
  }
}

}  // namespace frostgate::redaction
