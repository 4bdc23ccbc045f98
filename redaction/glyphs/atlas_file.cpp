// FORMAT.md
#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <tuple>
#include <utility>

#include "redaction/glyphs/glyph_atlas.h"

namespace frostgate::redaction {
namespace {

constexpr std::array<std::uint8_t, 4> kMagic = {'F', 'G', 'G', 'A'};
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kMaxPitches = 256;
constexpr int kMaxPitch = 4096;
constexpr std::size_t kMaxGlyphs = 32768;
constexpr std::uint32_t kFewestVotes = 3;  // as for reading: what is read gets hardly any votes more
constexpr std::uint32_t kFewestLines = 2;
constexpr std::uint32_t kMostKeptVotes = 16;
constexpr std::size_t kChecksumSize = 8;

std::uint64_t checksum(std::span<const std::byte> bytes) {
  std::uint64_t sum = 14695981039346656037u;
  for (const std::byte byte : bytes) {
    sum = (sum ^ std::to_integer<std::uint64_t>(byte)) * 1099511628211u;
    sum ^= sum >> 32;
  }
  return sum;
}

class ByteWriter {
 public:
  void number(std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i) bytes_.push_back(static_cast<std::byte>(value >> (8 * i) & 255));
  }
  std::vector<std::byte> take() {
    number(checksum(bytes_), kChecksumSize);
    return std::move(bytes_);
  }

 private:
  std::vector<std::byte> bytes_;
};

// Past the end it reads zeros and remembers it.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : bytes_(bytes) {}
  std::uint64_t number(std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value |= std::to_integer<std::uint64_t>(next()) << (8 * i);
    return value;
  }
  bool exhausted() const { return at_ == bytes_.size() && !overrun_; }
  bool overrun() const { return overrun_; }

 private:
  std::byte next() {
    if (at_ < bytes_.size()) return bytes_[at_++];
    overrun_ = true;
    return std::byte{0};
  }
  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
  bool overrun_ = false;
};

auto order(const Glyph& glyph) { return std::tie(glyph.width, glyph.height, glyph.rise, glyph.levels); }

void write_levels(const std::vector<std::uint8_t>& levels, ByteWriter& out) {
  for (std::size_t i = 0; i < levels.size(); i += 2) {
    out.number(static_cast<std::uint64_t>(levels[i] << 4 | (i + 1 < levels.size() ? levels[i + 1] : 0)), 1);
  }
}

bool read_levels(ByteReader& in, std::size_t count, std::vector<std::uint8_t>& levels) {
  for (std::size_t i = 0; i < count; i += 2) {
    const auto pair = static_cast<std::uint8_t>(in.number(1));
    levels.push_back(pair >> 4);
    if (i + 1 < count) {
      levels.push_back(pair & 15);
    } else if ((pair & 15) != 0) {
      return false;
    }
  }
  return true;
}

bool is_character(char32_t code) { return code > 0x20 && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF); }

struct SavedGlyph {
  Glyph glyph;
  Label label;
  std::uint32_t votes = 0;
};

bool read_glyph(ByteReader& in, SavedGlyph& out) {
  out.glyph.width = static_cast<int>(in.number(1));
  out.glyph.height = static_cast<int>(in.number(1));
  out.glyph.rise = static_cast<std::int8_t>(in.number(1));
  out.votes = static_cast<std::uint32_t>(in.number(1));
  const auto characters = static_cast<std::size_t>(in.number(1));
  const auto side = [](int value) { return value >= 1 && value <= kMaxGlyphSide; };
  if (!side(out.glyph.width) || !side(out.glyph.height) || out.votes < kFewestVotes || out.votes > kMostKeptVotes) return false;
  if (characters < 1 || characters > Label::kMaxSize) return false;
  std::u32string text;
  for (std::size_t i = 0; i < characters; ++i) {
    text += static_cast<char32_t>(in.number(4));
    if (!is_character(text.back())) return false;
  }
  out.label = Label(text);
  return read_levels(in, static_cast<std::size_t>(out.glyph.width) * out.glyph.height, out.glyph.levels) && !in.overrun();
}

Error damaged() { return {ErrorKind::corrupt, "the glyph atlas is damaged, or no glyph atlas of this version"}; }

}  // namespace

std::vector<std::byte> GlyphAtlas::save() const {
  std::vector<SavedGlyph> glyphs;
  for (const Entry& entry : entries_) {
    const Verdict says = verdict(entry);
    if (says.votes < kFewestVotes || entry.lines < kFewestLines || !says.agreed()) continue;
    glyphs.push_back({entry.glyph, says.match.label, std::min(says.votes, kMostKeptVotes)});
  }
  std::ranges::sort(glyphs, [](const SavedGlyph& a, const SavedGlyph& b) { return order(a.glyph) < order(b.glyph); });
  std::vector<int> pitches = this->pitches();
  pitches.resize(std::min(pitches.size(), kMaxPitches));
  std::ranges::sort(pitches);
  ByteWriter out;
  for (const std::uint8_t byte : kMagic) out.number(byte, 1);
  out.number(kVersion, 2);
  out.number(pitches.size(), 2);
  out.number(glyphs.size(), 4);
  for (const int pitch : pitches) out.number(static_cast<std::uint64_t>(pitch), 2);
  for (const SavedGlyph& saved : glyphs) {
    out.number(static_cast<std::uint64_t>(saved.glyph.width), 1);
    out.number(static_cast<std::uint64_t>(saved.glyph.height), 1);
    out.number(static_cast<std::uint8_t>(static_cast<std::int8_t>(saved.glyph.rise)), 1);
    out.number(saved.votes, 1);
    out.number(saved.label.text().size(), 1);
    for (const char32_t code : saved.label.text()) out.number(code, 4);
    write_levels(saved.glyph.levels, out);
  }
  return out.take();
}

Result<GlyphAtlas> GlyphAtlas::load(std::span<const std::byte> bytes) {
  if (bytes.size() < kChecksumSize || bytes.size() > kMaxFileSize) return damaged();
  const std::span<const std::byte> content = bytes.first(bytes.size() - kChecksumSize);
  if (ByteReader(bytes.last(kChecksumSize)).number(kChecksumSize) != checksum(content)) return damaged();
  ByteReader in(content);
  for (const std::uint8_t byte : kMagic) {
    if (in.number(1) != byte) return damaged();
  }
  if (in.number(2) != kVersion) return damaged();
  const auto pitches = static_cast<std::size_t>(in.number(2));
  const auto glyphs = static_cast<std::size_t>(in.number(4));
  if (in.overrun() || pitches > kMaxPitches || glyphs > kMaxGlyphs) return damaged();
  GlyphAtlas atlas;
  int last_pitch = 0;
  for (std::size_t i = 0; i < pitches; ++i) {
    const auto pitch = static_cast<int>(in.number(2));
    if (pitch <= last_pitch || pitch > kMaxPitch) return damaged();
    atlas.pitch_lines_[pitch] = kLinesToKnowPitch;
    last_pitch = pitch;
  }
  Glyph last;
  for (std::size_t i = 0; i < glyphs; ++i) {
    SavedGlyph saved;
    if (!read_glyph(in, saved) || !(order(last) < order(saved.glyph))) return damaged();
    last = saved.glyph;
    atlas.add({std::move(saved.glyph), {{saved.label, saved.votes}}, 0, kFewestLines});
  }
  if (!in.exhausted()) return damaged();
  return atlas;
}

}  // namespace frostgate::redaction
