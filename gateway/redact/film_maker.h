// Makes a recording's film from its journal, some way behind those who decide what it covers. When a later plan covers something
// else in a picture that was already made, that picture's segments are made again: what has been handed over in the end is the film
// that the last plan alone would have given, byte for byte. One thread.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/segment.h"
#include "codec/segment_encoder.h"
#include "codec/thumbnail.h"
#include "gateway/redact/journal_player.h"
#include "gateway/redact/stage.h"
#include "gateway/redact/stage_clock.h"
#include "redaction/renderer.h"

namespace frostgate::redact {

class FilmSink {
 public:
  virtual ~FilmSink() = default;
  // In no order; each place once in a generation.
  virtual Result<void> store(const std::vector<Segment>& segments) = 0;
  // Begins a generation: what is not stored in it again stays as it was in the one before.
  virtual Result<void> begin_generation() = 0;
};

// How to play one recording's journal, any number of times. All outlives whoever plays.
struct JournalAccess {
  storage::JournalSource& source;
  const std::string& recording;
  const Secret& key;
};

class FilmMaker {
 public:
  static Result<FilmMaker> open(const JournalAccess& journal, FilmSink& sink, StageClock& clock);

  // Makes the film up to `until`, which the journal has reached and the plan has decided, and again what the plan covers otherwise
  // than the one before. Plans grow with their recording.
  Result<void> advance(redaction::RedactionPlan plan, SessionTime until);
  // The last word, of a journal that has ended.
  Result<void> finish(redaction::RedactionPlan plan, SessionTime end);

  // After finish().
  const redaction::RedactionPlan& plan() const { return renderer_->plan(); }
  // After finish(): the film at times that are far apart, at most so many. Each is the first picture that shows something from such a time on,
  // or that time's where none does soon. Where a picture is held there is none.
  struct Still {
    SessionTime at{};
    codec::Thumbnail picture;
  };
  Result<std::vector<Still>> stills(std::size_t most);
  // The latest of what playing can start from at or before `at`, with the pointer there; nothing before the first picture.
  struct Start {
    JournalBookmark journal;
    std::optional<PointerMoved> pointer;
    codec::SegmentSchedule schedule;  // before the picture that is shown there
  };
  const Start* start_before(SessionTime at) const;

 private:
  using CoverDigest = std::array<std::byte, 16>;
  struct Shown {
    SessionTime at{};
    Size size;
    CoverDigest covers;  // of what was drawn
  };
  struct Made {
    int part = 0;
    int index = 0;
    SessionTime start{};
    SessionTime end{};
  };

  FilmMaker(const JournalAccess& journal, FilmSink& sink, StageClock& clock, JournalPlayer player, codec::SegmentEncoder encoder)
      : journal_(journal), sink_(&sink), clock_(&clock), player_(std::move(player)), encoder_(std::move(encoder)) {}

  static CoverDigest digest(const std::vector<redaction::Cover>& covers);
  Result<void> follow(redaction::RedactionPlan plan);
  Result<void> show(SessionTime at);
  void note_start();
  Result<void> take(std::vector<Segment> segments);
  Result<void> compare(SessionTime from);
  Result<void> make_again(const std::vector<Made>& segments);
  Result<std::vector<Segment>> made_again(const Made& first, const Made& last);
  Result<std::optional<Still>> still_from(const Start& start, SessionTime before);

  JournalAccess journal_;
  FilmSink* sink_;
  StageClock* clock_;
  JournalPlayer player_;
  codec::SegmentEncoder encoder_;
  Stage stage_;
  std::optional<redaction::Renderer> renderer_;  // once there is a plan
  std::optional<Recorded> next_;                 // played, but later than the film
  std::optional<SessionTime> end_;

  std::vector<Shown> shown_;
  std::vector<Made> made_;             // complete segments
  SessionTime stale_until_{};          // the running segment has pictures before this that the plan covers otherwise
  std::vector<Start> starts_;
  SessionTime starts_apart_;
};

}  // namespace frostgate::redact
