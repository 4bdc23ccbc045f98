#include "redaction/glyphs/glyph_atlas.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <limits>
#include <string_view>
#include <utility>

#include "redaction/glyphs/resolution.h"

namespace frostgate::redaction {
namespace {

constexpr std::size_t kMaxEntries = 32768;
constexpr std::size_t kMaxPixels = std::size_t{8} << 20;
constexpr std::size_t kMaxOfOneShape = 512;  // all of them are looked at for a picture that is not among them
constexpr std::size_t kMaxCandidates = 6;
// Read as a letter far more often than a letter is read as one of them.
constexpr std::u32string_view kMissedDigits = U"0258";
constexpr std::uint32_t kVotesToRead = 3;
constexpr std::uint32_t kVotesToDoubt = 12;
constexpr std::uint32_t kLinesToRead = 2;
constexpr std::uint32_t kMostVotes = 64;  // then all are halved, so that a wrong label can still be outvoted
constexpr int kNoise = 5;  // levels by which a pixel may differ: another colour's rounding, a lossy codec

std::uint64_t shape_of(int width, int height, int rise) {
  return static_cast<std::uint64_t>(width) << 32 | static_cast<std::uint64_t>(height) << 16 | static_cast<std::uint16_t>(rise);
}

// The sum of the differences of their levels, both on one baseline and b's left edge at column `shift` of a. None when
// one is more than noise.
std::optional<int> difference(const Glyph& a, const Glyph& b, int shift) {
  const auto level = [](const Glyph& glyph, int x, int above) -> int {
    const int y = glyph.height - 1 - (above - glyph.rise);
    if (x < 0 || x >= glyph.width || y < 0 || y >= glyph.height) return 0;
    return glyph.levels[static_cast<std::size_t>(y) * glyph.width + x];
  };
  int sum = 0;
  for (int above = std::min(a.rise, b.rise); above < std::max(a.rise + a.height, b.rise + b.height); ++above) {
    for (int x = std::min(0, shift); x < std::max(a.width, b.width + shift); ++x) {
      const int off = std::abs(level(a, x, above) - level(b, x - shift, above));
      if (off > kNoise) return std::nullopt;
      sum += off;
    }
  }
  return sum;
}

// The dark pixels of a column, as bits by their row above the baseline.
std::uint64_t column_of(const Glyph& glyph, int x) {
  std::uint64_t bits = 0;
  for (int y = 0; y < glyph.height; ++y) {
    if (glyph.levels[static_cast<std::size_t>(y) * glyph.width + x] <= kFullInk / 2) continue;
    bits |= std::uint64_t{1} << ((glyph.rise + glyph.height - 1 - y) & 63);
  }
  return bits;
}

// Whether the columns of the picture from `left` on are this glyph's and nothing else.
bool stands_at(const Glyph& picture, int left, const Glyph& glyph) {
  const int top = (picture.rise + picture.height) - (glyph.rise + glyph.height);  // rows of the picture above it
  if (top < 0 || glyph.rise < picture.rise || left + glyph.width > picture.width) return false;
  for (int y = 0; y < picture.height; ++y) {
    const std::uint8_t* row = picture.levels.data() + static_cast<std::ptrdiff_t>(y) * picture.width + left;
    const bool inside = y >= top && y < top + glyph.height;
    for (int x = 0; x < glyph.width; ++x) {
      const int level = inside ? glyph.levels[static_cast<std::size_t>(y - top) * glyph.width + x] : 0;
      if (std::abs(row[x] - level) > kNoise) return false;
    }
  }
  return true;
}

}  // namespace

// Of the candidates that are alike. Where there is only one height of a letter of two, the other case is the other one.
GlyphAtlas::Match GlyphAtlas::majority(const Entry& entry, const Label& like) {
  Match best;
  std::uint32_t most = 0, most_low = 0, most_tall = 0;
  for (const Candidate& candidate : entry.candidates) {
    if (!alike(candidate.label, like)) continue;
    const char32_t code = candidate.label.text().size() == 1 ? candidate.label.text().front() : 0;
    const std::uint32_t weight = candidate.votes * (kMissedDigits.find(code) != std::u32string_view::npos ? 2 : 1);
    const auto keep = [&](std::uint32_t& so_far, auto& place, const auto& value) {
      if (weight < so_far || (weight == so_far && !(value < place))) return;
      so_far = weight;
      place = value;
    };
    keep(most, best.label, candidate.label);
    if (stature_of(code) == Stature::low) keep(most_low, best.low, code);
    if (stature_of(code) == Stature::tall) keep(most_tall, best.tall, code);
  }
  if (best.low == 0 && best.tall != 0) best.low = other_case(best.tall);
  if (best.tall == 0 && best.low != 0) best.tall = other_case(best.low);
  return best;
}

GlyphAtlas::Verdict GlyphAtlas::verdict(const Entry& entry) {
  Verdict best;
  Label like;
  for (const Candidate& one : entry.candidates) {
    best.total += one.votes;
    std::uint32_t votes = 0;
    for (const Candidate& other : entry.candidates) votes += alike(one.label, other.label) ? other.votes : 0;
    if (votes < best.votes || (votes == best.votes && !(one.label < like))) continue;
    best.votes = votes;
    like = one.label;
  }
  best.match = majority(entry, like);
  if (best.total > 0) best.match.confidence = static_cast<float>(best.votes) / static_cast<float>(best.total);
  return best;
}

const GlyphAtlas::Entry* GlyphAtlas::exact(const Glyph& glyph) const {
  const auto found = by_hash_.find(hash_of(glyph));
  if (found == by_hash_.end()) return nullptr;
  const Entry& entry = entries_[found->second];
  return entry.glyph == glyph ? &entry : nullptr;
}

// Those whose edges are at most a row or a column of faint ink further out or in.
template <class Each>
void GlyphAtlas::near(const Glyph& glyph, const Each& each) const {
  constexpr std::pair<int, int> kRows[] = {{0, 0}, {1, 0}, {1, -1}, {-1, 0}, {-1, 1}};  // of height and rise
  for (int wider = -1; wider <= 1; ++wider) {
    for (const auto& [higher, risen] : kRows) {
      const auto found = by_shape_.find(shape_of(glyph.width + wider, glyph.height + higher, glyph.rise + risen));
      if (found == by_shape_.end()) continue;
      for (const std::uint32_t index : found->second) {
        for (int shift = std::min(0, -wider); shift <= std::max(0, -wider); ++shift) {
          if (const auto off = difference(glyph, entries_[index].glyph, shift)) each(entries_[index], *off);
        }
      }
    }
  }
}

GlyphAtlas::Answer GlyphAtlas::answer(const Entry& entry) {
  const Verdict says = verdict(entry);
  if (says.votes >= kVotesToRead && entry.lines >= kLinesToRead && says.agreed()) {
    return {Standing::known, says.match};
  }
  if (says.total < kVotesToDoubt) return {};
  return {Standing::quarantined, says.votes * 2 >= says.total ? says.match : Match()};
}

GlyphAtlas::Answer GlyphAtlas::find(const Glyph& glyph) const {
  if (const Entry* entry = exact(glyph)) return answer(*entry);
  Answer best;
  int least = std::numeric_limits<int>::max();
  bool agreed = true;
  near(glyph, [&](const Entry& entry, int off) {
    const Answer says = answer(entry);
    if (says.standing != Standing::known) return;
    if (best.standing == Standing::known && !alike(best.match.label, says.match.label)) agreed = false;
    if (off >= least) return;
    least = off;
    best = says;
  });
  return agreed ? best : Answer{};
}

void GlyphAtlas::vote(const Glyph& glyph, const Label& label, std::uint64_t line) {
  const Entry* known = exact(glyph);
  int least = std::numeric_limits<int>::max();
  if (!known) {
    near(glyph, [&](const Entry& entry, int off) {
      if (off >= least) return;
      least = off;
      known = &entry;
    });
  }
  if (!known) {
    if (full()) forget_rare();
    const auto shape = by_shape_.find(shape_of(glyph.width, glyph.height, glyph.rise));
    if (full() || (shape != by_shape_.end() && shape->second.size() >= kMaxOfOneShape)) return;
    add({glyph, {{label, 1}}, line, 1});
    return;
  }
  Entry& entry = entries_[static_cast<std::size_t>(known - entries_.data())];
  if (entry.last_line != line) {
    entry.last_line = line;
    ++entry.lines;
  }
  const auto same = std::ranges::find(entry.candidates, label, &Candidate::label);
  if (same != entry.candidates.end()) {
    ++same->votes;
  } else if (entry.candidates.size() < kMaxCandidates) {
    entry.candidates.push_back({label, 1});
  } else {
    *std::ranges::min_element(entry.candidates, {}, &Candidate::votes) = {label, 1};
  }
  if (verdict(entry).total < kMostVotes) return;
  for (Candidate& candidate : entry.candidates) candidate.votes /= 2;
  std::erase_if(entry.candidates, [](const Candidate& candidate) { return candidate.votes == 0; });
}

// The widest known glyph at this column. Null when none stands there.
const GlyphAtlas::Entry* GlyphAtlas::fit(const Glyph& picture, int left, int narrower_than, Match& match) const {
  const auto found = by_first_column_.find(column_of(picture, left));
  if (found == by_first_column_.end()) return nullptr;
  const Entry* best = nullptr;
  for (const std::uint32_t index : found->second) {
    const Entry& entry = entries_[index];
    if (entry.glyph.width >= narrower_than || (best && entry.glyph.width <= best->glyph.width)) continue;
    if (!stands_at(picture, left, entry.glyph)) continue;
    const Answer says = answer(entry);
    if (says.standing != Standing::known) continue;
    best = &entry;
    match = says.match;
  }
  return best;
}

std::vector<GlyphAtlas::Part> GlyphAtlas::parts_of(const Glyph& picture) const {
  std::vector<Part> parts;
  int limit = picture.width + 1;  // glyphs as wide as this were tried at this place and led nowhere
  int left = 0, steps = 0;
  while (left < picture.width && ++steps < 64) {
    Match match;
    if (const Entry* entry = fit(picture, left, limit, match)) {
      parts.push_back({left, entry->glyph, match});
      left += entry->glyph.width;
      limit = picture.width + 1;
      continue;
    }
    if (parts.empty()) return {};
    left = parts.back().left;
    limit = parts.back().glyph.width;
    parts.pop_back();
  }
  return left == picture.width ? parts : std::vector<Part>();
}

void GlyphAtlas::note_pitch(int pitch) {
  constexpr int kMeasured = 4;  // a pitch is not measured better than to this
  ++pitch_lines_[(pitch + kMeasured / 2) / kMeasured * kMeasured];
}

std::vector<int> GlyphAtlas::pitches() const {
  std::vector<std::pair<std::uint32_t, int>> counted;
  for (const auto& [pitch, lines] : pitch_lines_) {
    if (lines >= kLinesToKnowPitch) counted.emplace_back(lines, pitch);
  }
  std::ranges::sort(counted, std::greater<>());
  std::vector<int> out;
  for (const auto& [lines, pitch] : counted) out.push_back(pitch);
  return out;
}

bool GlyphAtlas::full() const { return entries_.size() >= kMaxEntries || pixels_ >= kMaxPixels; }

void GlyphAtlas::add(Entry entry) {
  const auto index = static_cast<std::uint32_t>(entries_.size());
  by_hash_[hash_of(entry.glyph)] = index;
  by_shape_[shape_of(entry.glyph.width, entry.glyph.height, entry.glyph.rise)].push_back(index);
  by_first_column_[column_of(entry.glyph, 0)].push_back(index);
  pixels_ += entry.glyph.levels.size();
  entries_.push_back(std::move(entry));
}

// Room for new ones: what was seen once or twice is mostly noise.
void GlyphAtlas::forget_rare() {
  std::vector<Entry> kept = std::exchange(entries_, {});
  by_hash_.clear();
  by_shape_.clear();
  by_first_column_.clear();
  pixels_ = 0;
  std::erase_if(kept, [](const Entry& entry) { return verdict(entry).total < kVotesToRead; });
  for (Entry& entry : kept) add(std::move(entry));
}

}  // namespace frostgate::redaction
