#include "codec/film_writer.h"

#include <catch2/catch.hpp>

#include "tests/unit/codec/ffmpeg/film_fixture.h"

namespace frostgate::codec {
namespace {

std::size_t files_in(const TemporaryFolder& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder.path()), {}));
}

TEST_CASE("a film of one size is one ordinary MP4 with its index in front and its own times") {
  TemporaryFolder folder;
  std::vector<Shot> shots;
  for (int i = 0; i < 30; ++i) shots.push_back({desktop({160, 120}, i % 7), milliseconds(300) + milliseconds(777) * i});
  const auto segments = encode(shots, seconds(25), {.segment_length = seconds(6), .keyframe_interval = seconds(3)});
  std::vector<double> progress;
  write_film(film_parts(segments), folder / "film.mp4", [&](double done) { progress.push_back(done); return true; }).value();

  const std::string bytes = read_text(folder / "film.mp4");
  CHECK(bytes.find("moov") < bytes.find("mdat"));
  CHECK(bytes.find("moof") == std::string::npos);
  CHECK(files_in(folder) == 1);
  CHECK(std::is_sorted(progress.begin(), progress.end()));

  const auto frames = read_video(folder / "film.mp4");
  REQUIRE(frames.size() == shots.size() + 2);  // and two repeats of the last
  for (std::size_t i = 0; i < shots.size(); ++i) CHECK(frames[i].at == shots[i].at);
  CHECK(psnr(frames[20].frame, shots[20].frame) > 30);
  CHECK(VideoReader::open(folder / "film.mp4").value().duration() == seconds(25));
}

TEST_CASE("parts of different size lie on a black canvas as large as the largest") {
  TemporaryFolder folder;
  const std::vector<Shot> shots{{desktop({161, 120}, 0), milliseconds(0)},
                                {desktop({120, 150}, 1), milliseconds(600)},
                                {desktop({120, 150}, 3), milliseconds(2000)},
                                {desktop({64, 64}, 2), milliseconds(5000)}};
  write_film(film_parts(encode(shots, milliseconds(5500))), folder / "film.mp4").value();
  const auto frames = read_video(folder / "film.mp4");
  REQUIRE(frames.size() == 7);
  for (const VideoFrame& frame : frames) CHECK(frame.frame.size() == Size{162, 150});
  CHECK(frames[1].at == milliseconds(600));
  CHECK(frames[2].at == milliseconds(1600));
  CHECK(frames[6].at == milliseconds(5000));
  CHECK(psnr(frames[3].frame, shots[2].frame) > 28);
  CHECK(frames[3].frame.row(75)[140 * 4] < 12);
  CHECK(frames[6].frame.row(100)[30 * 4] < 12);
  CHECK(frames[6].at + frames[6].duration == milliseconds(5500));
}

TEST_CASE("parts can be written as they are, each with its size and times") {
  TemporaryFolder folder;
  const auto segments = encode({{desktop({160, 120}, 0), milliseconds(0)}, {desktop({120, 150}, 1), milliseconds(600)}}, milliseconds(900));
  const auto paths = write_parts(film_parts(segments), folder / "film.mp4").value();
  REQUIRE(paths == std::vector<std::filesystem::path>{folder / "film-1.mp4", folder / "film-2.mp4"});
  CHECK(read_video(paths[0]).at(0).frame.size() == Size{160, 120});
  CHECK(read_video(paths[1]).at(0).frame.size() == Size{120, 150});
  CHECK(read_video(paths[1]).at(0).at == milliseconds(600));
}

TEST_CASE("a part that was left in the moment it began is passed over") {
  TemporaryFolder folder;
  const auto segments = encode({{desktop({64, 64}, 0), milliseconds(0)}, {desktop({80, 64}, 0), milliseconds(500)},
                                {desktop({64, 64}, 1), milliseconds(500)}}, milliseconds(700));
  write_film(film_parts(segments), folder / "film.mp4").value();
  CHECK(read_video(folder / "film.mp4").at(0).frame.size() == Size{64, 64});
}

TEST_CASE("an error or a cancellation leaves no file and keeps the one that was there") {
  TemporaryFolder folder;
  const auto segments = encode({{desktop({64, 64}, 0), milliseconds(0)}}, seconds(3));
  write_bytes(folder / "film.mp4", {std::byte{'x'}});
  CHECK(write_film(film_parts(segments), folder / "film.mp4", [](double) { return false; }).error().kind == ErrorKind::cancelled);

  auto damaged = segments;
  for (auto& byte : damaged[0].bytes) byte = std::byte{0x55};
  CHECK(write_film(film_parts(damaged), folder / "film.mp4").error().kind == ErrorKind::corrupt);

  auto unreadable = film_parts(segments);
  unreadable[0].read = [](std::size_t) -> Result<std::vector<std::byte>> { return Error{ErrorKind::denied, "no key"}; };
  CHECK_FALSE(write_film(unreadable, folder / "film.mp4").has_value());
  CHECK_FALSE(write_film({}, folder / "film.mp4").has_value());
  CHECK_FALSE(write_film(film_parts(segments), folder / "none/film.mp4").has_value());
  CHECK(read_text(folder / "film.mp4") == "x");
  CHECK(files_in(folder) == 1);
}

}  // namespace
}  // namespace frostgate::codec
