#include "tests/bench/storage_bench_film.h"

#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codec/base/cleared_frame.h"
#include "codec/clip_writer.h"
#include "codec/film_writer.h"
#include "codec/picture_file.h"
#include "codec/segment_encoder.h"
#include "codec/tiles/tile_decoder.h"
#include "codec/tiles/tile_encoder.h"
#include "codec/video_reader.h"
#include "storage/file_system.h"
#include "storage/journal/journal_reader.h"
#include "storage/journal/journal_source.h"
#include "storage/journal/journal_writer.h"
#include "tests/bench/session_journal.h"
#include "tests/bench/storage_bench.h"

namespace frostgate::redaction {

// This program links no redaction, so it defines the one maker of ClearedFrame itself.
class Renderer {
 public:
  static ClearedFrame clear(FrameView frame, Region changed) {
    auto copy = std::make_shared<Frame>(frame.size);
    copy->copy_from(frame, Rect::of(frame.size));
    return ClearedFrame(ClearedFramePasskey(), std::move(copy), std::move(changed));
  }
};

}  // namespace frostgate::redaction

namespace frostgate::bench {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

// The states of the session, one after the other.
class States {
 public:
  explicit States(const std::filesystem::path& session, Stretch stretch = as_recorded)
      : stretch_(std::move(stretch)), source_(storage::real_file_system(), session / "journal"), reader_(must(storage::JournalReader::open(source_, kSession, session_key()))) {}

  struct State {
    SessionTime at{};
    FrameView frame;
    Region damage;
  };
  std::optional<State> next() {
    while (auto entry = must(reader_.next())) {
      if (entry->kind != storage::JournalEntryKind::state) continue;
      const codec::DecodedState decoded = must(decoder_.apply(entry->payload));
      return State{stretch_(entry->at), decoder_.frame().view(), decoded.damage};
    }
    return std::nullopt;
  }

 private:
  Stretch stretch_;
  storage::DirectoryJournalSource source_;
  storage::JournalReader reader_;
  codec::TileDecoder decoder_;
};

double hourly(std::uint64_t bytes, SessionTime length) { return static_cast<double>(bytes) / 1e6 * 3600e6 / static_cast<double>(length.count()); }

}  // namespace

void journal(const std::filesystem::path& session, const std::filesystem::path& folder) {
  States states(session);
  storage::JournalWriter writer = must(storage::JournalWriter::create(storage::real_file_system(), folder, kSession, session_key()));
  codec::TileEncoder encoder;
  SessionTime flushed{}, last{};
  double spent = 0;
  int count = 0;
  while (const auto state = states.next()) {
    spent += measured([&] {
      if (const auto coded = encoder.encode(state->frame, state->damage)) must(writer.append(storage::JournalEntryKind::state, state->at, *coded));
      if (state->at - flushed < seconds(1)) return;
      must(writer.flush());
      flushed = state->at;
    }).cpu;
    last = state->at;
    ++count;
  }
  spent += measured([&] { must(writer.finish()); }).cpu;
  const double length = std::chrono::duration<double>(last).count();
  std::printf("journal of the session (%.0f s, %d states): %.2f %% of a core (comparing, packing, sealing, syncing), %.0f MB an hour\n", length, count,
              100 * spent / length, hourly(writer.bytes_written(), last));
  row("journal of the dense session, of a core", 100 * spent / length, "%", 1);
  row("journal of the dense session, an hour", hourly(writer.bytes_written(), last), "MB", 400);
}

namespace {

void film(const std::filesystem::path& session, const char* name, const Stretch& stretch, double target) {
  States states(session, stretch);
  codec::SegmentEncoder encoder = must(codec::SegmentEncoder::open({}));
  std::uint64_t bytes = 0;
  SessionTime last{};
  double spent = 0;
  const auto keep = [&](const std::vector<Segment>& segments) {
    for (const Segment& segment : segments) bytes += segment.bytes.size();
  };
  while (const auto state = states.next()) {
    const ClearedFrame cleared = redaction::Renderer::clear(state->frame, state->damage);
    spent += measured([&] { keep(must(encoder.add(cleared, state->at))); }).cpu;
    last = state->at;
  }
  spent += measured([&] { keep(must(encoder.finish(last))); }).cpu;
  std::printf("film of the session, %s: %.1f MB an hour, %.2f CPU s to encode %.0f s\n", name, hourly(bytes, last), spent, std::chrono::duration<double>(last).count());
  row((std::string("film of the session, ") + name + ", an hour").c_str(), hourly(bytes, last), "MB", target);
}

}  // namespace

void films(const std::filesystem::path& session) {
  film(session, "dense as recorded", as_recorded, 120);
  film(session, "70 % idle", mostly_idle, 30);
}

void film_page(const std::filesystem::path& session, const std::filesystem::path& page, const std::filesystem::path& filmed, const std::filesystem::path& folder) {
  const std::vector<std::byte> png = must(storage::real_file_system().read_whole(page, std::uint64_t{64} << 20));
  const Frame picture = must(codec::decode_png(png, {8192, 8192}));
  codec::SegmentEncoder encoder = must(codec::SegmentEncoder::open({}));
  std::vector<Segment> film;
  const auto keep = [&](std::vector<Segment> segments) {
    for (Segment& segment : segments) film.push_back(std::move(segment));
  };
  States states(session);
  SessionTime at{};
  while (const auto state = states.next()) {
    if (state->at > seconds(20)) break;
    at = state->at;
    keep(must(encoder.add(redaction::Renderer::clear(state->frame, state->damage), at)));
  }
  keep(must(encoder.add(redaction::Renderer::clear(picture.view(), Region(Rect::of(picture.size()))), at + seconds(1))));
  keep(must(encoder.finish(at + seconds(10))));
  must(codec::write_film(codec::film_parts(std::move(film)), folder / "page.mp4", {}));
  codec::VideoReader reader = must(codec::VideoReader::open(folder / "page.mp4"));
  std::optional<codec::VideoFrame> last;
  while (auto frame = must(reader.next())) last = std::move(frame);
  const std::vector<std::byte> shown = must(codec::encode_png(last->frame.view()));
  std::ofstream(filmed, std::ios::binary).write(reinterpret_cast<const char*>(shown.data()), static_cast<std::streamsize>(shown.size()));
}

void clips(const std::filesystem::path& session, const std::filesystem::path& folder) {
  // The session once an hour, and nothing in between.
  constexpr int kHours = 8;
  codec::SegmentEncoder encoder = must(codec::SegmentEncoder::open({}));
  std::vector<Segment> film;
  const auto keep = [&](std::vector<Segment> segments) {
    for (Segment& segment : segments) film.push_back(std::move(segment));
  };
  for (int hour = 0; hour < kHours; ++hour) {
    States states(session);
    while (const auto state = states.next()) keep(must(encoder.add(redaction::Renderer::clear(state->frame, Region(Rect::of(state->frame.size))), hours(hour) + state->at)));
  }
  keep(must(encoder.finish(hours(kHours))));
  const auto parts = codec::film_parts(std::move(film));
  codec::ClipSettings settings;
  settings.from = hours(4) - seconds(60);
  settings.to = settings.from + seconds(300);
  codec::ClipFacts facts;
  const Spent plain = measured([&] { facts = must(codec::write_clip(parts, folder / "clip.mp4", settings)); });
  std::printf("clip of 5 minutes out of 8 hours: %.2f s of CPU (%u pictures copied, %u encoded)\n", plain.cpu, facts.copied, facts.encoded);
  row("clip of 5 minutes from a film of 8 hours", plain.wall, "s", 3);
  settings.stamp = [](SessionTime) { return codec::ClipStamp{{320, 24}, std::vector<std::uint8_t>(320 * 24, 200)}; };
  const Spent stamped = measured([&] { facts = must(codec::write_clip(parts, folder / "stamped.mp4", settings)); });
  std::printf("the same with burn-in: %.2f s of CPU, %.3f of its length (%u pictures encoded)\n", stamped.cpu, stamped.cpu / 300, facts.encoded);
  row("the same with burn-in, of its length", stamped.wall / 300, "", 0.15);
}

}  // namespace frostgate::bench
