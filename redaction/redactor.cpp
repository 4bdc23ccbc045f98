#include "redaction/redactor.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>
#include <vector>

#include "redaction/lines/line_cache.h"
#include "redaction/lines/line_hash.h"
#include "redaction/lines/line_image.h"
#include "redaction/lines/segmentation.h"
#include "redaction/live/live_lines.h"
#include "redaction/mask_box.h"
#include "redaction/tracking/tracker.h"
#include "redaction/typing/typed_secrets.h"

namespace frostgate::redaction {
namespace {

constexpr std::size_t kCachedLines = 8192;
constexpr int kBandMargin = 24;  // rows of context that segmentation gets around what changed
constexpr int kMaxMarkHeight = 48;
constexpr int kMinReadHeight = 6;  // lower type is covered without trying
constexpr float kReadable = 0.55F;
constexpr float kReadableMark = 0.75F;

struct Rows {
  int top = 0;
  int bottom = 0;
};

float mean_confidence(const std::vector<Character>& characters) {
  float sum = 0;
  int count = 0;
  for (const Character& character : characters) {
    if (character.code == U' ') continue;
    sum += character.confidence;
    ++count;
  }
  return count > 0 ? sum / static_cast<float>(count) : 0;
}

bool touches(const std::vector<Rows>& bands, const Rect& box) {
  return std::any_of(bands.begin(), bands.end(), [&](const Rows& rows) { return rows.top < box.bottom() && box.y < rows.bottom; });
}

// The changed rows, grown until no line that was known is cut by their edges.
std::vector<Rows> dirty_bands(const Region& damage, Size screen, const std::vector<LiveLine>& lines) {
  std::vector<Rows> bands;
  for (const Rect& rect : damage.rects()) {
    const Rect visible = rect.intersected(Rect::of(screen));
    if (!visible.empty()) bands.push_back({std::max(0, visible.y - 2), std::min(screen.height, visible.bottom() + 2)});
  }
  for (bool grown = true; grown;) {
    grown = false;
    for (Rows& rows : bands) {
      for (const LiveLine& line : lines) {
        const Rect& box = line.line.box;
        if (rows.top >= box.bottom() || box.y >= rows.bottom || (rows.top <= box.y && rows.bottom >= box.bottom())) continue;
        rows.top = std::min(rows.top, box.y);
        rows.bottom = std::min(screen.height, std::max(rows.bottom, box.bottom()));
        grown = true;
      }
    }
    std::sort(bands.begin(), bands.end(), [](const Rows& a, const Rows& b) { return a.top < b.top; });
    std::vector<Rows> joined;
    for (const Rows& rows : bands) {
      if (!joined.empty() && rows.top <= joined.back().bottom + 2 * kBandMargin) {
        joined.back().bottom = std::max(joined.back().bottom, rows.bottom);
      } else {
        joined.push_back(rows);
      }
    }
    bands = std::move(joined);
  }
  return bands;
}

Result<void> check(const RedactionPolicy& policy) {
  for (const RegionRule& region : policy.regions) {
    for (const double value : {region.x, region.y, region.width, region.height}) {
      if (!std::isfinite(value)) return Error{ErrorKind::invalid, "region " + region.name + " is not a rectangle"};
    }
  }
  return {};
}

}  // namespace

struct Redactor::State {
  RedactionPolicy policy;
  ReaderPtr reader;
  Detectors detectors;
  LineKey key{};
  DetectionMemory memory{};
  LineCache cache{kCachedLines};
  Tracker tracker{};
  LiveLines live_lines{};
  Frame screen{};  // at the state before
  SessionTime last{};
  TypedSecrets typing{};
  std::vector<Secret> learned{};
  bool failed = false;
  RedactionReport report{};

  Result<void> observe(const Observation& observation);
  Result<ReadingPtr> read(FrameView frame, const LineBox& line, const LineHash& hash);
  Result<std::vector<LiveLine>> look(FrameView frame, SessionTime at, const std::vector<Rows>& bands);
  void detect(FrameView frame);
  void learn_secrets();
  bool shown_unread(const Rect& box, Size screen) const;
  RedactionPlan plan(SessionTime end) const;
  void count(const RedactionPlan& plan, SessionTime end, RedactionReport& counted) const;
};

Redactor::Redactor(std::unique_ptr<State> state) : state_(std::move(state)) {}
Redactor::Redactor(Redactor&&) noexcept = default;
Redactor& Redactor::operator=(Redactor&&) noexcept = default;
Redactor::~Redactor() = default;

Result<Redactor> Redactor::make(RedactionPolicy policy, ReaderPtr reader, Detectors detectors, LineKey key) {
  TRY(check(policy));
  if (!reader) return Error{ErrorKind::invalid, "a redactor needs a line reader"};
  std::unique_ptr<State> state(new State{std::move(policy), std::move(reader), std::move(detectors), key});
  return Redactor(std::move(state));
}

Result<void> Redactor::observe(const Observation& observation) {
  if (state_->failed) return Error{ErrorKind::invalid, "the redaction of this recording has failed before"};
  Result<void> outcome = state_->observe(observation);
  state_->failed = !outcome.has_value();
  return outcome;
}

Result<void> Redactor::State::observe(const Observation& observation) {
  const FrameView frame = observation.frame;
  const SessionTime at = observation.at;
  if (!frame.size.acceptable() || !frame.pixels) return Error{ErrorKind::invalid, "a recorded state has no picture"};
  if (at < last || at < SessionTime(0)) return Error{ErrorKind::invalid, "recorded states go back in time"};
  report.total_area_time += static_cast<double>(screen.size().area()) * static_cast<double>((at - last).count());
  ++report.states;
  const bool resized = screen.size() != frame.size;
  const Region damage = resized ? Region(Rect::of(frame.size)) : observation.damage;
  const std::vector<Rows> bands = dirty_bands(damage, frame.size, tracker.lines());
  std::vector<LiveLine> fresh = TRY(look(frame, at, bands));
  std::vector<bool> gone;
  for (const LiveLine& line : tracker.lines()) {
    const Rect& box = line.line.box;
    gone.push_back(resized || touches(bands, box) || std::any_of(fresh.begin(), fresh.end(), [&](const LiveLine& young) {
      return young.line.box.intersects(box);
    }));
  }
  typing.type_until(at, tracker.lines());
  tracker.replace(last, at, screen.view(), frame, gone, std::move(fresh));
  if (!bands.empty()) detect(frame);
  typing.look(at, tracker.lines());
  learn_secrets();
  live_lines.observe(at, tracker.lines());
  if (resized) {
    screen = Frame::copy_of(frame);
  } else {
    for (const Rect& rect : damage.rects()) screen.copy_from(frame, rect);
  }
  last = at;
  return {};
}

Result<std::vector<LiveLine>> Redactor::State::look(FrameView frame, SessionTime at, const std::vector<Rows>& bands) {
  std::vector<LiveLine> fresh;
  for (const Rows& rows : bands) {
    const Rect band = Rect::between(0, rows.top - kBandMargin, frame.size.width, rows.bottom + kBandMargin);
    for (const LineBox& line : find_lines(frame, band)) {
      if (line.box.bottom() <= rows.top || line.box.y >= rows.bottom) continue;
      LiveLine live;
      live.line = line;
      live.hash = hash_line(frame, line.box, key);
      live.reading = TRY(read(frame, line, live.hash));
      live.panel_end = panel_end(frame, line);
      live.covered = live.reading->kind == LineKind::unread && !shown_unread(line.box, frame.size);
      live.since = at;
      fresh.push_back(std::move(live));
    }
  }
  return fresh;
}

Result<ReadingPtr> Redactor::State::read(FrameView frame, const LineBox& line, const LineHash& hash) {
  if (ReadingPtr known = cache.find(hash)) {
    ++report.lines_from_cache;
    return known;
  }
  const LineImage image = normalised(frame, line);
  const Shape shape = line.box.height < kMinLineHeight ? Shape::picture : shape_of(image);
  auto reading = std::make_shared<Reading>();
  reading->kind = LineKind::picture;
  if (shape == Shape::text && line.box.height < kMinReadHeight) {
    reading->kind = LineKind::unread;
    ++report.lines_unread;
  } else if (shape == Shape::text || (shape == Shape::mark && line.box.height <= kMaxMarkHeight)) {
    TextLine text = TRY(reader->read(image));
    ++report.lines_from_reader;
    const float confidence = mean_confidence(text.characters);
    if (confidence >= (shape == Shape::text ? kReadable : kReadableMark)) {
      reading->kind = LineKind::read;
    } else if (shape == Shape::text) {
      reading->kind = LineKind::unread;
      ++report.lines_unread;
    }
    for (Character& character : text.characters) {
      character.box.x -= line.box.x;
      character.box.y -= line.box.y;
    }
    reading->characters = std::move(text.characters);
  }
  cache.put(hash, reading);
  return ReadingPtr(std::move(reading));
}

void Redactor::State::learn_secrets() {
  for (Secret& secret : typing.take()) {
    detectors.add_known_secret(secret.clone(), "known.typed");
    learned.push_back(std::move(secret));
    memory = DetectionMemory();  // of who did not know it
  }
}

ReaderPtr Redactor::take_reader() { return std::move(state_->reader); }

void Redactor::typed(const Keystrokes& keystrokes) { state_->typing.add(keystrokes); }

void Redactor::clicked(SessionTime at) { state_->typing.click(at); }

std::vector<Secret> Redactor::learned_secrets() const {
  std::vector<Secret> secrets;
  for (const Secret& secret : state_->learned) secrets.push_back(secret.clone());
  return secrets;
}

bool Redactor::State::shown_unread(const Rect& box, Size size) const {
  for (const RegionRule& region : policy.regions) {
    if (!region.redact && region.on(size).contains(box)) return region.unreadable == Unreadable::show;
  }
  return false;
}

void Redactor::State::detect(FrameView frame) {
  std::vector<TextLine> texts;
  std::vector<std::size_t> index;
  for (std::size_t i = 0; i < tracker.lines().size(); ++i) {
    const LiveLine& line = tracker.lines()[i];
    if (line.remnant || line.reading->kind == LineKind::picture) continue;
    texts.push_back(line.text());
    index.push_back(i);
  }
  const std::vector<Finding> findings = detectors.find(texts, memory);
  std::vector<Rect> boxes;
  std::vector<Rows> rows(texts.size(), {frame.size.height, 0});
  for (const Finding& finding : findings) {
    if (finding.line >= texts.size()) {
      boxes.emplace_back();
      continue;
    }
    const Rect box = mask_box(frame, tracker.lines()[index[finding.line]].line, texts[finding.line], finding);
    Rows& line = rows[finding.line];
    line = {std::min(line.top, box.y), std::max(line.bottom, box.bottom())};
    boxes.push_back(box);
  }
  // Boxes of one line have the same rows.
  for (std::size_t k = 0; k < findings.size(); ++k) {
    if (boxes[k].empty()) continue;
    const Rows& line = rows[findings[k].line];
    tracker.mask(index[findings[k].line], findings[k].rule,
                 Rect::between(boxes[k].x, line.top, boxes[k].right(), line.bottom));
  }
}

Result<RedactionPlan> Redactor::plan_so_far() const {
  if (state_->failed) return Error{ErrorKind::invalid, "the redaction of this recording has failed before"};
  RedactionPlan plan = state_->plan(state_->last);
  plan.until_ = state_->last;
  return plan;
}

Result<RedactionPlan> Redactor::live_plan(SessionTime head) const {
  RedactionPlan plan = TRY(plan_so_far());
  plan.until_ = head - kLiveHold;
  for (UnreadArea& area : state_->live_lines.covers(head)) plan.unread_.push_back(std::move(area));
  std::stable_sort(plan.unread_.begin(), plan.unread_.end(),
                   [](const UnreadArea& a, const UnreadArea& b) { return a.from < b.from; });
  return plan;
}

Result<RedactionPlan> Redactor::finish(SessionTime end) {
  if (state_->failed) return Error{ErrorKind::invalid, "the redaction of this recording has failed before"};
  if (end < state_->last) return Error{ErrorKind::invalid, "a recording ends before its last state"};
  state_->failed = true;
  state_->typing.finish(state_->tracker.lines());
  state_->learn_secrets();
  return state_->plan(end);
}

RedactionPlan Redactor::State::plan(SessionTime end) const {
  Ledger ledger = tracker.ledger();
  RedactionPlan plan;
  plan.masks_ = ledger.take_masks();
  plan.unread_ = ledger.take_unread();
  for (const RegionRule& region : policy.regions) {
    if (region.redact) plan.regions_.push_back(region);
  }
  plan.report_ = report;
  count(plan, end, plan.report_);
  return plan;
}

void Redactor::State::count(const RedactionPlan& plan, SessionTime end, RedactionReport& counted) const {
  counted.total_area_time += static_cast<double>(screen.size().area()) * static_cast<double>((end - last).count());
  const auto area_time = [&](const auto& entry) {
    const SessionTime shown = std::max(SessionTime(0), std::min(entry.to, end) - entry.from);
    return static_cast<double>(entry.box.area()) * static_cast<double>(shown.count());
  };
  std::set<std::pair<std::string, std::uint32_t>> secrets;
  for (const Mask& mask : plan.masks()) {
    if (secrets.emplace(mask.rule, mask.secret).second) ++counted.masks_by_rule[mask.rule];
    counted.masked_area_time += area_time(mask);
  }
  for (const UnreadArea& area : plan.unread()) counted.covered_area_time += area_time(area);
  counted.status =
      counted.covered_fraction() > kDegradedFraction ? RedactionStatus::degraded : RedactionStatus::clean;
}

}  // namespace frostgate::redaction
