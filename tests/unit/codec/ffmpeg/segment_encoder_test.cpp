#include "codec/segment_encoder.h"

#include <catch2/catch.hpp>
#include <random>
#include <set>

#include "tests/unit/codec/ffmpeg/film_fixture.h"

namespace frostgate::codec {
namespace {

TEST_CASE("a film plays with the pictures and the exact times that went in") {
  TemporaryFolder folder;
  const std::vector<Shot> shots{{desktop({320, 200}, 0), milliseconds(0)},
                                {desktop({320, 200}, 1), Microseconds(333'333)},
                                {desktop({320, 200}, 2), Microseconds(400'001)},
                                {desktop({320, 200}, 3), milliseconds(1200)}};
  const auto segments = encode(shots, milliseconds(1500));
  REQUIRE(segments.size() == 2);
  CHECK(segments[0].kind == SegmentKind::init);
  CHECK(segments[0].duration == Microseconds(0));
  CHECK(segments[1].kind == SegmentKind::media);
  CHECK(segments[1].index == 1);
  CHECK(segments[1].frames == 4);
  CHECK(segments[1].duration == milliseconds(1500));

  const auto frames = play(segments, 0, folder);
  REQUIRE(frames.size() == shots.size());
  for (std::size_t i = 0; i < frames.size(); ++i) {
    CHECK(frames[i].at == shots[i].at);
    CHECK(psnr(frames[i].frame, shots[i].frame) > 32);
  }
}

TEST_CASE("flat areas keep their colour") {
  TemporaryFolder folder;
  Frame frame(Size{192, 64});
  const std::uint32_t colours[] = {0x000000, 0xFFFFFF, 0xFF0000, 0x00FF00, 0x0000FF, 0x6B8E23};
  for (int i = 0; i < 6; ++i) fill(frame, {32 * i, 0, 32, 64}, colours[i]);
  const auto frames = play(encode({{frame, milliseconds(0)}}, milliseconds(10), {.crf = 4}), 0, folder);
  for (int i = 0; i < 6; ++i) {
    for (int c = 0; c < 3; ++c) CHECK(std::abs(frames.at(0).frame.row(32)[(32 * i + 16) * 4 + c] - frame.row(32)[(32 * i + 16) * 4 + c]) <= 4);
  }
}

TEST_CASE("only changed pixels are taken from a frame of the same size") {
  TemporaryFolder folder;
  Frame first(Size{160, 96});
  Frame second = first;
  fill(second, {41, 21, 7, 5}, 0xFFFFFF);
  fill(second, {100, 60, 20, 20}, 0xFFFFFF);  // not said to have changed
  SegmentEncoder encoder = SegmentEncoder::open({.crf = 10}).value();
  std::vector<Segment> all = encoder.add(cleared(first), milliseconds(0)).value();
  append(all, encoder.add(redaction::Renderer::clear(second, Rect{41, 21, 7, 5}), milliseconds(500)).value());
  append(all, encoder.finish(milliseconds(600)).value());
  const auto frames = play(all, 0, folder);
  REQUIRE(frames.size() == 2);
  CHECK(frames[1].frame.row(23)[44 * 4] > 200);
  CHECK(frames[1].frame.row(70)[110 * 4] < 20);
}

TEST_CASE("an odd size is padded by repeating, never cropped") {
  TemporaryFolder folder;
  for (const Size size : {Size{161, 97}, Size{1, 1}, Size{64, 33}}) {
    Frame frame(size);
    fill(frame, Rect::of(size), 0x202020);
    fill(frame, {size.width - 1, 0, 1, size.height}, 0xFFFFFF);
    const auto segments = encode({{frame, milliseconds(0)}}, milliseconds(40), {.crf = 10});
    CHECK(segments[0].size == size);
    const auto frames = play(segments, 0, folder);
    REQUIRE(frames.size() == 1);
    CHECK(frames[0].frame.size() == Size{(size.width + 1) / 2 * 2, (size.height + 1) / 2 * 2});
    CHECK(frames[0].frame.row(0)[(size.width - 1) * 4] > 200);
    CHECK(frames[0].frame.row(0)[(frames[0].frame.size().width - 1) * 4] > 200);
  }
}

TEST_CASE("a pause of 30 s stays a pause with one picture a second") {
  TemporaryFolder folder;
  const auto segments = encode({{desktop({96, 64}, 0), milliseconds(0)}, {desktop({96, 64}, 1), milliseconds(30'500)}}, milliseconds(31'000));
  const auto frames = play(segments, 0, folder);
  REQUIRE(frames.size() == 32);
  for (int i = 0; i <= 30; ++i) CHECK(frames[static_cast<std::size_t>(i)].at == seconds(i));
  CHECK(frames.back().at == milliseconds(30'500));
  std::size_t bytes = 0;
  for (const Segment& segment : segments) bytes += segment.bytes.size();
  CHECK(bytes < 20'000);
}

TEST_CASE("no segment is longer than set, each plays alone after the init segment, and key pictures are close enough") {
  TemporaryFolder folder;
  std::vector<Shot> shots;
  for (int i = 0; i < 60; ++i) shots.push_back({desktop({96, 64}, i % 5), milliseconds(430) * i});
  const auto segments = encode(shots, seconds(26), {.segment_length = seconds(8), .keyframe_interval = seconds(3)});
  REQUIRE(segments.size() >= 5);
  SessionTime expected{};
  for (std::size_t i = 1; i < segments.size(); ++i) {
    const Segment& segment = segments[i];
    CHECK(segment.index == static_cast<int>(i));
    CHECK(segment.start == expected);
    CHECK(segment.duration <= seconds(8));
    expected += segment.duration;
    const auto frames = play({segments[0], segment}, 0, folder);
    CHECK(frames.size() == segment.frames);
    CHECK(frames.at(0).at == segment.start);
  }
  CHECK(expected == seconds(26));
}

TEST_CASE("after 60 changed pictures comes a key picture, and in a quiet time only where a segment begins") {
  SegmentSchedule schedule{SegmentEncoderSettings()};
  std::vector<ScheduledPicture> pictures;
  const auto keep = [&](const std::vector<ScheduledPicture>& more) { pictures.insert(pictures.end(), more.begin(), more.end()); };
  std::set<SessionTime> changes;
  const auto show = [&](SessionTime at) {
    keep(schedule.show({96, 64}, at).value());
    changes.insert(at);
  };
  for (int i = 0; i < 500; ++i) show(milliseconds(200) * i);
  const std::size_t busy = pictures.size();
  keep(schedule.show({96, 64}, seconds(100 + 600)).value());
  const std::size_t quiet = pictures.size();
  // Of work with pauses: 50 changes in 10 s, and 20 s of nothing.
  for (int i = 0; i < 500; ++i) show(seconds(700) + milliseconds(200) * i + seconds(20) * (i / 50));
  keep(schedule.finish(seconds(1000)).value());
  int since = 0, index = 0, keys = 0, keys_of_work = 0;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    if (pictures[i].key) since = 0;
    if (changes.contains(pictures[i].at)) ++since;
    if (pictures[i].key && i >= busy && i < quiet) ++keys;
    if (pictures[i].key && i >= quiet) ++keys_of_work;
    CHECK(since <= 60);
    if (pictures[i].index != index) CHECK(pictures[i].key);
    index = pictures[i].index;
  }
  CHECK(keys <= 11);
  CHECK(keys_of_work <= 10);  // a segment a minute of 300 s, and one more in each: it has a hundred changes
}

// Dark strokes on white, in lines of 12 pixels; each step a page's end moves up by a line.
Frame text(Size size, int step) {
  Frame frame(size);
  fill(frame, Rect::of(size), 0x00FFFFFF);
  for (int line = 0; line < size.height / 12; ++line) {
    std::minstd_rand strokes(static_cast<unsigned>(1 + line + step));
    for (int x = 4; x < size.width - 4; x += 4) {
      fill(frame, {x, 12 * line + 2 + static_cast<int>(strokes() % 5), 1 + static_cast<int>(strokes() % 3), 1 + static_cast<int>(strokes() % 6)}, 0x00202020);
    }
  }
  return frame;
}

TEST_CASE("pauses cost a film next to nothing: no picture is made better while it is repeated, nor are those after it") {
  const SegmentEncoderSettings one_segment{.segment_length = std::chrono::hours(1), .keyframe_interval = std::chrono::hours(1)};
  std::vector<Shot> busy, paused;
  for (int i = 0; i < 50; ++i) {
    const Frame frame = text({640, 360}, i);
    busy.push_back({frame, milliseconds(200) * i});
    paused.push_back({frame, milliseconds(200) * i + seconds(20) * (i / 5)});
  }
  const Segment without = encode(busy, seconds(10), one_segment).back(), with = encode(paused, seconds(210), one_segment).back();
  constexpr std::size_t kRepeat = 100;  // bytes, with its place in the fragment
  CHECK(with.bytes.size() < without.bytes.size() * 21 / 20 + kRepeat * (with.frames - without.frames));
}

TEST_CASE("a change of size starts a new part on the same clock") {
  TemporaryFolder folder;
  const auto segments = encode({{desktop({160, 120}, 0), milliseconds(250)},
                                {desktop({200, 150}, 1), milliseconds(900)},
                                {desktop({160, 120}, 2), milliseconds(1000)}}, milliseconds(1100));
  REQUIRE(segments.size() == 6);
  for (int part = 0; part < 3; ++part) {
    CHECK(segments[static_cast<std::size_t>(2 * part)].kind == SegmentKind::init);
    CHECK(segments[static_cast<std::size_t>(2 * part) + 1].part == part);
  }
  CHECK(segments[2].start == milliseconds(900));
  CHECK(segments[3].size == Size{200, 150});
  CHECK(play(segments, 0, folder).at(0).at == milliseconds(250));
  CHECK(play(segments, 1, folder).at(0).at == milliseconds(900));
}

TEST_CASE("the same frames at the same times give the same bytes") {
  std::vector<Shot> shots;
  for (int i = 0; i < 20; ++i) shots.push_back({desktop({333, 211}, i), milliseconds(170) * i});
  const auto first = encode(shots, seconds(12)), second = encode(shots, seconds(12));
  REQUIRE(first.size() == second.size());
  for (std::size_t i = 0; i < first.size(); ++i) CHECK(first[i].bytes == second[i].bytes);
}

TEST_CASE("any segment made again by itself has the same bytes, whatever other segments now show") {
  const SegmentEncoderSettings settings{.segment_length = seconds(8), .keyframe_interval = seconds(3)};
  std::vector<Shot> shots;
  for (int i = 0; i < 60; ++i) shots.push_back({desktop(i < 40 ? Size{96, 64} : Size{64, 96}, i % 7), milliseconds(430) * i});
  const SessionTime end = seconds(30);
  const auto whole = encode(shots, end, settings);
  for (const Segment& wanted : whole) {
    // From the last frame that was shown when the segment began.
    std::size_t first = 0;
    while (first + 1 < shots.size() && shots[first + 1].at <= wanted.start) ++first;
    SegmentSchedule schedule(settings);
    for (std::size_t i = 0; i < first; ++i) REQUIRE(schedule.show(shots[i].frame.size(), shots[i].at));
    const auto choice = [&](int part, int index) { return part == wanted.part && index == wanted.index; };
    SegmentEncoder encoder = SegmentEncoder::resume(settings, schedule, choice).value();
    std::vector<Segment> made;
    for (std::size_t i = first; i < shots.size(); ++i) {
      const bool inside = shots[i].at < wanted.start + wanted.duration;
      const Frame frame = inside ? shots[i].frame : desktop(shots[i].frame.size(), 20);
      append(made, encoder.add(cleared(frame), shots[i].at).value());
    }
    append(made, encoder.finish(end).value());
    REQUIRE(made.size() == 1);
    CHECK(made[0].part == wanted.part);
    CHECK(made[0].index == wanted.index);
    CHECK(made[0].start == wanted.start);
    CHECK(made[0].duration == wanted.duration);
    CHECK(made[0].frames == wanted.frames);
    CHECK(made[0].bytes == wanted.bytes);
  }
}

TEST_CASE("a segment whose beginning was not given is refused, not made without it") {
  SegmentSchedule schedule;
  REQUIRE(schedule.show({96, 64}, milliseconds(0)));
  SegmentEncoder encoder = SegmentEncoder::resume({}, schedule, [](int, int) { return true; }).value();
  CHECK(encoder.add(cleared(desktop({96, 64}, 0)), milliseconds(500)).error().kind == ErrorKind::invalid);
}

TEST_CASE("of two frames at one time the later is shown, and an older one is refused") {
  TemporaryFolder folder;
  SegmentEncoder encoder = SegmentEncoder::open({}).value();
  std::vector<Segment> all = encoder.add(cleared(desktop({96, 64}, 0)), milliseconds(10)).value();
  append(all, encoder.add(cleared(desktop({96, 64}, 4)), milliseconds(10)).value());
  CHECK(encoder.add(cleared(desktop({96, 64}, 0)), milliseconds(9)).error().kind == ErrorKind::invalid);
  append(all, encoder.finish(milliseconds(10)).value());
  const auto frames = play(all, 0, folder);
  REQUIRE(frames.size() == 1);
  CHECK(psnr(frames[0].frame, desktop({96, 64}, 4)) > 30);
  CHECK_FALSE(encoder.finish(milliseconds(20)).has_value());
  CHECK_FALSE(encoder.add(cleared(desktop({96, 64}, 0)), milliseconds(30)).has_value());
}

TEST_CASE("settings that make no sense are refused, and a film without frames has no segments") {
  CHECK(SegmentEncoder::open({.crf = 60}).error().kind == ErrorKind::invalid);
  CHECK_FALSE(SegmentEncoder::open({.segment_length = seconds(1)}).has_value());
  CHECK_FALSE(SegmentEncoder::open({.keepalive = Microseconds(0)}).has_value());
  CHECK_FALSE(SegmentEncoder::open({.keyframe_pictures = 0}).has_value());
  CHECK(SegmentEncoder::open({}).value().finish(seconds(1)).value().empty());
}

}  // namespace
}  // namespace frostgate::codec
