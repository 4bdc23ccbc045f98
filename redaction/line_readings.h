// What the lines of a recording's states say: by their pixels, by the glyphs of earlier lines, by the engine, and where it may have misread a
// secret by the engine in other ways. Not thread-safe; one for each recording.
#pragma once

#include <utility>
#include <vector>

#include "codec/base/frame.h"
#include "codec/base/result.h"
#include "redaction/detectors/detectors.h"
#include "redaction/glyphs/glyph_reader.h"
#include "redaction/glyphs/lessons.h"
#include "redaction/lines/line_cache.h"
#include "redaction/lines/line_hash.h"
#include "redaction/lines/segmentation.h"
#include "redaction/report.h"
#include "redaction/separators.h"

namespace frostgate::redaction {

class LineReadings {
 public:
  explicit LineReadings(GlyphReader reader) : reader_(std::move(reader)) {}

  // `hash` is that of the line's pixels in `frame`. A line that was not read before gets a lesson. How it was read is counted in `report`. Fails
  // only when the engine does.
  Result<ReadingPtr> read(FrameView frame, const LineBox& line, const LineHash& hash, const Detectors& detectors, Lessons& lessons, RedactionReport& report);
  // Of lines that are over, in their order on the screen: neither what is covered nor the beginning of a secret that is still being typed may show
  // in what the atlas knows.
  Result<void> learn(const Lessons& over, RedactionReport& report);

  // None can be read any more.
  ReaderPtr take_engine() { return reader_.take_engine(); }
  const GlyphAtlas& atlas() const { return reader_.atlas(); }

 private:
  ReadingPtr known(FrameView frame, const LineBox& line, const LineHash& hash);
  Result<std::shared_ptr<Reading>> fresh(FrameView frame, const LineBox& line, const Detectors& detectors, Lessons& lessons);
  Result<std::vector<std::vector<Character>>> other_glances(const LineImage& image, const TextLine& usual, const std::vector<Colon>& seen, const Detectors& detectors);

  static constexpr std::size_t kCachedLines = 8192;
  GlyphReader reader_;
  LineCache cache_{kCachedLines};
};

}  // namespace frostgate::redaction
