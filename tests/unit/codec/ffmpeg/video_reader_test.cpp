#include "codec/video_reader.h"

#include <catch2/catch.hpp>

#include "codec/film_writer.h"
#include "tests/unit/codec/ffmpeg/film_fixture.h"

namespace frostgate::codec {
namespace {

std::vector<std::byte> film(const TemporaryFolder& folder) {
  std::vector<Shot> shots;
  for (int i = 0; i < 12; ++i) shots.push_back({desktop({160, 120}, i), milliseconds(200) * i});
  write_film(film_parts(encode(shots, milliseconds(2400))), folder / "film.mp4").value();
  const std::string text = read_text(folder / "film.mp4");
  const auto* first = reinterpret_cast<const std::byte*>(text.data());
  return {first, first + text.size()};
}

TEST_CASE("a video says its size, its length and how many frames it has") {
  TemporaryFolder folder;
  film(folder);
  const VideoReader reader = VideoReader::open(folder / "film.mp4").value();
  CHECK(reader.size() == Size{160, 120});
  CHECK(reader.duration() == milliseconds(2400));
  CHECK(reader.frame_estimate() == 12);
}

TEST_CASE("what is no video is refused with a sentence that says so") {
  TemporaryFolder folder;
  CHECK(VideoReader::open(folder / "none.mp4").error().kind == ErrorKind::not_found);
  CHECK(VideoReader::open(folder.path()).error().kind == ErrorKind::invalid);
  write_bytes(folder / "empty.mp4", {});
  std::ofstream(folder / "text.mp4") << "This is a letter, not a film.\n";
  std::ofstream(folder / "list.m3u8") << "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfilm.mp4\n#EXT-X-ENDLIST\n";
  film(folder);
  std::ofstream(folder / "concat.txt") << "ffconcat version 1.0\nfile film.mp4\n";
  for (const char* name : {"empty.mp4", "text.mp4", "list.m3u8", "concat.txt"}) {
    INFO(name);
    const auto opened = VideoReader::open(folder / name);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().kind == ErrorKind::invalid);
    CHECK(opened.error().message.find("no video") != std::string::npos);
  }
}

TEST_CASE("a video that is cut anywhere gives an error, and first the pictures before the cut") {
  TemporaryFolder folder;
  const auto whole = film(folder);
  bool opened_once = false;
  for (std::size_t size = 1; size < whole.size(); size += 97) {
    write_bytes(folder / "cut.mp4", {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
    auto reader = VideoReader::open(folder / "cut.mp4");
    if (!reader) continue;
    opened_once = true;
    INFO(size << " of " << whole.size());
    for (;;) {
      auto frame = reader->next();
      if (!frame) break;
      REQUIRE(frame->has_value());
    }
  }
  CHECK(opened_once);
}

TEST_CASE("damaged bytes never do worse than an error") {
  TemporaryFolder folder;
  const auto whole = film(folder);
  unsigned random = 12345;
  for (int i = 0; i < 150; ++i) {
    auto bad = whole;
    for (int n = 0; n < 8; ++n) {
      random = random * 1664525 + 1013904223;
      bad[(random >> 8) % bad.size()] = static_cast<std::byte>(random >> 3);
    }
    write_bytes(folder / "bad.mp4", bad);
    auto reader = VideoReader::open(folder / "bad.mp4");
    if (!reader) continue;
    SessionTime last(-1);
    for (int frames = 0; frames < 100; ++frames) {
      auto frame = reader->next();
      if (!frame || !frame->has_value()) break;
      CHECK((*frame)->at > last);
      last = (*frame)->at;
    }
  }
}

}  // namespace
}  // namespace frostgate::codec
