#include "gateway/original/original_film.h"

#include <catch2/catch.hpp>

#include "codec/video_reader.h"
#include "gateway/original/watermark_renderer.h"
#include "storage/custody/shares.h"
#include "tests/unit/gateway/redact/session_history.h"

using namespace frostgate;
using namespace frostgate::original;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr Size kScreen{520, 160};

Frame plain(std::uint8_t grey, Size size = kScreen) {
  Frame frame(size);
  for (int y = 0; y < size.height; ++y) std::fill_n(frame.row(y), frame.stride(), grey);
  return frame;
}

CustodiansConsent consent_with(const Secret& key) {
  const auto shares = storage::split_key(key, redact::kRecording, 2, 3).value();
  return storage::ShareCombiner::combine(redact::kRecording, shares).value();
}

// Greys of 40, 80, 120, 160 and 200, a second each.
class GreySession : public redact::HistoryJournal {
 public:
  GreySession() {
    for (int i = 0; i < 5; ++i) write({seconds(i), plain(static_cast<std::uint8_t>(40 * (i + 1))), {}});
    flush();
    finish(seconds(5));
  }
};

OriginalWish wish_of(SessionTime from, SessionTime to, const std::filesystem::path& output, Rect area = {}) {
  return {from, to, area, "ORIGINAL anna 2026-11-26", "ORIGINAL, opened by anna: a dispute", output, {}};
}

int middle_of(const Frame& frame) { return frame.view().at(100, 3)[1]; }

std::vector<codec::VideoFrame> frames_of(const std::filesystem::path& film) {
  codec::VideoReader reader = codec::VideoReader::open(film).value();
  std::vector<codec::VideoFrame> frames;
  while (auto frame = reader.next().value()) frames.push_back(std::move(*frame));
  return frames;
}

}  // namespace

TEST_CASE("an opened original shows what was there in the span, from its first moment to its last, and nothing else") {
  GreySession journal;
  const storage::TemporaryDirectory folder;
  const auto output = folder.path() / "original.mp4";
  auto source = journal.source();
  const CustodiansConsent consent = consent_with(journal.key);
  const auto facts = write_original(source, consent, wish_of(milliseconds(1500), milliseconds(3200), output));
  INFO((facts ? "" : facts.error().message));
  REQUIRE(facts);
  CHECK(facts.value().from == milliseconds(1500));
  CHECK(facts.value().to == milliseconds(3200));
  CHECK(facts.value().damage.empty());
  const auto frames = frames_of(output);
  REQUIRE(frames.size() >= 3);
  CHECK(frames[0].at == SessionTime(0));
  CHECK(std::abs(middle_of(frames[0].frame) - 80) < 12);
  CHECK(std::abs(middle_of(frames.back().frame) - 160) < 12);
  for (const codec::VideoFrame& frame : frames) {
    CHECK(std::abs(middle_of(frame.frame) - 40) > 20);
    CHECK(std::abs(middle_of(frame.frame) - 200) > 20);
    CHECK(frame.frame.size().height > kScreen.height);
  }
}

TEST_CASE("a region of an original is all that is shown, whatever the screen's size is by then") {
  redact::HistoryJournal journal;
  Frame screen = plain(60);
  for (int y = 50; y < 90; ++y) std::fill_n(screen.row(y) + 200 * kBytesPerPixel, 100 * kBytesPerPixel, std::uint8_t{220});
  journal.write({seconds(0), screen, {}});
  journal.write({seconds(1), plain(10, {220, 60}), {}});
  journal.flush();
  journal.finish(seconds(2));
  const CustodiansConsent consent = consent_with(journal.key);
  WatermarkRenderer renderer(consent, "mark", "notice", {200, 50, 100, 40});
  const ClearedFrame first = renderer.render(seconds(0), screen.view(), Region(Rect::of(kScreen)));
  for (int y = 0; y < 40; ++y) {
    for (int x = 0; x < 100; ++x) {
      const std::uint8_t* pixel = first.view().at(x, y);
      if (pixel[2] < 180) FAIL("outside the region at " << x << "," << y);
    }
  }
  const Frame small = plain(10, {220, 60});
  const ClearedFrame second = renderer.render(seconds(1), small.view(), Region(Rect::of(small.size())));
  CHECK(second.size() == first.size());
  CHECK(second.view().at(5, 5)[0] <= 60);
  CHECK(second.view().at(60, 5)[0] == 0);  // where there is no screen any more
}

TEST_CASE("every picture of an original has the notice below it and the mark all over it") {
  const Secret key = redact::journal_key();
  const CustodiansConsent consent = consent_with(key);
  const int grey = GENERATE(0, 128, 255);
  WatermarkRenderer renderer(consent, "ORIGINAL anna", "opened by anna for a dispute", {});
  const Frame screen = plain(static_cast<std::uint8_t>(grey), {640, 400});
  const ClearedFrame shown = renderer.render(seconds(0), screen.view(), Region(Rect::of(screen.size())));
  int white = 0;
  for (int y = 400; y < shown.size().height; ++y) {
    for (int x = 0; x < shown.size().width; ++x) white += shown.view().at(x, y)[0] > 200;
  }
  CHECK(white > 100);
  // In each quarter of each half: cutting the picture leaves the mark.
  for (int quarter = 0; quarter < 8; ++quarter) {
    int marked = 0;
    const int left = quarter % 4 * 160, top = quarter / 4 * 200;
    for (int y = top; y < top + 200; ++y) {
      for (int x = left; x < left + 160; ++x) marked += shown.view().at(x, y)[2] != shown.view().at(x, y)[0];
    }
    CHECK(marked > 50);
  }
  const ClearedFrame same = renderer.render(seconds(1), screen.view(), Region());
  CHECK(same.changed().empty());
  CHECK(same_pixels(shown.view(), same.view(), Rect::of(shown.size())));
}

TEST_CASE("another key opens nothing, a span without a picture makes no film, and a cancelled one leaves nothing") {
  GreySession journal;
  const storage::TemporaryDirectory folder;
  const auto output = folder.path() / "original.mp4";
  auto source = journal.source();
  const CustodiansConsent wrong = consent_with(redact::journal_key(3));
  CHECK(write_original(source, wrong, wish_of(seconds(0), seconds(2), output)).error().kind == ErrorKind::corrupt);
  const CustodiansConsent consent = consent_with(journal.key);
  CHECK(write_original(source, consent, wish_of(seconds(60), seconds(61), output)).error().kind == ErrorKind::invalid);
  OriginalWish cancelled = wish_of(seconds(0), seconds(2), output);
  cancelled.progress = [](double) { return false; };
  CHECK(write_original(source, consent, cancelled).error().kind == ErrorKind::cancelled);
  CHECK_FALSE(std::filesystem::exists(output));
}
