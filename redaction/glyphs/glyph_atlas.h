// What glyphs say, learned by the votes of an engine that reads whole lines: it is wrong often and differently, so the
// majority is right more often than it is. Bounded; one thread at a time for `vote`, any number for `find`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "codec/base/result.h"
#include "redaction/glyphs/glyph.h"

namespace frostgate::redaction {

class GlyphAtlas {
 public:
  // What the majority of its votes says, and how sure that is, 0 to 1.
  struct Match {
    Label label;
    float confidence = 0;
    // What it may be where it is as high as an x, and where it is as high as a capital (resolution.h); 0: no difference.
    char32_t low = 0;
    char32_t tall = 0;
  };
  enum class Standing {
    unknown,      // too few votes yet
    known,
    quarantined,  // seen often, but the votes disagree
  };
  struct Answer {
    Standing standing = Standing::unknown;
    Match match;  // of a known one; of a quarantined one what half of the votes said, if they did
  };

  static constexpr std::size_t kMaxFileSize = std::size_t{8} << 20;
  // Fails with `corrupt` for anything that `save` did not write (FORMAT.md).
  static Result<GlyphAtlas> load(std::span<const std::byte> bytes);
  // Only what many votes of several lines agreed on, in an order that says nothing of when it was learned.
  std::vector<std::byte> save() const;

  // By exactly this picture, or by those that differ from it no more than lossy pixels do, if they all say the same.
  Answer find(const Glyph& glyph) const;

  // Known glyphs side by side that make up the whole picture: characters that touch. Empty when there are none.
  struct Part {
    int left = 0;  // column in the picture
    Glyph glyph;
    Match match;
  };
  std::vector<Part> parts_of(const Glyph& picture) const;

  // One line's votes carry one number, new for each line: a label needs the evidence of two.
  void vote(const Glyph& glyph, const Label& label, std::uint64_t line);

  // A line had characters on a grid of this pitch (glyph_line.h). A short line alone does not show its pitch.
  void note_pitch(int pitch);
  std::vector<int> pitches() const;  // those of several lines, the most frequent first

  std::size_t size() const { return entries_.size(); }

 private:
  struct Candidate {
    Label label;
    std::uint32_t votes = 0;
  };
  struct Entry {
    Glyph glyph;
    std::vector<Candidate> candidates;
    std::uint64_t last_line = 0;
    std::uint32_t lines = 0;
  };
  struct Verdict {
    Match match;
    std::uint32_t votes = 0;  // for it and what looks like it
    std::uint32_t total = 0;
    bool agreed() const { return votes * 4 >= total * 3; }
  };

  static constexpr std::uint32_t kLinesToKnowPitch = 3;

  static Match majority(const Entry& entry, const Label& like);
  static Verdict verdict(const Entry& entry);
  static Answer answer(const Entry& entry);
  const Entry* exact(const Glyph& glyph) const;
  template <class Each>
  void near(const Glyph& glyph, const Each& each) const;
  const Entry* fit(const Glyph& picture, int left, int narrower_than, Match& match) const;
  bool full() const;
  void add(Entry entry);
  void forget_rare();

  std::vector<Entry> entries_;
  std::size_t pixels_ = 0;  // of all entries
  std::unordered_map<std::uint64_t, std::uint32_t> by_hash_;
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> by_shape_;
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> by_first_column_;
  std::unordered_map<int, std::uint32_t> pitch_lines_;
};

}  // namespace frostgate::redaction
