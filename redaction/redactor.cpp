#include "redaction/redactor.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "redaction/cover.h"
#include "redaction/line_readings.h"
#include "redaction/lines/dirty_areas.h"
#include "redaction/lines/ground.h"
#include "redaction/lines/line_hash.h"
#include "redaction/lines/line_image.h"
#include "redaction/lines/loose_type.h"
#include "redaction/lines/panel.h"
#include "redaction/lines/quarter.h"
#include "redaction/lines/segmentation.h"
#include "redaction/lines/window_edge.h"
#include "redaction/live/live_lines.h"
#include "redaction/mark_column.h"
#include "redaction/mask_box.h"
#include "redaction/motion.h"
#include "redaction/regions/find_picture.h"
#include "redaction/regions/region_tracker.h"
#include "redaction/tracking/tracker.h"
#include "redaction/typing/copied_secret.h"
#include "redaction/typing/typed_secrets.h"

namespace frostgate::redaction {
namespace {

constexpr std::size_t kWord = 3;  // letters that make a line of their own
constexpr std::size_t kFullLine = 16;
constexpr std::size_t kLongRun = 40;
constexpr int kWrapMargin = 6;  // characters up to the edge of the panel

// Whether all ink in the line's box is decided on by its reading. One or two letters may be part of slanted type, and a
// slice of larger type reads as anything.
bool accounts_for(FrameView frame, const LiveLine& live) {
  return live.reading->kind == LineKind::read && !live.covered && live.reading->characters.size() >= kWord &&
         stands_alone(frame, live.line);
}

// Type of which another window's edge leaves half letters.
bool is_torn(FrameView frame, const LineBox& line) { return torn_along(frame, line) && shape_of(normalised(frame, line)) == Shape::text; }

// What is left of an area's ink when its lines have been read.
struct UnreadInk {
  Rect area;
  InkMap ink;
  std::vector<Rect> accounted;  // read
};

// Ink where full lines go on, too little for a line: it may be the last letter of a secret.
std::vector<LineBox> wrapped_marks(const std::vector<LiveLine>& lines, const UnreadInk& unread) {
  std::vector<LineBox> marks;
  for (const LiveLine& full : lines) {
    const Rect& box = full.line.box;
    const std::size_t characters = full.reading->characters.size();
    if (full.remnant || full.reading->kind != LineKind::read || characters < kFullLine) continue;
    const int advance = std::max(1, box.width / static_cast<int>(characters));
    if (full.panel_end - box.right() > kWrapMargin * advance) continue;
    const Rect below = Rect{box.x - advance, box.bottom(), 3 * advance, box.height * 3 / 2}.intersected(unread.area);
    const bool read = below.empty() || std::any_of(lines.begin(), lines.end(), [&](const LiveLine& line) { return line.line.box.intersects(below); });
    const Rect mark = read ? Rect{} : unread.ink.tight(below);
    if (!mark.empty()) marks.push_back({mark, full.line.background, full.line.ink, true});
  }
  return marks;
}

// Found by nothing but how its letters look.
bool by_shape(const Finding& finding) { return finding.rule.starts_with("entropy.") || finding.rule == "pem.body"; }

bool covered_by(const std::vector<LiveLine>& lines, const Rect& box) {
  return std::any_of(lines.begin(), lines.end(), [&](const LiveLine& line) { return line.covered && snapped_outwards(line.line.box).contains(box); });
}

std::vector<Rect> boxes_of(const std::vector<LiveLine>& lines) {
  std::vector<Rect> boxes;
  for (const LiveLine& line : lines) boxes.push_back(line.line.box);
  return boxes;
}

Result<void> check(const RedactionPolicy& policy) {
  for (const RegionRule& region : policy.regions) {
    for (const double value : {region.x, region.y, region.width, region.height}) {
      if (!std::isfinite(value) || std::abs(value) > kMaxScreenSide) return Error{ErrorKind::invalid, "region " + region.name + " is not a rectangle"};
    }
    const bool by_text = region.kind == RegionKind::window || region.kind == RegionKind::label;
    if (by_text && region.text.empty()) return Error{ErrorKind::invalid, "region " + region.name + " has no text to look for"};
    if (region.kind != RegionKind::picture) continue;
    if (!region.picture || !region.picture->size().acceptable()) return Error{ErrorKind::invalid, "region " + region.name + " has no picture"};
    if (!findable(region.picture->view())) return Error{ErrorKind::invalid, "the picture of region " + region.name + " is too plain to be found"};
  }
  return {};
}

}  // namespace

struct Redactor::State {
  RedactionPolicy policy;
  LineReadings readings;
  Detectors detectors;
  LineKey key{};
  std::array<DetectionMemory, 1 + kOtherGlances.size()> memory{};  // by look
  Tracker tracker{};
  RegionTracker regions{{}};
  Motion motion{};
  const ReadingPtr loose = std::make_shared<const Reading>();  // of what is no line, or torn
  LiveLines live_lines{};
  VisibleText visible{};
  Frame screen{};  // at the state before
  QuarterScreen quarter{};  // at this one
  Size largest{};  // that any state had, in each direction
  SessionTime last{};
  TypedSecrets typing{};
  std::vector<Secret> learned{};
  bool failed = false;
  RedactionReport report{};

  Result<void> watch(const Observation& observation);
  Result<void> observe(const Observation& observation);
  Result<std::vector<LiveLine>> look(FrameView frame, SessionTime at, std::vector<Rect>& areas, std::vector<UnreadInk>& rest);
  void find_loose(FrameView frame, SessionTime at, std::vector<UnreadInk> rest);
  LiveLine seen(FrameView frame, SessionTime at, const LineBox& line) const;
  void detect(FrameView frame);
  void learn_secrets();
  void learn(Secret secret);
  void follow_regions(SessionTime at, FrameView frame);
  bool shown_unread(const Rect& box) const;
  RedactionPlan plan(SessionTime end) const;
  void count(const RedactionPlan& plan, SessionTime end, RedactionReport& counted) const;
};

Redactor::Redactor(std::unique_ptr<State> state) : state_(std::move(state)) {}
Redactor::Redactor(Redactor&&) noexcept = default;
Redactor& Redactor::operator=(Redactor&&) noexcept = default;
Redactor::~Redactor() = default;

Result<Redactor> Redactor::make(RedactionPolicy policy, ReaderPtr reader, Detectors detectors, LineKey key, GlyphAtlas atlas) {
  TRY(check(policy));
  if (!reader) return Error{ErrorKind::invalid, "a redactor needs a line reader"};
  std::unique_ptr<State> state(new State{std::move(policy), LineReadings({std::move(reader), std::move(atlas)}), std::move(detectors), key});
  state->regions = RegionTracker(state->policy.regions);
  return Redactor(std::move(state));
}

Result<void> Redactor::observe(const Observation& observation) {
  if (state_->failed) return Error{ErrorKind::invalid, "the redaction of this recording has failed before"};
  Result<void> outcome = state_->watch(observation);
  state_->failed = !outcome.has_value();
  return outcome;
}

// What moves like a video is held, and not read in each state.
Result<void> Redactor::State::watch(const Observation& observation) {
  if (!observation.frame.size.acceptable() || !observation.frame.pixels) return Error{ErrorKind::invalid, "a recorded state has no picture"};
  if (observation.at < last || observation.at < SessionTime(0)) return Error{ErrorKind::invalid, "recorded states go back in time"};
  const auto places = [&] { return regions.covered_while_moving(observation.frame.size); };
  return motion.next(observation, places, [this](const Observation& each) { return observe(each); });
}

Result<void> Redactor::State::observe(const Observation& observation) {
  const FrameView frame = observation.frame;
  const SessionTime at = observation.at;
  report.total_area_time += static_cast<double>(screen.size().area()) * static_cast<double>((at - last).count());
  ++report.states;
  const bool resized = screen.size() != frame.size;
  const std::vector<Rect> damage = resized ? std::vector<Rect>{Rect::of(frame.size)} : observation.damage.rects();
  largest = {std::max(largest.width, frame.size.width), std::max(largest.height, frame.size.height)};
  regions.place_rectangles(frame.size);
  quarter.update(frame, damage);
  std::vector<Rect> areas = dirty_areas(damage, frame.size, boxes_of(tracker.lines()));
  std::vector<UnreadInk> rest;
  std::vector<LiveLine> fresh = TRY(look(frame, at, areas, rest));
  std::vector<bool> gone;
  for (const LiveLine& line : tracker.lines()) {
    const Rect& box = line.line.box;
    const auto touched = [&](const Rect& area) { return area.intersects(box); };
    gone.push_back(resized || std::any_of(areas.begin(), areas.end(), touched) ||
                   std::any_of(fresh.begin(), fresh.end(), [&](const LiveLine& young) { return touched(young.line.box); }));
  }
  typing.type_until(at, tracker.lines());
  tracker.replace(last, at, screen.view(), frame, areas, gone, std::move(fresh));
  if (!areas.empty()) {
    detect(frame);
    find_loose(frame, at, std::move(rest));
    follow_regions(at, frame);
    for (std::size_t i = 0; i < tracker.lines().size(); ++i) {
      if (regions.covers(tracker.lines()[i].line.box)) tracker.hide_lessons(i);
    }
  }
  tracker.settle_unread(at);
  typing.look(at, tracker.lines());
  learn_secrets();
  live_lines.observe(at, tracker.lines());
  visible.observe(at, tracker.lines());
  TRY(readings.learn(tracker.take_lessons(), report));
  if (resized) {
    screen = Frame::copy_of(frame);
  } else {
    for (const Rect& rect : damage) screen.copy_from(frame, rect);
  }
  last = at;
  return {};
}

void Redactor::State::follow_regions(SessionTime at, FrameView frame) {
  std::vector<TextLine> texts;
  for (const LiveLine& line : tracker.lines()) {
    if (!line.remnant && line.reading->kind != LineKind::picture) texts.push_back(line.text());
  }
  regions.follow(last, at, frame, texts);
}

Result<std::vector<LiveLine>> Redactor::State::look(FrameView frame, SessionTime at, std::vector<Rect>& areas, std::vector<UnreadInk>& rest) {
  std::vector<LiveLine> fresh;
  for (Rect& area : areas) {
    FreshLook again = look_again(frame, area);
    area = again.area;
    // What was read before beside the area is no less read than what is read in it.
    std::vector<Rect> accounted;
    for (const LiveLine& line : tracker.lines()) {
      if (screen.size() != frame.size || line.line.box.intersects(area) || !accounts_for(frame, line)) continue;
      accounted.push_back(line.line.box);
      again.ink.clear(line.line.box.expanded(2, 2));
    }
    for (const LineBox& line : again.lines) {
      LiveLine live = seen(frame, at, line);
      live.reading = is_torn(frame, line) ? loose : TRY(readings.read(frame, line, live.hash, detectors, live.lessons, report));
      const bool doubted = !line.steady || (live.reading->characters.size() >= kWord && !live.reading->trustworthy);
      const bool unsure = live.reading->kind == LineKind::read && doubted;
      live.covered = (unsure || live.reading->kind == LineKind::unread) && !shown_unread(line.box);
      if (accounts_for(frame, live)) {
        accounted.push_back(line.box);
        again.ink.clear(line.box.expanded(2, 2));
      }
      fresh.push_back(std::move(live));
    }
    rest.push_back({area, std::move(again.ink), std::move(accounted)});
  }
  return fresh;
}

// After the masks: what they hide says nothing about whether what is beside it is type.
void Redactor::State::find_loose(FrameView frame, SessionTime at, std::vector<UnreadInk> rest) {
  std::vector<LiveLine> found;
  for (UnreadInk& unread : rest) {
    for (const LiveLine& line : tracker.lines()) {
      for (const LiveMask& mask : line.masks) {
        unread.ink.clear(mask.box);
        if (mask.box.intersects(unread.area)) unread.accounted.push_back(mask.box);
      }
      // A line in which a secret was found has been read.
      const bool hides = std::any_of(line.masks.begin(), line.masks.end(), [&](const LiveMask& mask) { return mask.found == line.since; });
      if (!hides || line.reading->kind != LineKind::read) continue;
      unread.ink.clear(line.line.box.expanded(2, 2));
      if (line.line.box.intersects(unread.area)) unread.accounted.push_back(line.line.box);
    }
    std::vector<LineBox> types = find_loose_type(frame, quarter.view(), unread.ink, unread.accounted);
    std::erase_if(types, [&](const LineBox& type) { return is_mark_column(tracker.lines(), unread.ink, type.box); });
    for (const LineBox& rest_of_line : wrapped_marks(tracker.lines(), unread)) types.push_back(rest_of_line);
    for (const LineBox& type : types) {
      if (!type.box.intersects(unread.area) || covered_by(tracker.lines(), type.box)) continue;
      LiveLine live = seen(frame, at, type);
      live.reading = loose;
      live.loose = true;
      live.covered = !shown_unread(type.box);
      ++report.lines_unread;
      found.push_back(std::move(live));
    }
  }
  tracker.add(at, std::move(found));
}

LiveLine Redactor::State::seen(FrameView frame, SessionTime at, const LineBox& line) const {
  LiveLine live;
  live.line = line;
  live.hash = hash_line(frame, line.box, key);
  live.panel_end = panel_end(frame, line);
  live.since = at;
  return live;
}

void Redactor::State::learn_secrets() {
  for (Secret& secret : typing.take()) learn(std::move(secret));
}

void Redactor::State::learn(Secret secret) {
  if (std::any_of(learned.begin(), learned.end(), [&](const Secret& other) { return other.text() == secret.text(); })) return;
  detectors.add_known_secret(secret.clone(), "known.typed");
  learned.push_back(std::move(secret));
  for (DetectionMemory& each : memory) each = DetectionMemory();  // of who did not know it
}

ReaderPtr Redactor::take_reader() { return state_->readings.take_engine(); }

std::vector<VisibleLine> Redactor::visible_text(const RedactionPlan& plan, SessionTime end) const { return state_->visible.lines(plan, end); }

const GlyphAtlas& Redactor::atlas() const { return state_->readings.atlas(); }

void Redactor::typed(const Keystrokes& keystrokes) { state_->typing.add(keystrokes); }

void Redactor::clicked(SessionTime at) { state_->typing.click(at); }

void Redactor::copied(const Secret& text) {
  if (std::optional<Secret> secret = secret_in(text)) state_->learn(std::move(*secret));
}

void Redactor::told(const Secret& secret) { state_->learn(secret.clone()); }

std::vector<Secret> Redactor::learned_secrets() const {
  std::vector<Secret> secrets;
  for (const Secret& secret : state_->learned) secrets.push_back(secret.clone());
  return secrets;
}

bool Redactor::State::shown_unread(const Rect& box) const {
  const RegionRule* rule = regions.open_rule_at(box);
  return rule != nullptr && rule->unreadable == Unreadable::show;
}

void Redactor::State::detect(FrameView frame) {
  std::vector<std::size_t> index;
  std::vector<LineBox> lines;
  std::vector<TextLine> texts;
  for (std::size_t i = 0; i < tracker.lines().size(); ++i) {
    const LiveLine& line = tracker.lines()[i];
    if (line.remnant || line.reading->kind == LineKind::picture) continue;
    index.push_back(i);
    lines.push_back(line.line);
    texts.push_back(line.text());
  }
  std::vector<SecretStart> starts;  // by the usual look
  const auto mask = [&](std::span<const TextLine> read, DetectionMemory& known, auto adds) {
    const std::vector<Finding> findings = detectors.find(read, known);
    if (&known == &memory[0]) starts = secret_starts(read, findings);
    const std::vector<Rect> boxes = mask_boxes(frame, lines, read, findings, starts);
    for (std::size_t k = 0; k < findings.size(); ++k) {
      const std::size_t i = index[findings[k].line];
      if (!boxes[k].empty() && adds(tracker.lines()[i], findings[k], boxes[k])) tracker.mask({screen.view(), frame}, i, findings[k].rule, boxes[k]);
    }
  };
  mask(texts, memory[0], [](const LiveLine&, const Finding&, const Rect&) { return true; });
  // What was found once needs no second mask for the few pixels by which another look differs. And what looks random is judged by one
  // reading, unless it is long and no digest: in three, some digest or identifier is misread so that it looks random.
  const auto bare = [](const LiveLine& line, const Finding& finding, const Rect& box) {
    if (by_shape(finding) && !(line.reading->may_be_long_run && finding.end - finding.first >= kLongRun)) return false;
    const int letter = box.height / 2;
    return std::none_of(line.masks.begin(), line.masks.end(), [&](const LiveMask& other) { return other.box.expanded(letter, box.height).contains(box); });
  };
  for (std::size_t look = 0; look < kOtherGlances.size(); ++look) {
    bool read = false;
    for (std::size_t k = 0; k < texts.size(); ++k) {
      const LiveLine& line = tracker.lines()[index[k]];
      if (look < line.reading->otherwise.size()) texts[k] = line.text(line.reading->otherwise[look]), read = true;
    }
    if (read) mask(texts, memory[1 + look], bare);
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
  TRY(state_->motion.finish(end, [this](const Observation& each) { return state_->observe(each); }));
  state_->typing.finish(state_->tracker.lines());
  state_->learn_secrets();
  state_->tracker.end_lessons();
  TRY(state_->readings.learn(state_->tracker.take_lessons(), state_->report));
  return state_->plan(end);
}

RedactionPlan Redactor::State::plan(SessionTime end) const {
  Ledger ledger = tracker.ledger();
  RedactionPlan plan;
  plan.masks_ = ledger.take_masks();
  plan.unread_ = beside_masks(ledger.take_unread(), plan.masks_, Rect::of(largest));
  plan.regions_ = regions.areas();
  plan.holds_ = motion.holds();
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
  for (const Hold& hold : plan.holds()) (hold.covered ? counted.moving_area_time : counted.held_area_time) += area_time(hold);
  counted.status =
      counted.covered_fraction() > kDegradedFraction ? RedactionStatus::degraded : RedactionStatus::clean;
}

}  // namespace frostgate::redaction
