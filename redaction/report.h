// The redaction report of one recording, as counted by the library. Never holds text of the screen.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace frostgate::redaction {

enum class RedactionStatus {
  failed,  // nothing may be published; also the zero value
  degraded,
  clean,
};

// Area-time is in pixels times microseconds of session time.
struct RedactionReport {
  RedactionStatus status = RedactionStatus::failed;
  std::uint64_t states = 0;
  std::uint64_t lines_from_cache = 0;   // read before with exactly these pixels
  // Of new lines that never were under a mask, counted when they were over.
  std::uint64_t lines_from_atlas = 0;
  std::uint64_t lines_from_reader = 0;  // by the engine, wholly or in part
  std::uint64_t lines_hidden = 0;       // new lines that a mask covered; how they were read would tell of what they say
  std::uint64_t lines_checked = 0;      // of those from the atlas, read by the engine as well
  std::uint64_t disagreements = 0;      // characters that it read otherwise
  std::uint64_t lines_unread = 0;       // covered, because they could not be read with confidence
  std::map<std::string, std::uint64_t> masks_by_rule;  // secrets: one that moves or is typed counts once
  double total_area_time = 0;
  double masked_area_time = 0;   // boxes counted singly, also where they overlap
  double covered_area_time = 0;  // of unread text; the same
  double held_area_time = 0;     // of what moved and was shown once a second: while another picture than the film's was on screen
  double moving_area_time = 0;   // of what was covered because it moved

  double covered_fraction() const { return total_area_time > 0 ? covered_area_time / total_area_time : 0; }
};

// Above this share of covered area-time a recording is `degraded`.
inline constexpr double kDegradedFraction = 0.01;

}  // namespace frostgate::redaction
