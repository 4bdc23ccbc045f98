#include "codec/clip_writer.h"

#include <catch2/catch.hpp>

#include "tests/unit/codec/ffmpeg/film_fixture.h"

namespace frostgate::codec {
namespace {

// A film of 30 s in which each second shows another picture, in segments of 6 s with key pictures 3 s apart at most.
struct Film {
  Film() {
    for (int i = 0; i < 30; ++i) shots.push_back({desktop({160, 120}, i), seconds(i)});
    segments = encode(shots, seconds(30), {.segment_length = seconds(6), .keyframe_interval = seconds(3)});
  }
  std::vector<Shot> shots;
  std::vector<Segment> segments;
};

// How the picture that is shown `after` the clip's start compares with what the film showed then.
double likeness(const std::vector<VideoFrame>& frames, Microseconds after, const Frame& drawn) {
  const VideoFrame* shown = nullptr;
  for (const VideoFrame& frame : frames) {
    if (frame.at <= after) shown = &frame;
  }
  REQUIRE(shown);
  return psnr(shown->frame, drawn);
}

TEST_CASE("a clip begins and ends where it was asked to, wherever the film's key pictures are") {
  static const Film film;
  TemporaryFolder folder;
  const int from = GENERATE(0, 1, 2, 3, 4, 5, 6, 11, 12, 17), length = GENERATE(1, 2, 5, 9);
  const SessionTime start = seconds(from) + milliseconds(400), end = start + seconds(length);
  const ClipFacts facts = write_clip(film_parts(film.segments), folder / "clip.mp4", {.from = start, .to = end, .stamp = {}, .progress = {}}).value();
  CHECK(facts.from == start);
  CHECK(facts.to == end);
  const auto frames = read_video(folder / "clip.mp4");
  REQUIRE(frames.size() == facts.encoded + facts.copied);
  CHECK(frames[0].at == SessionTime(0));
  CHECK(VideoReader::open(folder / "clip.mp4").value().duration() == seconds(length));
  CHECK(facts.encoded <= (length <= 3 ? 4u : 3u));
  for (int second = 0; second < length; ++second) {
    const auto after = seconds(second) + milliseconds(700);
    const std::size_t shot = static_cast<std::size_t>((start + after) / seconds(1));
    CHECK(likeness(frames, after, film.shots[shot].frame) > 30);
  }
  CHECK(likeness(frames, milliseconds(1), film.shots[static_cast<std::size_t>(from)].frame) > 30);
}

TEST_CASE("a clip has no packet from before its start, and no edit list") {
  const Film film;
  TemporaryFolder folder;
  const bool stamped = GENERATE(false, true);
  ClipSettings settings{.from = milliseconds(7400), .to = milliseconds(14100), .stamp = {}, .progress = {}};
  if (stamped) settings.stamp = [](SessionTime) { return ClipStamp{{40, 10}, std::vector<std::uint8_t>(400, 255)}; };
  const ClipFacts facts = write_clip(film_parts(film.segments), folder / "clip.mp4", settings).value();
  CHECK((facts.copied == 0) == stamped);
  const std::string bytes = read_text(folder / "clip.mp4");
  // One edit that begins with the media's first moment would do no harm; another would hide something.
  const std::size_t edit = bytes.find("elst");
  if (edit != std::string::npos) {
    CHECK(bytes.substr(edit + 8, 4) == std::string("\0\0\0\1", 4));
    CHECK(bytes.substr(edit + 16, 4) == std::string(4, '\0'));
  }
  const auto frames = read_video(folder / "clip.mp4");
  REQUIRE(frames.size() == 8);
  CHECK(frames[1].at == milliseconds(600));
  CHECK(frames[7].at == milliseconds(6600));
}

// start and title of each, as ffprobe tells them
std::string chapters_in(const std::filesystem::path& clip) {
  const std::filesystem::path out = clip.string() + ".chapters";
  const std::string command = "ffprobe -v error -show_entries chapter=start_time,end_time:chapter_tags=title -of csv=p=0 '" + clip.string() + "' >'" + out.string() + "'";
  REQUIRE(std::system(command.c_str()) == 0);
  return read_text(out);
}

TEST_CASE("a clip has chapters where something happened within it, and none when nothing did") {
  const Film film;
  TemporaryFolder folder;
  const bool stamped = GENERATE(false, true);
  ClipSettings settings{.from = milliseconds(7400), .to = milliseconds(14100), .stamp = {}, .progress = {}};
  if (stamped) settings.stamp = [](SessionTime) { return ClipStamp{{40, 10}, std::vector<std::uint8_t>(400, 255)}; };
  const auto made = [&](std::vector<ClipChapter> chapters) {
    settings.chapters = std::move(chapters);
    write_clip(film_parts(film.segments), folder / "clip.mp4", settings).value();
    return chapters_in(folder / "clip.mp4");
  };
  CHECK(made({}).empty());
  CHECK(made({{seconds(7), "before"}, {milliseconds(14100), "after"}}).empty());
  CHECK(made({{seconds(2), "before"}, {milliseconds(9400), "paused"}, {seconds(12), "goes on"}, {seconds(12), "copied"}, {seconds(20), "after"}}) ==
        "0.000000,2.000000,Beginning\n2.000000,4.600000,paused\n4.600000,6.700000,goes on; copied\n");
  const auto frames = read_video(folder / "clip.mp4");
  CHECK(frames.size() == 8);
  CHECK(VideoReader::open(folder / "clip.mp4").value().duration() == milliseconds(6700));
  // At the clip's own first moment there is no other chapter; a long title ends before a character that is cut through.
  std::string title(254, 'x');
  CHECK(made({{milliseconds(7400), title + "\u00e9"}}) == "0.000000,6.700000," + title + "\n");
}

TEST_CASE("a stamp lies over the lower left corner of each picture, and asks for its time") {
  const Film film;
  TemporaryFolder folder;
  std::vector<SessionTime> asked;
  ClipSettings settings{.from = milliseconds(3500), .to = seconds(6), .stamp = {}, .progress = {}};
  settings.stamp = [&](SessionTime at) {
    asked.push_back(at);
    return ClipStamp{{40, 10}, std::vector<std::uint8_t>(400, 255)};
  };
  write_clip(film_parts(film.segments), folder / "clip.mp4", settings).value();
  CHECK(asked == std::vector<SessionTime>{milliseconds(3500), seconds(4), seconds(5)});
  for (const VideoFrame& frame : read_video(folder / "clip.mp4")) {
    CHECK(frame.frame.row(115)[20 * 4] > 220);
    CHECK(frame.frame.row(105)[20 * 4] < 160);
    CHECK(frame.frame.row(115)[60 * 4] < 160);
  }
}

TEST_CASE("a clip over parts of different size is one canvas") {
  TemporaryFolder folder;
  const std::vector<Shot> shots{{desktop({160, 120}, 0), seconds(0)}, {desktop({120, 150}, 1), seconds(4)}, {desktop({160, 120}, 3), seconds(8)}};
  const auto segments = encode(shots, seconds(12));
  const auto clip = [&](SessionTime from, SessionTime to) {
    return write_clip(film_parts(segments), folder / "clip.mp4", {.from = from, .to = to, .stamp = {}, .progress = {}}).value();
  };
  CHECK(clip(seconds(3), seconds(9)).size == Size{160, 150});
  const auto frames = read_video(folder / "clip.mp4");
  CHECK(psnr(frames.front().frame, desktop({160, 120}, 0)) > 28);
  CHECK(likeness(frames, seconds(2), desktop({120, 150}, 1)) > 28);
  CHECK(clip(seconds(5), seconds(7)).size == Size{120, 150});
}

TEST_CASE("a span outside the film is refused, one that goes over its ends is cut, and a cancelled clip leaves no file") {
  TemporaryFolder folder;
  const auto parts = film_parts(encode({{desktop({64, 64}, 0), milliseconds(500)}, {desktop({64, 64}, 1), seconds(2)}}, seconds(4)));
  const auto clip = [&](SessionTime from, SessionTime to, FilmProgress progress = {}) {
    return write_clip(parts, folder / "clip.mp4", {.from = from, .to = to, .stamp = {}, .progress = std::move(progress)});
  };
  CHECK(clip(seconds(4), seconds(9)).error().kind == ErrorKind::invalid);
  CHECK(clip(seconds(3), seconds(3)).error().kind == ErrorKind::invalid);
  CHECK(clip(seconds(3), seconds(2)).error().kind == ErrorKind::invalid);
  CHECK(clip(seconds(0), milliseconds(400)).error().kind == ErrorKind::invalid);
  CHECK(clip(seconds(1), seconds(3), [](double) { return false; }).error().kind == ErrorKind::cancelled);
  CHECK(std::filesystem::is_empty(folder.path()));
  const ClipFacts facts = clip(seconds(0), seconds(100)).value();
  CHECK(facts.from == milliseconds(500));
  CHECK(facts.to == seconds(4));
  CHECK(read_video(folder / "clip.mp4").at(0).at == SessionTime(0));
}

}  // namespace
}  // namespace frostgate::codec
