// The redaction report as JSON, for a command's --report and for the catalog. Never holds text of the screen.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "codec/base/event.h"
#include "codec/base/time.h"
#include "redaction/plan.h"

namespace frostgate::redact {

const char* to_string(redaction::RedactionStatus status);

// Entries of each list of a report; the rest is counted, and placed. A report goes to the catalog, however long the session.
inline constexpr std::size_t kMostListed = 20'000;

// Times are milliseconds of the film, rounded outwards; area-times are pixel seconds. What moved is one entry of `moving` for as long as it goes on, `covered` or held. `cpu_seconds` is by stage. What a plan covers without
// end is covered until `end`, the film's. The first `most_listed` entries of each list are there, by their beginning; of a list that has more, `all_at` has stretches
// [from, to] of all of them by name: a mask's rule, a region's name, "unread", "covered", "held".
nlohmann::json report_json(const redaction::RedactionPlan& plan, const std::map<std::string, double>& cpu_seconds,
                           SessionTime end = SessionTime::max(), std::size_t most_listed = kMostListed);

// What happened beside the pixels: at_ms with the kind "resized" (width, height), "clipboard" (to_target, passed), "lossy": the target's pictures are from then on, or "resumed": the user, or the
// target, had been lost.
nlohmann::json events_json(const std::vector<Event>& events);

}  // namespace frostgate::redact
