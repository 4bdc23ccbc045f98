#include "redaction/visible_text.h"

#include <algorithm>
#include <utility>

namespace frostgate::redaction {
namespace {

// A line that scrolls, or blinks, is one.
constexpr SessionTime kGap = std::chrono::seconds(2);
// Places by the time at which they are there, so that a mask need not look at all of them.
constexpr SessionTime kSlice = std::chrono::seconds(10);

void append_utf8(std::string& out, char32_t c) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((c >> shift) & 0x3f)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | (c >> 6));
    tail(0);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | (c >> 12));
    tail(6), tail(0);
  } else {
    out += static_cast<char>(0xf0 | (c >> 18));
    tail(12), tail(6), tail(0);
  }
}

bool shows(const LiveLine& line) {
  return line.reading->kind == LineKind::read && !line.covered && !line.loose && !line.remnant && line.masks.empty() &&
         !line.reading->characters.empty();
}

}  // namespace

std::size_t VisibleText::number_of(const Reading& reading) {
  std::string text;
  for (const Character& character : reading.characters) append_utf8(text, character.code);
  const auto [known, fresh] = numbers_.emplace(text, texts_.size());
  if (fresh) texts_.push_back(std::move(text));
  return known->second;
}

VisibleText::Standing* VisibleText::standing(const ReadingPtr& reading, const Rect& box) {
  for (Standing& one : standing_) {
    if (one.reading == reading && one.place.box == box) return &one;
  }
  return nullptr;
}

// Whether a line that is being typed has only grown.
bool VisibleText::goes_on(const Standing& gone, SessionTime at) const {
  const std::string& text = texts_[gone.place.text];
  return std::any_of(standing_.begin(), standing_.end(), [&](const Standing& one) {
    const Rect &now = one.place.box, &then = gone.place.box;
    return one.seen == at && now.x == then.x && now.y < then.bottom() && then.y < now.bottom() && texts_[one.place.text].size() > text.size() &&
           texts_[one.place.text].starts_with(text);
  });
}

void VisibleText::observe(SessionTime at, const std::vector<LiveLine>& lines) {
  for (const LiveLine& line : lines) {
    if (!shows(line)) continue;
    Standing* same = standing(line.reading, line.line.box);
    if (same != nullptr) {
      same->seen = at;
    } else if (places_.size() + standing_.size() < kMaxVisiblePlaces) {
      standing_.push_back({line.reading, {number_of(*line.reading), at, at, line.line.box}, at});
    } else {
      truncated_ = true;
    }
  }
  for (Standing& one : standing_) {
    if (one.seen == at) continue;
    one.place.to = at;
    if (!goes_on(one, at)) places_.push_back(one.place);
  }
  std::erase_if(standing_, [&](const Standing& one) { return one.seen != at; });
}

// What the film shows of `places`: in pieces, where something is covered for a while.
std::vector<VisibleText::Place> VisibleText::shown(const RedactionPlan& plan, std::vector<Place> places) const {
  SessionTime last{};
  for (const Place& place : places) last = std::max(last, place.to);
  std::vector<std::vector<std::size_t>> slices(static_cast<std::size_t>(last / kSlice) + 1);
  for (std::size_t i = 0; i < places.size(); ++i) {
    for (auto slice = places[i].from / kSlice; slice <= places[i].to / kSlice; ++slice) slices[static_cast<std::size_t>(slice)].push_back(i);
  }
  // `found` may hear of a place more than once.
  const auto each = [&](SessionTime from, SessionTime to, const Rect& box, const auto& found) {
    const SessionTime end = std::min(to, last);
    for (auto slice = std::max(from, SessionTime(0)) / kSlice; slice <= end / kSlice; ++slice) {
      for (const std::size_t i : slices[static_cast<std::size_t>(slice)]) {
        const Place& place = places[i];
        if (place.from < to && from < place.to && place.box.intersects(box)) found(i);
      }
    }
  };
  std::vector<bool> secret(texts_.size());
  const auto hide = [&](std::size_t i) { secret[places[i].text] = true; };
  for (const Mask& mask : plan.masks()) each(mask.from, mask.to, mask.box, hide);
  for (const RegionArea& area : plan.regions()) each(area.from, area.to, area.box, hide);
  std::vector<std::vector<std::pair<SessionTime, SessionTime>>> gone(places.size());
  for (const UnreadArea& area : plan.unread()) each(area.from, area.to, area.box, [&](std::size_t i) { gone[i].emplace_back(area.from, area.to); });
  for (const Hold& hold : plan.holds()) {
    if (hold.covered) each(hold.from, hold.to, hold.box, [&](std::size_t i) { gone[i].emplace_back(hold.from, hold.to); });
  }
  std::vector<Place> out;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (secret[places[i].text]) continue;
    std::sort(gone[i].begin(), gone[i].end());
    Place rest = places[i];
    for (const auto& [from, to] : gone[i]) {
      if (from > rest.from) {
        out.push_back(rest);
        out.back().to = from;
      }
      rest.from = std::max(rest.from, to);
      if (rest.from >= rest.to) break;
    }
    if (rest.from < rest.to) out.push_back(rest);
  }
  return out;
}

std::vector<VisibleLine> VisibleText::lines(const RedactionPlan& plan, SessionTime end) const {
  std::vector<Place> places = places_;
  for (const Standing& one : standing_) {
    places.push_back(one.place);
    // What appears in the very last state is on screen for a moment.
    places.back().to = std::max(end, one.place.from + SessionTime(1));
  }
  places = shown(plan, std::move(places));
  std::stable_sort(places.begin(), places.end(), [](const Place& a, const Place& b) { return a.from < b.from; });
  std::vector<VisibleLine> out;
  std::unordered_map<std::size_t, std::size_t> latest;  // by text, in `out`
  for (const Place& place : places) {
    const auto before = latest.find(place.text);
    if (before != latest.end() && place.from <= out[before->second].to + kGap) {
      out[before->second].to = std::max(out[before->second].to, place.to);
      continue;
    }
    latest[place.text] = out.size();
    out.push_back({place.from, place.to, place.box, texts_[place.text]});
  }
  return out;
}

}  // namespace frostgate::redaction
