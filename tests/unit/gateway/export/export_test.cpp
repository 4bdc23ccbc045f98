#include <catch2/catch.hpp>
#include <fstream>

#include "gateway/export/bundle_folder.h"
#include "gateway/export/chapters.h"
#include "gateway/export/drawing.h"
#include "gateway/export/time_point.h"
#include "storage/byte_order.h"
#include "storage/manifest/manifest.h"
#include "tests/unit/storage/temporary_directory.h"

using namespace frostgate;
using namespace frostgate::exporting;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr UtcTime kStarted{seconds(1'764'000'000)};  // 2025-11-24T16:00:00Z

CoverSheet sheet_with(int pictures) {
  CoverSheet sheet{"Recorded session r1", {{"Who", "änna"}, {"Where", "dc1"}}, {}, "The end."};
  for (int i = 0; i < pictures; ++i) sheet.pictures.push_back({Frame({320, 200}), "picture " + std::to_string(i)});
  return sheet;
}

}  // namespace

TEST_CASE("chapters are the events that a film's signed report has, by time, whatever else is among them") {
  storage::Manifest manifest;
  manifest.recording = "r1";
  manifest.size = {1280, 800};
  manifest.front = manifest.back = "rdp";
  manifest.policy_digest = std::string(64, 'a');
  manifest.status = "clean";
  const auto chapters = [&](const std::string& report) {
    manifest.redaction_json = report;
    const std::string text = storage::to_json(manifest).value();
    const auto found = chapters_of(std::as_bytes(std::span(text)));
    REQUIRE(found);
    std::string out;
    for (const codec::ClipChapter& one : found.value()) out += std::to_string(one.at.count() / 1000) + " " + one.title + "\n";
    return out;
  };
  CHECK(chapters("{}").empty());
  CHECK(chapters(R"({"journal":{"events":{"at_ms":"1"}}})").empty());
  CHECK(chapters(R"({"journal":{"events":[
    {"at_ms":9000,"kind":"recording_resumed","why":"asked for"},
    {"at_ms":6500,"kind":"recording_paused","by":"bob","reason":"the key is typed"},
    {"at_ms":100,"kind":"resized","width":1280,"height":800},
    {"at_ms":200,"kind":"clipboard","to_target":true,"passed":true},
    {"at_ms":300,"kind":"clipboard","to_target":false,"passed":false},
    {"at_ms":9500,"kind":"resumed"},
    {"at_ms":9600,"kind":"guest","here":true,"user":"carl","approved_by":"dora"},
    {"at_ms":9700,"kind":"guest","here":false,"user":"carl","approved_by":"dora"},
    {"at_ms":9900,"kind":"recording_stopped","by":"bob","reason":"private"},
    {"at_ms":"soon","kind":"resumed"}, 7]}})") ==
        "100 Screen of 1280x800\n200 Copied to the target\n300 Copied from the target, and kept back\n"
        "6500 Recording paused by bob: the key is typed\n9000 Recording goes on\n9500 The session goes on after a loss\n9600 carl looks on, approved by dora\n9700 carl looks on no more\n9900 Recording stopped by bob: private\n");
  CHECK_FALSE(chapters_of(std::as_bytes(std::span("{}", 2))).has_value());
}

TEST_CASE("points in time are offsets or UTC, and nothing else") {
  CHECK(time_in_recording("90", kStarted).value() == seconds(90));
  CHECK(time_in_recording("1:30.25", kStarted).value() == milliseconds(90250));
  CHECK(time_in_recording("75:00", kStarted).value() == seconds(4500));
  CHECK(time_in_recording("1:02:03.5", kStarted).value() == milliseconds(3723500));
  CHECK(time_in_recording("2025-11-24T16:01:00Z", kStarted).value() == seconds(60));
  CHECK(time_in_recording("2025-11-24 16:00:00.5Z", kStarted).value() == milliseconds(500));
  CHECK(time_in_recording("2025-11-24T16:00:00Z", kStarted).value() == seconds(0));
  CHECK(time_in_recording("2025-11-24T15:59:59Z", kStarted).error().message == "\"2025-11-24T15:59:59Z\" is before the recording began, at 2025-11-24T16:00:00.000000Z");
  for (const char* text : {"", "x", "-5", "1:60", "1:60:00", "1:2:3:4", "1.", "2025-11-24", "2025-11-24T16:00:00", "2025-02-30T00:00:00Z",
                           "2025-11-24T24:00:00Z", "99999999999999999999"}) {
    INFO(text);
    CHECK(time_in_recording(text, kStarted).error().kind == ErrorKind::invalid);
  }
}

TEST_CASE("a cover sheet is a PDF, the same bytes each time, whatever the clock says") {
  const auto pdf = draw_cover_sheet(sheet_with(12), kStarted).value();
  const std::string text(reinterpret_cast<const char*>(pdf.data()), pdf.size());
  CHECK(text.starts_with("%PDF-"));
  CHECK(text.find("20251124160000Z") != std::string::npos);
  CHECK(draw_cover_sheet(sheet_with(12), kStarted).value() == pdf);
  CHECK(draw_cover_sheet(sheet_with(11), kStarted).value() != pdf);
  CHECK(draw_cover_sheet(sheet_with(0), kStarted));
}

TEST_CASE("the clock that is burnt in has one size, and is another at another time") {
  const auto one = draw_clock(kStarted, "20251124-160000-1a2b3c4d"), other = draw_clock(kStarted + milliseconds(1), "20251124-160000-1a2b3c4d");
  CHECK(one.size == other.size);
  CHECK(one.grey != other.grey);
  CHECK(*std::max_element(one.grey.begin(), one.grey.end()) > 200);
}

TEST_CASE("a bundle's folder appears when it is complete, and not at all when it is not") {
  storage::TemporaryDirectory directory;
  const auto output = directory.path() / "bundle";
  {
    BundleFolder folder = BundleFolder::create(output).value();
    REQUIRE(folder.write("a.txt", storage::bytes_of("a")));
    CHECK_FALSE(std::filesystem::exists(output));
  }
  CHECK(std::filesystem::is_empty(directory.path()));
  BundleFolder folder = BundleFolder::create(output).value();
  REQUIRE(folder.write("a.txt", storage::bytes_of("a")));
  std::ofstream(folder.path("b.txt")) << "b";
  REQUIRE(folder.take("b.txt"));
  REQUIRE(folder.write_sums());
  REQUIRE(folder.finish());
  CHECK(std::system(("cd '" + output.string() + "' && sha256sum -c --quiet SHA256SUMS").c_str()) == 0);
  CHECK(folder.files().size() == 3);
  CHECK(BundleFolder::create(output).error().kind == ErrorKind::exists);
}
