// What can be read in a film: the lines that were read and that nothing ever covered, for an index. No thread, no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "codec/base/geometry.h"
#include "codec/base/time.h"
#include "redaction/lines/line_cache.h"
#include "redaction/plan.h"
#include "redaction/tracking/live_line.h"

namespace frostgate::redaction {

// In UTF-8. The box is where it stood first: it may have moved.
struct VisibleLine {
  SessionTime from{};
  SessionTime to{};
  Rect box;
  std::string text;
};

// What is kept is bounded: of more places than that, the later ones are not in it.
inline constexpr std::size_t kMaxVisiblePlaces = 200'000;

class VisibleText {
 public:
  // All lines on screen in the state at `at`. Times never go back.
  void observe(SessionTime at, const std::vector<LiveLine>& lines);

  // By `from`. `plan` is the last word on the recording, which ends at `end`. Of a text that a mask or a region of the policy covers anywhere, there
  // is nothing; what was covered because it was being read, or could not be, is there for the times at which the film shows it.
  std::vector<VisibleLine> lines(const RedactionPlan& plan, SessionTime end) const;
  // Whether there was more than is kept.
  bool truncated() const { return truncated_; }

 private:
  struct Place {
    std::size_t text = 0;  // in texts_
    SessionTime from{};
    SessionTime to{};
    Rect box;
  };
  struct Standing {
    ReadingPtr reading;
    Place place;
    SessionTime seen{};
  };

  Standing* standing(const ReadingPtr& reading, const Rect& box);
  std::size_t number_of(const Reading& reading);
  bool goes_on(const Standing& gone, SessionTime at) const;
  std::vector<Place> shown(const RedactionPlan& plan, std::vector<Place> places) const;

  std::vector<Standing> standing_;
  std::vector<Place> places_;  // that are over
  std::vector<std::string> texts_;
  std::unordered_map<std::string, std::size_t> numbers_;  // of texts
  bool truncated_ = false;
};

}  // namespace frostgate::redaction
