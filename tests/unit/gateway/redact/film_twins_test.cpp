// Non-interference of what a worker does: journals that differ in their secrets alone give the same film, byte for byte, and the same
// report.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "codec/tiles/event_coding.h"
#include "codec/tiles/tile_encoder.h"
#include "gateway/redact/recording_redaction.h"
#include "gateway/redact/report_json.h"
#include "redaction/tesseract/tesseract_reader.h"
#include "storage/journal/journal_source.h"
#include "storage/journal/journal_writer.h"
#include "tests/unit/gateway/files.h"
#include "tests/unit/redaction/canvas.h"

namespace frostgate::redact {
namespace {

using redaction::Canvas;
using std::chrono::milliseconds;

const std::string kRecording = "twin";
constexpr Size kScreen{800, 320};
constexpr double kPixels = 13.3333;

Secret journal_key() { return Secret(std::vector<std::byte>(32, std::byte{7})); }

struct Secrets {
  std::string typed, token, url, key_one, key_two;
};

const Secrets kOne{"hunter2Kq9x", "A7dK2mQ9xW4rT6yU1pL3sD8fG5hJ0zXcVbNm", "jK8w2nQz",
                   "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj", "MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu"};
const Secrets kOther{"wombat7Zr4m", "Zq1wE5rT9yU3iO7pA2sD6fG4hJ8kL0xCvBnM", "gy7pXqJl",
                     "QjgyPq3fLlTtbdkhQJ81IiKkMmNnOo0PQqRrSsTtUuVvWwXxYyZz0123456789ab", "aBcDeFgHiJkLmNoPqRsTuVwXyZ9876543210QwErTyUiOpAsDfGhJkLzXcVbNmQw"};

// A shell in which the secrets are typed, listed and scrolled.
std::vector<Frame> session(const Secrets& secrets) {
  std::vector<std::string> rows{"Last login was on Monday"};
  std::vector<Frame> states;
  const auto show = [&] {
    Canvas canvas(kScreen, {0.12, 0.12, 0.12});
    const std::size_t first = rows.size() > 17 ? rows.size() - 17 : 0;
    for (std::size_t i = first; i < rows.size(); ++i) {
      canvas.text(12, 26 + static_cast<int>(i - first) * 17, rows[i], kPixels, {0.83, 0.83, 0.83});
    }
    states.push_back(canvas.frame());
  };
  show();
  rows.push_back("");
  for (std::size_t typed = 0; typed <= secrets.typed.size(); typed += 2) {
    rows.back() = "Password for app@db1.example.org: " + secrets.typed.substr(0, typed);
    show();
  }
  for (const char* row : {"$ env", "EDITOR=vi", "", "$ cat deploy.conf", "workers = 4", "", "-----BEGIN PRIVATE KEY-----", "", "", "-----END PRIVATE KEY-----"}) rows.push_back(row);
  rows[rows.size() - 8] = "GITHUB_TOKEN=ghp_" + secrets.token;
  rows[rows.size() - 5] = "repository = https://deploy:" + secrets.url + "@git.example.org/shop.git";
  rows[rows.size() - 3] = secrets.key_one;
  rows[rows.size() - 2] = secrets.key_two;
  show();
  for (int i = 0; i < 9; ++i) {
    rows.push_back("09:14:0" + std::to_string(i) + " INFO  shop.http  GET /api/orders 200");
    if (i % 3 == 0) show();
  }
  return states;
}

void write_journal(const std::filesystem::path& folder, const std::vector<Frame>& states) {
  auto writer = storage::JournalWriter::create(storage::real_file_system(), folder, kRecording, journal_key()).value();
  codec::TileEncoder tiles;
  milliseconds at{0};
  for (const Frame& state : states) {
    // The damage is the whole screen: also where the secret is typed, whatever its letters, the same is looked at.
    if (const auto coded = tiles.encode(state.view(), Rect::of(state.size()))) REQUIRE(writer.append(storage::JournalEntryKind::state, at, *coded));
    REQUIRE(writer.append(storage::JournalEntryKind::event, at, codec::encode_event(PointerMoved{{300, 40}, 0})));
    REQUIRE(writer.flush());
    at += milliseconds(200);
  }
  REQUIRE(writer.append(storage::JournalEntryKind::event, at, codec::encode_event(SessionEnded{"end"})));
  REQUIRE(writer.finish());
}

struct Made {
  std::vector<std::vector<std::byte>> film;  // its segments
  nlohmann::json report, cut_report;
};

// What the times of the processor were is no part of what a report says.
nlohmann::json without_times(nlohmann::json report) {
  report.erase("cpu_seconds");
  return report;
}

class Shelf final : public FilmSink {
 public:
  Result<void> store(const std::vector<Segment>& segments) override {
    for (const Segment& segment : segments) film.push_back(segment.bytes);
    return {};
  }
  Result<void> begin_generation() override {
    film.clear();
    return {};
  }
  std::vector<std::vector<std::byte>> film;
};

Made made_of(const Secrets& secrets) {
  storage::TemporaryDirectory folder;
  write_journal(folder.path() / "journal", session(secrets));
  storage::DirectoryJournalSource source(storage::real_file_system(), folder.path() / "journal");
  auto redactor = redaction::Redactor::make({}, redaction::make_tesseract_reader({}).value(), redaction::Detectors::make({}).value(), {1, 2});
  Shelf shelf;
  StageClock clock;
  const Secret key = journal_key();
  auto redaction = RecordingRedaction::open({source, kRecording, key}, storage::JournalGrowth::ended, std::move(redactor).value(), shelf, clock);
  REQUIRE(redaction);
  while (redaction->step().value()) continue;
  REQUIRE(redaction->over());
  REQUIRE(redaction->finish([]() -> Result<void> { return {}; }));
  const SessionTime end = redaction->summary().end;
  return {shelf.film, report_json(redaction->plan(), clock.seconds(), end), report_json(redaction->plan(), clock.seconds(), end, 2)};
}

const Made& quiet() {
  static const Made made = made_of(kOne);
  return made;
}

bool holds(const std::vector<std::vector<std::byte>>& segments, const std::string& text) {
  for (const auto& segment : segments) {
    if (memmem(segment.data(), segment.size(), text.data(), text.size())) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("L13, L24: twin recordings give the same film, byte for byte, and the same report") {
  const Made &one = quiet(), other = made_of(kOther);
  REQUIRE(one.film.size() >= 2);
  REQUIRE(one.report["masks"].size() >= 5);
  // Not `==`: a failure would print two reports of which nobody sees where they differ.
  const nlohmann::json difference = nlohmann::json::diff(without_times(one.report), without_times(other.report));
  INFO(difference.dump(1));
  CHECK(difference.empty());
  CHECK((one.film == other.film));
}

TEST_CASE("the film of a recording is the same under load") {
  std::vector<std::jthread> busy;
  for (int i = 0; i < 2; ++i) {
    busy.emplace_back([](const std::stop_token& stop) {
      for (volatile unsigned spin = 0; !stop.stop_requested();) spin = spin + 1;
    });
  }
  const Made loaded = made_of(kOne);
  CHECK(nlohmann::json::diff(without_times(quiet().report), without_times(loaded.report)).empty());
  CHECK((quiet().film == loaded.film));
}

TEST_CASE("L11: neither the report nor the film holds a secret as text") {
  const Made& made = quiet();
  const std::string report = made.report.dump();
  for (const std::string& secret : {kOne.typed, kOne.token, kOne.url, kOne.key_one, kOne.key_two}) {
    INFO(secret);
    CHECK(report.find(secret.substr(0, 6)) == std::string::npos);
    CHECK_FALSE(holds(made.film, secret.substr(0, 6)));
  }
}

TEST_CASE("a list of a report that is cut has stretches of all that it would list, and another has none") {
  const Made& made = quiet();
  CHECK(made.report["all_at"].empty());
  const nlohmann::json& cut = made.cut_report;
  REQUIRE(cut["masks"].size() == 2);
  CHECK(cut["masks_total"] == made.report["masks"].size());
  const nlohmann::json& at = cut["all_at"]["masks"];
  CHECK(at.size() == made.report["masks_by_rule"].size());
  for (const auto& mask : made.report["masks"]) {
    INFO(mask.dump() << " in " << at.dump());
    const nlohmann::json& stretches = at[mask["rule"].get<std::string>()];
    CHECK(std::any_of(stretches.begin(), stretches.end(), [&](const auto& one) { return one[0] <= mask["from_ms"] && one[1] >= mask["to_ms"]; }));
  }
  for (const auto& [rule, stretches] : at.items()) {
    for (std::size_t n = 0; n < stretches.size(); ++n) {
      CHECK(stretches[n][0] < stretches[n][1]);
      if (n > 0) CHECK(stretches[n][0] > stretches[n - 1][1]);
    }
  }
}

}  // namespace frostgate::redact
