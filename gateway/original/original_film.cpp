#include "gateway/original/original_film.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "codec/film_writer.h"
#include "codec/segment_encoder.h"
#include "gateway/original/watermark_renderer.h"
#include "gateway/redact/journal_player.h"
#include "gateway/redact/stage.h"

namespace frostgate::original {
namespace {

class Projection {
 public:
  static Result<Projection> open(storage::JournalSource& journal, const CustodiansConsent& consent, const OriginalWish& wish) {
    redact::JournalPlayer player = TRY(redact::JournalPlayer::open(journal, consent.recording(), consent.journal_key()));
    codec::SegmentEncoder encoder = TRY(codec::SegmentEncoder::open({}));
    return Projection(std::move(player), std::move(encoder), consent, wish);
  }

  Result<OriginalFilm> run() {
    while (true) {
      const std::optional<redact::Recorded> recorded = TRY(player_.next());
      if (!recorded) break;
      const SessionTime at = redact::time_of(*recorded);
      if (at >= wish_->to) break;
      // What was there when the span begins is its first picture.
      if (at > wish_->from && facts_.pictures == 0 && stage_.has_picture()) TRY(show(wish_->from));
      const bool picture = stage_.apply(*recorded);
      if (picture && at >= wish_->from) TRY(show(at));
      if (!go_on(at)) return Error{ErrorKind::cancelled, "cancelled"};
    }
    return finish();
  }

 private:
  Projection(redact::JournalPlayer player, codec::SegmentEncoder encoder, const CustodiansConsent& consent, const OriginalWish& wish)
      : player_(std::move(player)), encoder_(std::move(encoder)), renderer_(consent, wish.mark, wish.notice, wish.area), wish_(&wish) {}

  bool go_on(SessionTime at) const {
    return !wish_->progress || wish_->progress(0.9 * static_cast<double>(at.count()) / static_cast<double>(wish_->to.count()));
  }

  Result<void> show(SessionTime at) {
    if (facts_.pictures == 0) facts_.from = at;
    ++facts_.pictures;
    return keep(encoder_.add(stage_.picture(renderer_, at), at - wish_->from));
  }

  Result<void> keep(Result<std::vector<Segment>> made) {
    std::vector<Segment> more = TRY(std::move(made));
    std::move(more.begin(), more.end(), std::back_inserter(segments_));
    return {};
  }

  Result<OriginalFilm> finish() {
    const redact::JournalSummary& summary = player_.summary();
    const bool over = player_.over();
    // Still what was shown before, to the end of the span.
    if (facts_.pictures == 0 && stage_.has_picture() && (!over || summary.end >= wish_->from)) TRY(show(wish_->from));
    if (facts_.pictures == 0) {
      return summary.damage.empty() ? Error{ErrorKind::invalid, "the session shows nothing in that span"} : Error{ErrorKind::corrupt, summary.damage};
    }
    facts_.to = over ? std::min(wish_->to, std::max(summary.end, facts_.from + std::chrono::milliseconds(1))) : wish_->to;
    if (over && facts_.to < wish_->to) facts_.damage = summary.damage;
    TRY(keep(encoder_.finish(facts_.to - wish_->from)));
    return OriginalFilm{facts_, std::move(segments_)};
  }

  redact::JournalPlayer player_;
  codec::SegmentEncoder encoder_;
  WatermarkRenderer renderer_;
  redact::Stage stage_;
  const OriginalWish* wish_;
  std::vector<Segment> segments_;
  OriginalFacts facts_;
};

}  // namespace

Result<OriginalFilm> render_original(storage::JournalSource& journal, const CustodiansConsent& consent, const OriginalWish& wish) {
  Projection projection = TRY(Projection::open(journal, consent, wish));
  return projection.run();
}

Result<OriginalFacts> write_original(storage::JournalSource& journal, const CustodiansConsent& consent, const OriginalWish& wish) {
  OriginalFilm film = TRY(render_original(journal, consent, wish));
  TRY(codec::write_film(codec::film_parts(std::move(film.segments)), wish.output));
  return film.facts;
}

}  // namespace frostgate::original
