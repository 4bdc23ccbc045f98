// Reads lines by the glyphs of an atlas, and by an engine where the atlas does not know them; what the engine said of a
// line may later be taught to the atlas.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "codec/base/result.h"
#include "redaction/glyphs/glyph_atlas.h"
#include "redaction/glyphs/lessons.h"
#include "redaction/glyphs/word_memory.h"
#include "redaction/line_reader.h"

namespace frostgate::redaction {

struct GlyphReading {
  TextLine text;
  LessonPtr lesson;
};

class GlyphReader {
 public:
  GlyphReader(ReaderPtr engine, GlyphAtlas atlas) : engine_(std::move(engine)), atlas_(std::move(atlas)) {}

  // The same image always gives the same line as long as nothing was learned in between. A character that the atlas has
  // seen often without agreement has a low confidence: what most votes said, or U+FFFD where not even half of them agree.
  // Only the lesson of the usual look is one for learn(). Fails only when the engine does.
  Result<GlyphReading> read(const LineImage& image, Glance glance = Glance::usual);

  // The same, but null where it needs the engine.
  std::optional<GlyphReading> read_without_engine(const LineImage& image) const;

  // Whether nothing but pictures that earlier lines had asked for were asked for this line: of lines that were learned, so
  // that it says nothing of others. For counting.
  bool asked_before(const Lesson& lesson);

  // Every so often a line that the atlas read is read by the engine as well, and votes like the others: which one,
  // depends on nothing but how many lines were learned.
  Result<void> learn(const Lesson& lesson);

  // The reader is spent.
  ReaderPtr take_engine() { return std::move(engine_); }

  const GlyphAtlas& atlas() const { return atlas_; }
  std::uint64_t lines_learned() const { return lines_learned_; }
  std::uint64_t lines_checked() const { return lines_checked_; }
  // Characters of checked lines that the engine read otherwise, not counting those that it often takes for each other.
  std::uint64_t disagreements() const { return disagreements_; }

 private:
  Result<TextLine> ask(const LineImage& image, Glance glance);
  void vote(const std::vector<Lesson::Vote>& votes);

  ReaderPtr engine_;
  GlyphAtlas atlas_;
  std::array<WordMemory, 1 + kOtherGlances.size()> words_;  // by look
  std::unordered_set<std::size_t> asked_;
  std::uint64_t lines_learned_ = 0;
  std::uint64_t lines_unchecked_ = 0;  // since the last check
  std::uint64_t lines_checked_ = 0;
  std::uint64_t disagreements_ = 0;
};

}  // namespace frostgate::redaction
