#include "gateway/redact/film_maker.h"

#include <algorithm>
#include <utility>

#include "storage/crypto/hash.h"

namespace frostgate::redact {
namespace {

// Screens of the past are kept for making segments again. They are thinned so that they never need more than this.
constexpr std::size_t kMaxStartBytes = std::size_t{40} << 20;
constexpr SessionTime kStartsApart = std::chrono::seconds(15);
constexpr SessionTime kLongestHold = std::chrono::seconds(3);  // of redaction/motion.h, and the state after it
constexpr int kMostBlank = 200;                                // pictures that are looked at for one that shows something
constexpr std::int64_t kBlankShare = 500;                      // at most one pixel of so many differs: a pointer or a prompt alone shows nothing

template <class Number>
void append(std::vector<std::byte>& bytes, Number number) {
  const auto* first = reinterpret_cast<const std::byte*>(&number);
  bytes.insert(bytes.end(), first, first + sizeof number);
}

bool shows_something(FrameView picture) {
  const std::uint8_t* ground = picture.row(0);
  std::int64_t differ = 0;
  for (int y = 0; y < picture.size.height; ++y) {
    const std::uint8_t* row = picture.row(y);
    for (int x = 0; x < picture.size.width; ++x) differ += !std::equal(ground, ground + 3, row + std::ptrdiff_t{x} * kBytesPerPixel);
    if (differ > picture.size.area() / kBlankShare) return true;
  }
  return false;
}

}  // namespace

Result<FilmMaker> FilmMaker::open(const JournalAccess& journal, FilmSink& sink, StageClock& clock) {
  JournalPlayer player =
      TRY(JournalPlayer::open(journal.source, journal.recording, journal.key, storage::JournalGrowth::growing));
  codec::SegmentEncoder encoder = TRY(codec::SegmentEncoder::open({}));
  FilmMaker film(journal, sink, clock, std::move(player), std::move(encoder));
  film.starts_apart_ = kStartsApart;
  return film;
}

FilmMaker::CoverDigest FilmMaker::digest(const std::vector<redaction::Cover>& covers) {
  std::vector<std::byte> bytes;
  for (const redaction::Cover& cover : covers) {
    for (const int side : {cover.box.x, cover.box.y, cover.box.width, cover.box.height}) append(bytes, side);
    append(bytes, cover.paper.has_value());
    append(bytes, cover.paper.value_or(0));
    append(bytes, cover.held);
  }
  const auto all = storage::Sha256::of(bytes);
  CoverDigest digest;
  std::copy_n(all.begin(), digest.size(), digest.begin());
  return digest;
}

Result<void> FilmMaker::follow(redaction::RedactionPlan plan) {
  if (!renderer_) {
    renderer_.emplace(std::move(plan));
    return {};
  }
  const SessionTime from = plan.differs_from(renderer_->plan());
  renderer_->follow(std::move(plan));
  return compare(from);
}

Result<void> FilmMaker::advance(redaction::RedactionPlan plan, SessionTime until) {
  until = std::min(until, plan.until());
  TRY(follow(std::move(plan)));
  while (true) {
    if (!next_) next_ = TRY(player_.next());
    if (!next_ || time_of(*next_) > until) return {};
    clock_->charge("decode");
    const SessionTime at = time_of(*next_);
    if (stage_.apply(*next_)) TRY(show(at));
    next_.reset();
  }
}

Result<void> FilmMaker::finish(redaction::RedactionPlan plan, SessionTime end) {
  end_ = end;
  player_.expect_no_more();
  TRY(advance(std::move(plan), SessionTime::max()));
  if (shown_.empty()) return {};
  std::vector<Segment> rest = TRY(encoder_.finish(end));
  clock_->charge("encode");
  return take(std::move(rest));
}

Result<void> FilmMaker::show(SessionTime at) {
  note_start();
  const ClearedFrame cleared = stage_.picture(*renderer_, at);
  shown_.push_back({at, cleared.size(), digest(renderer_->covers())});
  stale_until_ = std::min(stale_until_, at);
  clock_->charge("render");
  std::vector<Segment> segments = TRY(encoder_.add(cleared, at));
  clock_->charge("encode");
  return take(std::move(segments));
}

void FilmMaker::note_start() {
  const SessionTime at = time_of(*next_);
  if (!starts_.empty() && at - starts_.back().journal.at < starts_apart_) return;
  starts_.push_back({player_.bookmark(), stage_.pointer(), encoder_.schedule()});
  std::size_t bytes = 0;
  for (const Start& start : starts_) bytes += start.journal.screen.size();
  if (bytes <= kMaxStartBytes) return;
  std::vector<Start> kept;
  for (std::size_t i = 0; i < starts_.size(); i += 2) kept.push_back(std::move(starts_[i]));
  starts_ = std::move(kept);
  starts_apart_ *= 2;
}

const FilmMaker::Start* FilmMaker::start_before(SessionTime at) const {
  const auto after = std::upper_bound(starts_.begin(), starts_.end(), at, [](SessionTime time, const Start& start) {
    return time < start.journal.at;
  });
  return after == starts_.begin() ? nullptr : &*std::prev(after);
}

// Hands complete segments over, all but those with a picture that the plan has come to cover otherwise: they are made again first.
Result<void> FilmMaker::take(std::vector<Segment> segments) {
  std::vector<Made> stale;
  std::vector<Segment> good;
  for (Segment& segment : segments) {
    const bool media = segment.kind == SegmentKind::media;
    const Made made{segment.part, segment.index, segment.start, segment.start + segment.duration};
    if (media) made_.push_back(made);
    if (media && made.start < stale_until_) stale.push_back(made);
    else good.push_back(std::move(segment));
  }
  TRY(sink_->store(good));
  if (!made_.empty() && made_.back().end >= stale_until_) stale_until_ = {};
  return make_again(stale);
}

// Pictures from `from` on may be covered otherwise now.
Result<void> FilmMaker::compare(SessionTime from) {
  redaction::CoverTimeline covered(renderer_->plan());
  std::vector<Made> stale;
  // The picture before may still be shown at `from`, but masks begin and end at the time of a state, which is a picture's.
  auto shown = std::lower_bound(shown_.begin(), shown_.end(), from, [](const Shown& a, SessionTime time) { return a.at < time; });
  for (; shown != shown_.end(); ++shown) {
    const CoverDigest now = digest(covered.at(shown->at, shown->size));
    if (now == shown->covers) continue;
    shown->covers = now;
    const SessionTime end = shown + 1 == shown_.end() ? SessionTime::max() : (shown + 1)->at;
    auto segment = std::upper_bound(made_.begin(), made_.end(), shown->at, [](SessionTime time, const Made& made) {
      return time < made.end;
    });
    for (; segment != made_.end() && segment->start < end; ++segment) {
      if (stale.empty() || stale.back().start != segment->start) stale.push_back(*segment);
    }
    if (segment == made_.end()) stale_until_ = std::max(stale_until_, end);
  }
  clock_->charge("compare");
  if (stale.empty()) return {};
  TRY(sink_->begin_generation());
  return make_again(stale);
}

Result<void> FilmMaker::make_again(const std::vector<Made>& segments) {
  for (std::size_t first = 0; first < segments.size();) {
    std::size_t last = first;
    while (last + 1 < segments.size() && segments[last + 1].start == segments[last].end) ++last;
    const std::vector<Segment> made = TRY(made_again(segments[first], segments[last]));
    TRY(sink_->store(made));
    first = last + 1;
  }
  return {};
}

Result<std::vector<FilmMaker::Still>> FilmMaker::stills(std::size_t most) {
  std::vector<Still> out;
  const std::size_t step = starts_.size() / std::max<std::size_t>(most, 1) + 1;
  for (std::size_t i = 0; i < starts_.size(); i += step) {
    const SessionTime next = i + step < starts_.size() ? starts_[i + step].journal.at : SessionTime::max();
    std::optional<Still> still = TRY(still_from(starts_[i], next));
    if (still) out.push_back(*std::move(still));
  }
  clock_->charge("thumbnails");
  return out;
}

Result<std::optional<FilmMaker::Still>> FilmMaker::still_from(const Start& start, SessionTime before) {
  // What is held was seen before, and cannot be drawn from here.
  const auto held = [&](SessionTime at) {
    const auto& holds = renderer_->plan().holds();
    return std::any_of(holds.begin(), holds.end(), [&](const redaction::Hold& hold) { return hold.from < start.journal.at && at < hold.to; });
  };
  JournalPlayer player = TRY(JournalPlayer::resume(journal_.source, journal_.recording, journal_.key, storage::JournalGrowth::growing, start.journal));
  redaction::Renderer renderer = renderer_->again();
  Stage stage(player.screen(), start.pointer, start.journal.at);
  std::optional<Still> still;
  SessionTime at = start.journal.at;
  for (int seen = 0; seen < kMostBlank && at < before; ++seen) {
    const ClearedFrame cleared = stage.picture(renderer, at);
    const bool good = shows_something(cleared.view());
    if ((good || !still) && !held(at)) {
      codec::Thumbnail picture = TRY(codec::make_thumbnail(cleared));
      still = Still{at, std::move(picture)};
      if (good) break;
    }
    std::optional<Recorded> recorded = TRY(player.next());
    while (recorded && !stage.apply(*recorded)) recorded = TRY(player.next());
    if (!recorded) break;
    at = time_of(*recorded);
  }
  return still;
}

// The segments from `first` to `last`, which follow one another.
Result<std::vector<Segment>> FilmMaker::made_again(const Made& first, const Made& last) {
  const auto place = [](int part, int index) { return std::pair(part, index); };
  const auto chosen = [&](int part, int index) {
    return index > 0 && place(part, index) >= place(first.part, first.index) && place(part, index) <= place(last.part, last.index);
  };
  // From so early that what is held when the segment begins was seen before.
  const Start* start = start_before(first.start - kLongestHold);
  if (start == nullptr) start = start_before(first.start);
  if (start == nullptr) return Error{ErrorKind::corrupt, "a segment begins before the first picture"};
  JournalPlayer player = TRY(JournalPlayer::resume(journal_.source, journal_.recording, journal_.key,
                                                   storage::JournalGrowth::growing, start->journal));
  codec::SegmentEncoder encoder = TRY(codec::SegmentEncoder::resume({}, start->schedule, chosen));
  redaction::Renderer renderer = renderer_->again();
  Stage stage(player.screen(), start->pointer, start->journal.at);
  std::vector<Segment> made = TRY(encoder.add(stage.picture(renderer, start->journal.at), start->journal.at));
  SessionTime end = last.end;
  while (true) {
    const std::optional<Recorded> recorded = TRY(player.next());
    if (!recorded) {
      if (!end_) return Error{ErrorKind::corrupt, "the journal ends before the film that was made from it"};
      end = *end_;
      break;
    }
    clock_->charge("decode");
    if (!stage.apply(*recorded)) continue;
    const SessionTime at = time_of(*recorded);
    if (at >= last.end) {
      end = at;
      break;
    }
    const ClearedFrame cleared = stage.picture(renderer, at);
    clock_->charge("render");
    std::vector<Segment> more = TRY(encoder.add(cleared, at));
    clock_->charge("encode");
    std::move(more.begin(), more.end(), std::back_inserter(made));
  }
  std::vector<Segment> rest = TRY(encoder.finish(end));
  clock_->charge("encode");
  std::move(rest.begin(), rest.end(), std::back_inserter(made));
  return made;
}

}  // namespace frostgate::redact
