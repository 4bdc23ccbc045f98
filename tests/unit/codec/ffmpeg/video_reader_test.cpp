#include "codec/video_reader.h"

#include <catch2/catch.hpp>

#include "codec/ffmpeg/orientation.h"
#include "codec/ffmpeg/stated_end.h"
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

TEST_CASE("a video that is cut anywhere gives an error or says so at its end, and first the pictures before the cut") {
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
      if (frame->has_value()) continue;
      CHECK(reader->cut_short());
      break;
    }
  }
  CHECK(opened_once);
  auto reader = VideoReader::open(folder / "film.mp4");
  while (reader->next().value()) {}
  CHECK_FALSE(reader->cut_short());
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

TEST_CASE("a picture is turned by quarters, and mirrored, as its matrix says") {
  // 1 2 3
  // 4 5 6
  Frame frame({3, 2});
  for (int i = 0; i < 6; ++i) frame.row(i / 3)[i % 3 * kBytesPerPixel] = static_cast<std::uint8_t>(i + 1);
  const auto text = [&](const ffmpeg::Orientation& orientation) {
    const Frame out = ffmpeg::turned(frame.view(), orientation);
    std::string rows;
    for (int y = 0; y < out.size().height; ++y) {
      if (y) rows += '/';
      for (int x = 0; x < out.size().width; ++x) rows += static_cast<char>('0' + out.row(y)[x * kBytesPerPixel]);
    }
    return rows;
  };
  CHECK(text({1, 0, 0, 1}) == "123/456");
  CHECK(text({0, 1, -1, 0}) == "41/52/63");  // a quarter clockwise
  CHECK(text({-1, 0, 0, -1}) == "654/321");
  CHECK(text({0, -1, 1, 0}) == "36/25/14");
  CHECK(text({-1, 0, 0, 1}) == "321/654");
  CHECK(text({1, 0, 0, -1}) == "456/123");
  CHECK(text({0, 1, 1, 0}) == "14/25/36");
  CHECK(text({0, -1, -1, 0}) == "63/52/41");
}

TEST_CASE("a file says how long it is, whatever bytes follow, and forged sizes do no harm") {
  TemporaryFolder folder;
  const auto stated = [&](std::vector<std::uint8_t> bytes) {
    std::vector<std::byte> file(bytes.size());
    std::transform(bytes.begin(), bytes.end(), file.begin(), [](std::uint8_t byte) { return static_cast<std::byte>(byte); });
    write_bytes(folder / "file", file);
    auto source = ffmpeg::FileSource::open(folder / "file").value();
    const auto end = ffmpeg::stated_end(*source);
    CHECK(source->position() == 0);
    return end;
  };
  CHECK(stated({}) == std::nullopt);
  CHECK(stated({0, 0, 0, 8, 'f', 't', 'y', 'p', 0, 0, 0, 90, 'm', 'd', 'a', 't'}) == 98);
  CHECK(stated({0, 0, 0, 8, 'f', 't', 'y', 'p', 0, 0, 0}) == 16);
  CHECK(stated({0, 0, 0, 8, 'f', 't', 'y', 'p', 0, 0, 0, 0, 'm', 'd', 'a', 't', 1, 2}) == std::nullopt);  // to the end, however far
  CHECK(stated({0, 0, 0, 8, 'f', 't', 'y', 'p', 0, 0, 0, 1, 'm', 'd', 'a', 't', 255, 255, 255, 255, 255, 255, 255, 255}) == std::nullopt);
  CHECK(stated({0x1A, 0x45, 0xDF, 0xA3, 0x81, 0, 0x18, 0x53, 0x80, 0x67, 0x84, 1, 2, 3}) == 15);
  CHECK(stated({0x1A, 0x45, 0xDF, 0xA3, 0x81, 0, 0x18, 0x53, 0x80, 0x67, 0xFF, 0xEC, 0x82, 1, 2}) == 15);  // an unknown length: what is in it ends there
  CHECK(stated({0x1A, 0x45, 0xDF, 0xA3, 0x81, 0, 0x18, 0x53, 0x80, 0x67, 0xFF, 0xEC, 0x84, 1, 2}) == 17);
  CHECK(stated({0x1A, 0x45, 0xDF, 0xA3, 0x81, 0, 0x00}) == std::nullopt);
  CHECK(stated({0x1A, 0x45, 0xDF, 0xA3, 0x00}) == std::nullopt);
  CHECK(stated({'R', 'I', 'F', 'F', 20, 0, 0, 0, 'A', 'V', 'I', ' '}) == 28);
  CHECK(stated({'R', 'I', 'F', 'F', 20, 0, 0, 0, 'W', 'A', 'V', 'E'}) == std::nullopt);
}

}  // namespace
}  // namespace frostgate::codec
