#include "gateway/redact/report_json.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

namespace frostgate::redact {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

json box_json(SessionTime from, SessionTime to, const Rect& box) {
  return {{"from_ms", std::chrono::floor<milliseconds>(from).count()},
          {"to_ms", std::chrono::ceil<milliseconds>(to).count()},
          {"x", box.x},
          {"y", box.y},
          {"width", box.width},
          {"height", box.height}};
}

// Where on the film's timeline something is, by its name. What lies nearer than a thousandth of the film is one stretch, so however much there is, this stays small.
class Stretches {
 public:
  explicit Stretches(SessionTime end) : end_(end), gap_(end / 1000) {}

  // In the order of their beginnings.
  void add(const std::string& name, SessionTime from, SessionTime to) {
    auto& all = by_name_[name];
    to = std::min(to, end_);
    if (!all.empty() && from - all.back().second <= gap_) all.back().second = std::max(all.back().second, to);
    else all.emplace_back(from, to);
  }

  json as_json() const {
    json out = json::object();
    for (const auto& [name, all] : by_name_) {
      json& list = out[name] = json::array();
      for (const auto& [from, to] : all) list.push_back({std::chrono::floor<milliseconds>(from).count(), std::chrono::ceil<milliseconds>(to).count()});
    }
    return out;
  }

 private:
  const SessionTime end_, gap_;
  std::map<std::string, std::vector<std::pair<SessionTime, SessionTime>>> by_name_;
};

double pixel_seconds(double pixel_microseconds) { return pixel_microseconds / 1e6; }

// What moved, and how it was shown: covered, or held. A hold a second for as long as a video runs is one entry, or those of an hour would fill the list.
std::vector<redaction::Hold> stretches(const std::vector<redaction::Hold>& holds) {
  std::vector<redaction::Hold> out;
  std::map<std::tuple<int, int, int, int, bool>, std::size_t> latest;
  for (const redaction::Hold& hold : holds) {
    const auto [place, fresh] = latest.try_emplace({hold.box.x, hold.box.y, hold.box.width, hold.box.height, hold.covered}, out.size());
    if (!fresh && hold.from <= out[place->second].to) {
      out[place->second].to = std::max(out[place->second].to, hold.to);
      continue;
    }
    place->second = out.size();
    out.push_back(hold);
  }
  return out;
}

}  // namespace

json events_json(const std::vector<Event>& events) {
  json out = json::array();
  for (const Event& event : events) {
    json entry{{"at_ms", std::chrono::floor<milliseconds>(event.at).count()}};
    if (const auto* resized = std::get_if<ScreenResized>(&event.body)) {
      entry.update({{"kind", "resized"}, {"width", resized->size.width}, {"height", resized->size.height}});
    } else if (const auto* clipboard = std::get_if<ClipboardText>(&event.body)) {
      entry.update({{"kind", "clipboard"}, {"to_target", clipboard->to_target}, {"passed", clipboard->passed}});
    } else if (const auto* paused = std::get_if<RecordingPaused>(&event.body)) {
      entry.update({{"kind", paused->until ? "recording_paused" : "recording_stopped"}, {"by", paused->by}, {"request", paused->request}, {"approved_by", paused->approved_by}, {"reason", paused->reason}});
    } else if (const auto* resumed = std::get_if<RecordingResumed>(&event.body)) {
      entry.update({{"kind", "recording_resumed"}, {"why", resumed->why}});
    } else if (const auto* guest = std::get_if<GuestSeen>(&event.body)) {
      entry.update({{"kind", "guest"}, {"here", guest->here}, {"user", guest->user}, {"request", guest->request}, {"approved_by", guest->approved_by}});
    } else if (std::holds_alternative<PixelsLossy>(event.body)) {
      entry["kind"] = "lossy";
    } else {
      entry["kind"] = "resumed";
    }
    out.push_back(std::move(entry));
  }
  return out;
}

const char* to_string(redaction::RedactionStatus status) {
  switch (status) {
    case redaction::RedactionStatus::clean: return "clean";
    case redaction::RedactionStatus::degraded: return "degraded";
    case redaction::RedactionStatus::failed: break;
  }
  return "failed";
}

json report_json(const redaction::RedactionPlan& plan, const std::map<std::string, double>& cpu_seconds, SessionTime end, std::size_t most_listed) {
  const redaction::RedactionReport& counts = plan.report();
  json masks = json::array();
  for (const redaction::Mask& mask : plan.masks()) {
    if (masks.size() == most_listed) break;
    json entry = box_json(mask.from, std::min(mask.to, end), mask.box);
    entry["rule"] = mask.rule;
    entry["secret"] = mask.secret;
    masks.push_back(std::move(entry));
  }
  json unread = json::array();
  for (const redaction::UnreadArea& area : plan.unread()) {
    if (unread.size() == most_listed) break;
    unread.push_back(box_json(area.from, std::min(area.to, end), area.box));
  }

  const std::vector<redaction::Hold> moved = stretches(plan.holds());
  json moving = json::array();
  for (const redaction::Hold& hold : moved) {
    if (moving.size() == most_listed) break;
    json entry = box_json(hold.from, std::min(hold.to, end), hold.box);
    entry["covered"] = hold.covered;
    moving.push_back(std::move(entry));
  }

  json regions = json::array();
  for (const redaction::RegionArea& area : plan.regions()) {
    if (regions.size() == most_listed) break;
    json entry = box_json(area.from, std::min(area.to, end), area.box);
    entry["region"] = area.name;
    regions.push_back(std::move(entry));
  }

  // Of a list that is cut, where all of it is.
  json all_at = json::object();
  const auto add_if_cut = [&](const char* list, const auto& entries, const auto& name_of) {
    if (entries.size() <= most_listed) return;
    Stretches all(end);
    for (const auto& entry : entries) all.add(name_of(entry), entry.from, entry.to);
    all_at[list] = all.as_json();
  };
  add_if_cut("masks", plan.masks(), [](const redaction::Mask& mask) { return mask.rule; });
  add_if_cut("unread", plan.unread(), [](const redaction::UnreadArea&) { return std::string("unread"); });
  add_if_cut("moving", moved, [](const redaction::Hold& hold) { return std::string(hold.covered ? "covered" : "held"); });
  add_if_cut("regions", plan.regions(), [](const redaction::RegionArea& area) { return area.name; });

  json reasons = json::array();
  if (counts.status == redaction::RedactionStatus::degraded) reasons.push_back("unread_area");

  return {
      {"status", to_string(counts.status)},
      {"reasons", std::move(reasons)},
      {"states", counts.states},
      {"lines",
       {{"cache", counts.lines_from_cache},
        {"atlas", counts.lines_from_atlas},
        {"reader", counts.lines_from_reader},
        {"hidden", counts.lines_hidden},
        {"unread", counts.lines_unread},
        {"checked", counts.lines_checked},
        {"disagreements", counts.disagreements}}},
      {"area_time_pixel_seconds",
       {{"total", pixel_seconds(counts.total_area_time)},
        {"masked", pixel_seconds(counts.masked_area_time)},
        {"covered", pixel_seconds(counts.covered_area_time)},
        {"held", pixel_seconds(counts.held_area_time)},
        {"moving", pixel_seconds(counts.moving_area_time)}}},
      {"cpu_seconds", cpu_seconds},
      {"masks_by_rule", counts.masks_by_rule},
      {"masks_total", plan.masks().size()},
      {"masks", std::move(masks)},
      {"unread_total", plan.unread().size()},
      {"unread", std::move(unread)},
      {"regions_total", plan.regions().size()},
      {"regions", std::move(regions)},
      {"moving_total", moved.size()},
      {"moving", std::move(moving)},
      {"all_at", std::move(all_at)}};
}

}  // namespace frostgate::redact
