#include "redaction/line_readings.h"

#include <algorithm>
#include <memory>
#include <string_view>

#include "redaction/colons.h"
#include "redaction/detectors/doubtful_token.h"
#include "redaction/lines/ground.h"
#include "redaction/lines/line_image.h"

namespace frostgate::redaction {
namespace {

constexpr int kMaxMarkHeight = 48;
constexpr int kMinReadHeight = 6;  // lower type is covered without trying
constexpr int kMaxDoubtfulHeight = 7;
constexpr float kReadable = 0.55F;
constexpr float kReadableMark = 0.75F;
constexpr std::uint64_t kWorthReadingAgain = 32;  // lines learned since the engine read a line

float mean_confidence(const std::vector<Character>& characters) {
  float sum = 0;
  int count = 0;
  for (const Character& character : characters) {
    if (character.code == U' ') continue;
    sum += character.confidence;
    ++count;
  }
  return count > 0 ? sum / static_cast<float>(count) : 0;
}

// Whether letters hang below the baseline: hardly any ink is in the lowest row, more right above it.
bool hangs(const LineImage& image) {
  const auto ink_of = [&](int y) {
    int ink = 0;
    for (int x = 0; x < image.box.width; ++x) ink += 255 - image.at(x, y);
    return ink;
  };
  const int lowest = image.box.height - 1;
  return ink_of(lowest) * 2 < std::max(ink_of(lowest - 1), ink_of(lowest - 2));
}

// Whether a line is so low, though capitals and letters with stems are in it, that its capitals have five rows or fewer. There an engine makes
// words up, and is sure of them. Small letters alone may be as low in type that is large enough.
bool too_low(const LineImage& image, const std::vector<Character>& characters) {
  constexpr std::u32string_view kStems = U"ABDEFGHJKLMNPQRTYbdfhijklt23456789";  // and of no small letter's shape
  if (image.box.height > kMaxDoubtfulHeight) return false;
  const auto tall = std::count_if(characters.begin(), characters.end(), [&](const Character& c) { return kStems.find(c.code) != kStems.npos; });
  return tall >= 3 && (image.box.height < kMaxDoubtfulHeight || hangs(image));
}

std::vector<Character> relative(std::vector<Character> characters, const Rect& line) {
  for (Character& character : characters) {
    character.box.x -= line.x;
    character.box.y -= line.y;
  }
  return characters;
}

}  // namespace

Result<ReadingPtr> LineReadings::read(FrameView frame, const LineBox& line, const LineHash& hash, const Detectors& detectors, Lessons& lessons, RedactionReport& report) {
  if (ReadingPtr present = known(frame, line, hash)) {
    ++report.lines_from_cache;
    return present;
  }
  const std::shared_ptr<Reading> reading = TRY(fresh(frame, line, detectors, lessons));
  reading->trustworthy = trustworthy(frame, line);
  report.lines_unread += reading->kind == LineKind::unread;
  cache_.put(hash, reading);
  return ReadingPtr(reading);
}

// What was read before. The engine's reading of it gives way to the atlas's, which is the better one, once that can.
ReadingPtr LineReadings::known(FrameView frame, const LineBox& line, const LineHash& hash) {
  ReadingPtr present = cache_.find(hash);
  if (!present || !present->by_engine || reader_.lines_learned() < present->lines_learned + kWorthReadingAgain) return present;
  auto again = std::make_shared<Reading>(*present);
  again->lines_learned = reader_.lines_learned();
  const LineImage image = normalised(frame, line);
  if (auto better = reader_.read_without_engine(image); better && !too_low(image, better->text.characters)) {
    again->by_engine = false;
    again->kind = LineKind::read;
    again->otherwise.clear();
    again->characters = relative(std::move(better->text.characters), line.box);
  }
  cache_.put(hash, again);
  return again;
}

Result<std::shared_ptr<Reading>> LineReadings::fresh(FrameView frame, const LineBox& line, const Detectors& detectors, Lessons& lessons) {
  const LineImage image = normalised(frame, line);
  const Shape shape = shape_of(image);
  auto reading = std::make_shared<Reading>();
  const bool low = shape == Shape::text && image.box.height < kMinReadHeight;
  const bool worth_reading = shape == Shape::text || (shape == Shape::mark && image.box.height <= kMaxMarkHeight);
  if (low || !worth_reading) {
    reading->kind = low ? LineKind::unread : LineKind::picture;
    return reading;
  }
  GlyphReading read = TRY(reader_.read(image));
  const bool confident = mean_confidence(read.text.characters) >= (shape == Shape::text ? kReadable : kReadableMark);
  if (confident && !too_low(image, read.text.characters)) {
    reading->kind = LineKind::read;
    lessons.add(read.lesson);
  } else if (shape == Shape::text) {
    reading->kind = LineKind::unread;
  } else {
    reading->kind = LineKind::picture;
    lessons.add(std::make_shared<Lesson>(Lesson{true, 0, {}, {}, {}}));  // of a picture there is nothing to learn
  }
  reading->by_engine = read.lesson->by_engine && reading->kind != LineKind::picture;
  if (reading->by_engine) {
    const std::vector<Colon> seen = colons(frame, line);
    read.text.characters = with_colons(std::move(read.text.characters), seen, line.box);
    reading->otherwise = TRY(other_glances(image, read.text, seen, detectors));
  }
  reading->may_be_long_run = !reading->otherwise.empty() && may_be_long_run(read.text);
  reading->lines_learned = reader_.lines_learned();
  reading->characters = relative(std::move(read.text.characters), image.box);
  return reading;
}

Result<std::vector<std::vector<Character>>> LineReadings::other_glances(const LineImage& image, const TextLine& usual, const std::vector<Colon>& seen, const Detectors& detectors) {
  std::vector<std::vector<Character>> readings;
  if (!has_doubtful_token(usual, detectors.find({&usual, 1}))) return readings;
  for (const Glance glance : kOtherGlances) {
    GlyphReading read = TRY(reader_.read(image, glance));
    readings.push_back(relative(with_colons(std::move(read.text.characters), seen, image.box), image.box));
  }
  return readings;
}

Result<void> LineReadings::learn(const Lessons& over, RedactionReport& report) {
  report.lines_from_atlas += over.counts.from_atlas;
  report.lines_from_reader += over.counts.from_engine;
  report.lines_hidden += over.counts.hidden;
  for (const LessonPtr& lesson : over.lessons) {
    if (reader_.asked_before(*lesson)) --report.lines_from_reader, ++report.lines_from_cache;
    TRY(reader_.learn(*lesson));
  }
  report.lines_checked = reader_.lines_checked();
  report.disagreements = reader_.disagreements();
  return {};
}

}  // namespace frostgate::redaction
