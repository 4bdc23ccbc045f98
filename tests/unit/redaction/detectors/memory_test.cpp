// Detection that remembers the screen before gives exactly what detection of the screen alone gives.
#include <catch2/catch.hpp>

#include <ctime>

#include "tests/unit/redaction/detectors/ocr_noise.h"
#include "tests/unit/redaction/detectors/screen_of_text.h"

using namespace frostgate;
using namespace frostgate::redaction;

namespace {

const char* const kLines[] = {
    "alice@db1:~$ export DB_PASSWORD=hunter2x9",
    "Password:",
    "  Qwerty949!",
    "Password: Tr0ub4dor&3",
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW",
    "QyNTUxOQAAACDf0x7QwZ9mAqT1vB6yM3kR8sPn4LcJd2HgUeVxWi5oKA==",
    "-----END OPENSSH PRIVATE KEY-----",
    "-----BEGIN CERTIFICATE-----",
    "MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJRTES",
    "-----END CERTIFICATE-----",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGxPq7Zs2Vb9Kd4Rt1Yw6Nm3Jc8Hf5Lg0Qa2 alice",
    "User       Password       Role",
    "alice      S3cr3t!x       admin",
    "bob        0ther-One      guest",
    "machine db.example.com",
    "login app",
    "password s3cret",
    "the badge is shown below",
    "B-123456",
    "postgres://app:s3cr3tPw@db.example.com/app",
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    "total 48",
    "-rw-r--r-- 1 root root 4096 Jan  2 12:30 readme.txt",
    "",
};

Detectors detectors_of(Profile profile) {
  auto vocabulary = std::make_shared<Vocabulary>();
  vocabulary->add_list("the\nbadge\nis\nshown\nbelow\nread\nme");
  DetectorSettings settings;
  settings.profile = profile;
  settings.vocabulary = vocabulary;
  settings.custom = {{"badge", "B-([0-9]{6})", "badge"}};
  auto made = Detectors::make(settings);
  made.value().add_known_secret(Secret::from_text("0ther-One"));
  return std::move(made).value();
}

// A terminal of up to 30 rows whose lines may reach its right edge, with or without a window beside it.
std::vector<TextLine> screen(Random& random) {
  std::vector<TextLine> lines;
  const int rows = static_cast<int>(random() % 30);
  for (int row = 0; row < rows; ++row) {
    std::string text = kLines[random() % std::size(kLines)];
    if (random() % 4 == 0) text += draw(random, kAlnum, 1 + random() % 60);
    lines.push_back(line_of(text, random() % 5 == 0 ? 10 : 0, row));
    lines.back().panel_end = random() % 2 ? lines.back().box.right() + 8 : 0;
    if (random() % 6 == 0) lines.push_back(line_of(kLines[random() % std::size(kLines)], 120, row));
  }
  return lines;
}

// Scrolls, types, replaces or clears.
void change(Random& random, std::vector<TextLine>& lines) {
  if (lines.empty() || random() % 12 == 0) {
    lines = screen(random);
    return;
  }
  const std::size_t at = random() % lines.size();
  const int column = lines[at].box.x / kCellWidth, row = lines[at].box.y / kCellHeight;
  switch (random() % 4) {
    case 0:
      for (TextLine& line : lines) {
        line.box.y -= kCellHeight;
        for (Character& character : line.characters) character.box.y -= kCellHeight;
      }
      break;
    case 1: lines[at] = line_of(kLines[random() % std::size(kLines)], column, row); break;
    case 2: lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(at)); break;
    default: {
      const int x = lines[at].box.right();
      lines[at].characters.push_back({static_cast<char32_t>(U'a' + random() % 26), {x, lines[at].box.y, kCellWidth, kCellHeight}, 1});
      lines[at].box.width += kCellWidth;
    }
  }
}

double cpu_milliseconds() { return 1000.0 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

}  // namespace

TEST_CASE("remembering the screen before changes no finding") {
  for (const Profile profile : {Profile::balanced, Profile::strict}) {
    const Detectors detectors = detectors_of(profile);
    Random random(4711);
    DetectionMemory memory;
    std::vector<TextLine> lines;
    std::size_t found = 0;
    for (int step = 0; step < 600; ++step) {
      change(random, lines);
      const auto alone = detectors.find(lines);
      CHECK(detectors.find(lines, memory) == alone);
      found += alone.size();
    }
    CHECK(found > 1000);
  }
}

TEST_CASE("a secret that becomes known later is found on lines that were judged before") {
  Detectors detectors = default_detectors();
  DetectionMemory memory;
  const auto lines = screen_of({"the word is xyzzy"});
  CHECK(detectors.find(lines, memory).empty());
  detectors.add_known_secret(Secret::from_text("xyzzy"));
  CHECK_FALSE(detectors.find(lines, memory).empty());
}

TEST_CASE("when one line of sixty changes, little is judged again") {
  const Detectors detectors = default_detectors();
  Random random(4711);
  std::vector<std::string> rows;
  for (int i = 0; i < 60; ++i) rows.push_back("Nov 25 12:00:" + std::to_string(10 + i % 50) + " db1 app[" + std::to_string(i) + "]: GET /users/" + draw(random, kHex, 8) + " took 12 ms, 200, from 10.0.0.7, session opened for alice");
  auto lines = screen_of(rows);
  for (TextLine& line : lines) line.panel_end = 1900;
  DetectionMemory memory;
  detectors.find(lines, memory);
  const auto each = [&](auto&& find) {
    constexpr int kTimes = 50;
    const double from = cpu_milliseconds();
    for (int i = 0; i < kTimes; ++i) {
      lines[30] = line_of("Nov 25 12:01:00 db1 app: request " + std::to_string(i), 0, 30);
      lines[30].panel_end = 1900;
      find();
    }
    return (cpu_milliseconds() - from) / kTimes;
  };
  const double with = each([&] { detectors.find(lines, memory); }), without = each([&] { detectors.find(lines); });
  WARN("60 lines, one of them new: " << with << " ms, from nothing " << without << " ms of CPU");
  CHECK(with * 5 < without);
}
