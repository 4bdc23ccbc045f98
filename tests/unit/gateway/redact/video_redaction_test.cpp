#include "gateway/redact/video_redaction.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "codec/ffmpeg_messages.h"
#include "codec/video_reader.h"
#include "gateway/redact/mask_listing.h"
#include "gateway/redact/report_json.h"

namespace frostgate::redact {
namespace {

// A terminal for 4 s; from 1 s on it shows a password. Drawn by FFmpeg's own drawtext, so that a real encoder is in between.
std::filesystem::path video_with_password(const std::filesystem::path& folder, const std::string& name = "in.mp4", const std::string& how = "-c:v libx264 -crf 12") {
  const std::filesystem::path path = folder / name;
  const std::string font = "fontfile=/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf:fontsize=20:fontcolor=white";
  const std::string command = "ffmpeg -v error -f lavfi -i color=c=black:s=640x240:r=5:d=4 -vf \"drawtext=" + font +
                              ":text='user@host ls':x=20:y=30,drawtext=" + font +
                              ":text='password\\: Tr0ub4dor99x':x=20:y=90:enable='gte(t,1)'\" " + how + " '" + path.string() + "'";
  REQUIRE(std::system(command.c_str()) == 0);
  return path;
}

int brightest(const Frame& frame, const Rect& rect) {
  int most = 0;
  for (int y = rect.y; y < rect.bottom(); ++y) {
    for (int x = rect.x; x < rect.right(); ++x) most = std::max<int>(most, frame.row(y)[x * kBytesPerPixel + 1]);
  }
  return most;
}

struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "frostgate-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()));
    path = name;
    codec::silence_ffmpeg();
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

TEST_CASE("a password in a video is masked in the film and named in the report") {
  Folder folder;
  VideoRedactionOptions options;
  options.input = video_with_password(folder.path);
  options.output = folder.path / "out.mp4";
  options.report = folder.path / "report.json";
  options.preview = folder.path / "preview";
  double last = 0;
  const VideoRedactionOutcome outcome = redact_video(options, [&](const char*, double done) {
                                          CHECK(done >= last);
                                          last = done;
                                          return true;
                                        }).value();

  const auto report = nlohmann::json::parse(std::ifstream(*options.report));
  INFO(report.dump(1));
  CHECK(report["status"] == to_string(outcome.status));
  CHECK(report["frames"] == 20);
  REQUIRE(report["masks"].size() >= 1);
  const auto& mask = report["masks"][0];
  CHECK(mask["rule"].get<std::string>().find("password") != std::string::npos);
  CHECK(mask["from_ms"].get<int>() <= 1000);
  CHECK(mask["to_ms"] == 4000);
  // For people, and without the text.
  CHECK(outcome.listing.find("1  0:00:0") == 0);
  CHECK(outcome.listing.find(" to 0:00:04.000  ") != std::string::npos);
  CHECK(outcome.listing.find(mask["rule"].get<std::string>()) != std::string::npos);
  CHECK(outcome.listing.find("Tr0ub") == std::string::npos);
  CHECK(static_cast<std::size_t>(std::count(outcome.listing.begin(), outcome.listing.end(), '\n')) == report["masks"].size());

  codec::VideoReader before = codec::VideoReader::open(options.input).value(), after = codec::VideoReader::open(options.output).value();
  CHECK(after.duration() == before.duration());
  // The value starts after the 10 characters of "password: ", each 12 pixels wide.
  const Rect value{20 + 10 * 12, 88, 13 * 12, 24}, command{20, 28, 12 * 12, 24};
  bool compared = false;
  while (auto frame = after.next().value()) {
    if (frame->at < std::chrono::seconds(1)) continue;
    compared = true;
    CHECK(brightest(frame->frame, value) < 200);
    CHECK(brightest(frame->frame, command) > 200);
  }
  CHECK(compared);

  // The pictures are the owner's alone: one shows what the other does not.
  const std::filesystem::path hidden = *options.preview / "000001-before.png", shown = *options.preview / "000001-after.png";
  for (const auto& picture : {hidden, shown}) {
    CHECK((std::filesystem::status(picture).permissions() & std::filesystem::perms::all) ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  }
  const Frame secret = codec::VideoReader::open(hidden).value().next().value()->frame;
  const Frame covered = codec::VideoReader::open(shown).value().next().value()->frame;
  REQUIRE(secret.size() == covered.size());
  const int x = 64 + std::max(0, value.x - mask["x"].get<int>()), y = std::min(24, mask["y"].get<int>());
  const Rect inside = Rect{x, y, 40, mask["height"].get<int>()}.intersected(Rect::of(secret.size()));
  CHECK(brightest(secret, inside) > 200);
  CHECK(brightest(covered, inside) < 200);
}

TEST_CASE("what a lossy codec leaves around type is not covered, and the password between the lines is") {
  Folder folder;
  const std::filesystem::path words = folder.path / "words.txt";
  std::ofstream text(words);
  for (int i = 0; i < 4; ++i) {
    text << "-rw-r--r-- 1 root root 07164 2024-06-07 10:31 services.conf\nworkers = 6      # one for each core\n"
         << (i == 2 ? "password: Tr0ub4dor99x\n" : "The certificate of the mail server expires\n") << "09:47:07 INFO shop.http GET /api/orders 200 59 ms\n";
  }
  text.close();
  VideoRedactionOptions options;
  options.input = folder.path / "in.mp4";
  options.output = folder.path / "out.mp4";
  const std::string command = "ffmpeg -v error -f lavfi -i color=c=0x002B36:s=800x320:r=5:d=1 -vf \"drawtext=fontfile=/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf"
                              ":fontsize=12:line_spacing=2:fontcolor=0x93A1A1:textfile='" + words.string() + "':x=12:y=12\" -c:v libx264 -crf 26 -pix_fmt yuv420p '" + options.input.string() + "'";
  REQUIRE(std::system(command.c_str()) == 0);
  const VideoRedactionOutcome outcome = redact_video(options, [](const char*, double) { return true; }).value();
  INFO(outcome.report);
  CHECK(outcome.masks_by_rule.count("label.password") == 1);
  CHECK(nlohmann::json::parse(outcome.report)["unread_total"] == 0);
}

TEST_CASE("the report says what moved and for how long, held or covered, and what a region covers") {
  Folder folder;
  // A picture that never rests in a still screen.
  const std::filesystem::path input = folder.path / "moving.mp4";
  const std::string command = "ffmpeg -v error -f lavfi -i color=c=white:s=640x384:r=5:d=12 -f lavfi -i \"nullsrc=s=384x256:r=5:d=12,geq=r='80+mod(X+Y+N*3\\,100)':g='40+mod(2*Y+X+N*5\\,120)':b='60+mod(X+N*7\\,90)'\" "
                              "-filter_complex \"[0][1]overlay=128:64\" -c:v libx264 -crf 12 '" + input.string() + "'";
  REQUIRE(std::system(command.c_str()) == 0);
  for (const redaction::Moving moving : {redaction::Moving::sample, redaction::Moving::cover}) {
    redaction::RegionRule everywhere{"film", redaction::RegionKind::rectangle, redaction::RegionUnit::percent, 0, 0, 100, 100};
    everywhere.redact = false;
    everywhere.moving = moving;
    redaction::RegionRule corner{"corner", redaction::RegionKind::rectangle, redaction::RegionUnit::pixels, 0, 0, 64, 32};
    VideoRedactionOptions options;
    options.input = input;
    options.output = folder.path / "out.mp4";
    options.report = folder.path / "report.json";
    options.policy.regions = {corner, everywhere};
    redact_video(options, [](const char*, double) { return true; }).value();
    const auto report = nlohmann::json::parse(std::ifstream(*options.report));
    INFO(report.dump(1));
    REQUIRE(report["moving"].size() == report["moving_total"]);
    REQUIRE(report["moving"].size() >= 1);
    CHECK(report["moving"].size() <= 4);  // a stretch, not one for each second of it
    double longest = 0;
    for (const auto& entry : report["moving"]) {
      CHECK(entry["covered"] == (moving == redaction::Moving::cover));
      longest = std::max(longest, entry["to_ms"].get<double>() - entry["from_ms"].get<double>());
      CHECK(entry["to_ms"].get<double>() <= 12'000);
    }
    CHECK(longest > 4000);
    REQUIRE(report["regions"].size() == 1);
    CHECK(report["regions"][0]["region"] == "corner");
    CHECK(report["regions"][0]["to_ms"] == 12'000);
  }
}

TEST_CASE("a video that its container turns is read the right way up, and its film stands upright") {
  Folder folder;
  const std::filesystem::path upright = video_with_password(folder.path);
  const std::pair<const char*, const char*> turns[] = {{"0", "null"}, {"90", "transpose=1"}, {"180", "hflip,vflip"}, {"270", "transpose=2"}};
  for (const auto& [rotation, filter] : turns) {
    CAPTURE(rotation);
    // As a phone that is held otherwise makes it: turned pictures, and the angle beside them.
    const std::string lying = (folder.path / "lying.mp4").string(), turned = (folder.path / "turned.mp4").string();
    const std::string command = "ffmpeg -v error -y -i '" + upright.string() + "' -vf " + filter + " -c:v libx264 -crf 12 '" + lying + "' && ffmpeg -v error -y -i '" + lying +
                                "' -c copy -metadata:s:v:0 rotate=" + rotation + " '" + turned + "'";
    REQUIRE(std::system(command.c_str()) == 0);
    VideoRedactionOptions options;
    options.input = turned;
    options.output = folder.path / "out.mp4";
    CHECK(codec::VideoReader::open(options.input).value().size() == Size{640, 240});
    const VideoRedactionOutcome outcome = redact_video(options).value();
    INFO(outcome.report);
    CHECK(outcome.masks_by_rule.count("label.password") == 1);
    CHECK_FALSE(outcome.input_cut);
    codec::VideoReader film = codec::VideoReader::open(options.output).value();
    CHECK(film.size() == Size{640, 240});
    int compared = 0;
    while (auto frame = film.next().value()) {
      REQUIRE(frame->frame.size() == Size{640, 240});
      if (frame->at < std::chrono::seconds(1)) continue;
      ++compared;
      CHECK(brightest(frame->frame, {20 + 10 * 12, 88, 13 * 12, 24}) < 200);
      CHECK(brightest(frame->frame, {20, 28, 12 * 12, 24}) > 200);
    }
    CHECK(compared >= 1);
  }
}

TEST_CASE("of a video that is cut short what is there is redacted, and it is said; a whole one is not called cut") {
  Folder folder;
  const std::string each_second = "-c:v libx264 -crf 12 -g 5 ";
  const std::pair<const char*, std::string> kinds[] = {{"a.mkv", each_second},
                                                       {"live.mkv", each_second + "-f matroska -live 1"},  // says nothing of its length
                                                       {"a.webm", "-c:v libvpx -g 5 -crf 12 -b:v 1M"},
                                                       {"a.avi", "-c:v mjpeg -q:v 2"},
                                                       {"front.mp4", each_second + "-movflags faststart"},
                                                       {"pieces.mp4", each_second + "-movflags frag_keyframe+empty_moov"}};
  for (const auto& [name, how] : kinds) {
    const std::filesystem::path whole = video_with_password(folder.path, name, how);
    for (const int percent : {100, 70}) {
      CAPTURE(name, percent);
      VideoRedactionOptions options;
      options.input = folder.path / ("cut-" + std::string(name));
      std::filesystem::copy_file(whole, options.input, std::filesystem::copy_options::overwrite_existing);
      std::filesystem::resize_file(options.input, std::filesystem::file_size(whole) * static_cast<unsigned>(percent) / 100);
      options.output = folder.path / "out.mp4";
      const VideoRedactionOutcome outcome = redact_video(options).value();
      const auto report = nlohmann::json::parse(outcome.report);
      INFO(outcome.report);
      CHECK(outcome.input_cut == (percent < 100));
      CHECK(report["input_complete"] == (percent == 100));
      const auto reasons = report["reasons"].get<std::vector<std::string>>();
      CHECK(std::count(reasons.begin(), reasons.end(), "input_cut") == (percent < 100));
      if (percent < 100) CHECK(report["status"] == "degraded");
      // The film has what was before the cut, covered.
      const Microseconds length = codec::VideoReader::open(options.output).value().duration();
      if (percent == 100) CHECK(length > std::chrono::milliseconds(3900));
      else CHECK(length < std::chrono::milliseconds(3900));
      CHECK(length >= std::chrono::seconds(1));
      CHECK(outcome.masks_by_rule.count("label.password") == 1);
    }
  }
  // The index of a plain MP4 stands at its end.
  VideoRedactionOptions options;
  options.input = video_with_password(folder.path);
  std::filesystem::resize_file(options.input, std::filesystem::file_size(options.input) / 2);
  options.output = folder.path / "none.mp4";
  const auto outcome = redact_video(options);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == ErrorKind::corrupt);
  CHECK(outcome.error().message.find("is cut short") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(options.output));
}

TEST_CASE("pictures of masks go into a folder of their own only") {
  Folder folder;
  VideoRedactionOptions options;
  options.input = video_with_password(folder.path);
  options.output = folder.path / "out.mp4";
  options.preview = folder.path;
  CHECK(redact_video(options).error().kind == ErrorKind::exists);
  CHECK_FALSE(std::filesystem::exists(options.output));
}

TEST_CASE("times of a film read as hours, minutes, seconds and milliseconds") {
  using namespace std::chrono_literals;
  CHECK(film_time(0us) == "0:00:00.000");
  CHECK(film_time(62'345'999us) == "0:01:02.345");
  CHECK(film_time(std::chrono::hours(101) + 59'999'999us) == "101:00:59.999");
}

TEST_CASE("a glyph atlas is made, and used and updated by the next redaction") {
  Folder folder;
  VideoRedactionOptions options;
  options.input = video_with_password(folder.path);
  options.output = folder.path / "out.mp4";
  options.atlas = folder.path / "host.atlas";
  REQUIRE(redact_video(options));
  const auto size = std::filesystem::file_size(*options.atlas);
  CHECK(std::filesystem::status(*options.atlas).permissions() == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  REQUIRE(redact_video(options));
  CHECK(std::filesystem::file_size(*options.atlas) >= size);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 3);
}

TEST_CASE("a damaged glyph atlas is an error, and stays as it is") {
  Folder folder;
  VideoRedactionOptions options;
  options.input = video_with_password(folder.path);
  options.output = folder.path / "out.mp4";
  options.atlas = folder.path / "host.atlas";
  std::ofstream(*options.atlas) << "FGGA, but not really";
  const auto outcome = redact_video(options);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == ErrorKind::corrupt);
  CHECK(outcome.error().message.find("host.atlas") != std::string::npos);
  CHECK(std::filesystem::file_size(*options.atlas) == 20);
  CHECK_FALSE(std::filesystem::exists(options.output));
}

TEST_CASE("what cannot be redacted leaves an error and no file") {
  Folder folder;
  VideoRedactionOptions options;
  options.input = folder.path / "letter.mp4";
  std::ofstream(options.input) << "Dear Sir or Madam,\n";
  options.output = folder.path / "out.mp4";
  CHECK(redact_video(options).error().kind == ErrorKind::invalid);
  options.output = options.input;
  CHECK(redact_video(options).error().kind == ErrorKind::invalid);
  options.input = video_with_password(folder.path);
  options.output = folder.path / "out.mp4";
  CHECK(redact_video(options, [](const char*, double) { return false; }).error().kind == ErrorKind::cancelled);
  CHECK_FALSE(std::filesystem::exists(options.output));
}

}  // namespace
}  // namespace frostgate::redact
