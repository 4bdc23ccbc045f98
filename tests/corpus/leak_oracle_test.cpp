#include "tests/corpus/leak_oracle.h"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "codec/clip_writer.h"
#include "codec/segment_encoder.h"
#include "codec/thumbnail.h"
#include "codec/video_reader.h"
#include "redaction/cover.h"
#include "tests/corpus/recall.h"
#include "tests/corpus/screens.h"

namespace frostgate::corpus {
namespace {

constexpr Size kScreen{640, 120};
constexpr int kCell = 9;  // about; of DejaVu Sans Mono at 11 points

Drawn screen(const std::string& secret) {
  Page page{kScreen, 0x1E1E1E, {}, {}};
  page.labels.push_back({{20, 40}, {"password: " + secret, 10, 10 + secret.size()}, 0xD4D4D4, 11, "password"});
  return draw(page, {"DejaVu Sans Mono"});
}

Rect place_of(const DrawnSecret& secret) {
  Rect area;
  for (const Point& pixel : secret.ink) area = area.united({pixel.x, pixel.y, 1, 1});
  return area;
}

}  // namespace

TEST_CASE("the oracle recognises a secret in a decoded film, and nothing under a box") {
  const Drawn drawn = screen("hunter2Kq9x");
  const Rect place = place_of(drawn.secrets.at(0));
  REQUIRE(place.width > 60);
  const Frame open = after_video(drawn.frame.view());
  CHECK(likeness(drawn.frame.view(), open.view(), place, kCell) > 0.9);
  Frame covered = drawn.frame;
  redaction::fill(covered, place.expanded(6, 4), 0x1E1E1E, place.expanded(6, 4));
  const Frame film = after_video(covered.view());
  CHECK(likeness(drawn.frame.view(), film.view(), place, kCell) < kRecognisable);
}

TEST_CASE("the oracle recognises three letters that stick out of a box") {
  const Drawn drawn = screen("hunter2Kq9x");
  const Rect place = place_of(drawn.secrets.at(0));
  Frame covered = drawn.frame;
  const Rect rest = Rect::between(place.x + 3 * kCell, place.y - 4, place.right() + 4, place.bottom() + 4);
  redaction::fill(covered, rest, 0x1E1E1E, rest);
  const Frame film = after_video(covered.view());
  CHECK(likeness(drawn.frame.view(), film.view(), place, kCell) > kRecognisable);
}

TEST_CASE("L12: a clip that is encoded again and a thumbnail show nothing that the film does not") {
  const std::pair<const char*, const char*> secrets[] = {{"password: ", "hunter2Kq9x"}, {"API_KEY=", "a7Dk2mQ9xW4rT6yU1pL3"},
                                                         {"mysql -u root -p", "wombat7Zr4m"}, {"PIN: ", "493817"},
                                                         {"key AKIA", "Q7XZ2MNB6VT5K3WP"}};
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / ("frostgate-derived-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  for (const auto& [label, secret] : secrets) {
    CAPTURE(secret);
    // As wide as a thumbnail, which then is one at full size.
    Page page{{codec::kThumbnailWidth, 96}, 0x1E1E1E, {}, {}};
    page.labels.push_back({{8, 40}, {std::string(label) + secret, std::string(label).size(), std::string(label + std::string(secret)).size()}, 0xD4D4D4, 11, "secret"});
    const Drawn drawn = draw(page, {"DejaVu Sans Mono"});
    const Rect place = place_of(drawn.secrets.at(0));
    const auto recognisable = [&](const std::filesystem::path& file) {
      codec::VideoReader video = codec::VideoReader::open(file).value();
      double most = 0;
      for (auto frame = video.next().value(); frame; frame = video.next().value()) {
        REQUIRE(frame->frame.size() == drawn.frame.size());
        most = std::max(most, likeness(drawn.frame.view(), frame->frame.view(), place, kCell));
      }
      return most;
    };
    const Redacted result = redacted(drawn.frame.view(), redaction::Profile::balanced);
    REQUIRE(result.cleared);
    auto encoder = codec::SegmentEncoder::open({}).value();
    std::vector<Segment> segments = encoder.add(*result.cleared, SessionTime(0)).value();
    std::vector<Segment> rest = encoder.finish(std::chrono::seconds(3)).value();
    std::move(rest.begin(), rest.end(), std::back_inserter(segments));
    const auto stamp = [](SessionTime) { return codec::ClipStamp{{40, 10}, std::vector<std::uint8_t>(400, 255)}; };
    codec::ClipSettings settings{.from = std::chrono::seconds(1), .to = std::chrono::seconds(2), .stamp = stamp, .progress = {}};
    REQUIRE(codec::write_clip(codec::film_parts(std::move(segments)), folder / "clip.mp4", settings));
    CHECK(recognisable(folder / "clip.mp4") < kRecognisable);
    const auto jpeg = codec::make_thumbnail(*result.cleared).value().jpeg;
    std::ofstream(folder / "thumbnail.jpg", std::ios::binary).write(reinterpret_cast<const char*>(jpeg.data()), static_cast<std::streamsize>(jpeg.size()));
    CHECK(recognisable(folder / "thumbnail.jpg") < kRecognisable);
  }
  std::filesystem::remove_all(folder);
}

TEST_CASE("another secret in the same place is not the one looked for") {
  const Drawn drawn = screen("hunter2Kq9x"), other = screen("WMBQ@7Zr4m%");
  const Rect place = place_of(drawn.secrets.at(0));
  const Frame film = after_video(other.frame.view());
  CHECK(likeness(drawn.frame.view(), film.view(), place, kCell) < 0.9);
}

TEST_CASE("runs of a secret are found in what was read, however it was read") {
  CHECK(holds_part_of("db password: hunter2Kq9x", "hunter2Kq9x", 0));
  CHECK(holds_part_of("p a s s HUNTER2 kq 9 x", "hunter2Kq9x", 0));
  CHECK(holds_part_of("...nter2K...", "hunter2Kq9x", 0));
  CHECK(holds_part_of("TOKEN=ghp_A7dK2mQ9xW4r", "ghp_A7dK2mQ9xW4rT6yU1pL3sD8f", 4));
  CHECK_FALSE(holds_part_of("TOKEN=ghp_", "ghp_A7dK2mQ9xW4rT6yU1pL3sD8f", 4));
  CHECK_FALSE(holds_part_of("the hunt is over", "hunter2Kq9x", 0));
}

TEST_CASE("a corpus has at least 48 kinds, and twins of each have the same public text and length") {
  std::set<std::string> names;
  for (const SecretKind& kind : secret_kinds()) {
    INFO(kind.name);
    names.insert(kind.name);
    Chance one(5, 1), other(5, 2);
    const std::vector<Line> first = lines_of(kind, one), second = lines_of(kind, other);
    REQUIRE(first.size() == second.size());
    bool hidden = false;
    for (std::size_t i = 0; i < first.size(); ++i) {
      const auto outside = [](const Line& line) { return line.text.substr(0, line.first) + line.text.substr(line.end); };
      CHECK(outside(first[i]) == outside(second[i]));
      CHECK(first[i].text.size() == second[i].text.size());
      CHECK((first[i].first == first[i].end || first[i].text != second[i].text));
      hidden = hidden || first[i].end > first[i].first;
    }
    CHECK(hidden);
  }
  CHECK(names.size() >= 48);
}

TEST_CASE("the ink of a secret is the pixels that differ without it, and a box over half of it does not hide it") {
  const Drawn drawn = screen("hunter2Kq9x");
  const DrawnSecret& secret = drawn.secrets.at(0);
  const Rect place = place_of(secret);
  CHECK(secret.ink.size() > 200);
  CHECK(place.x > 20 + 9 * (kCell - 1));
  CHECK(hidden(secret.ink, {place}));
  CHECK_FALSE(hidden(secret.ink, {Rect::between(place.x, place.y, place.right() - 1, place.bottom())}));
  CHECK_FALSE(hidden(secret.ink, {}));
}

}  // namespace frostgate::corpus
