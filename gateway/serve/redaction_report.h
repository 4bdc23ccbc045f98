// What serve itself reads in a worker's redaction report.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace frostgate::serve {

// What the film lacks, as the worker found the journal; empty when it lacks nothing that was recorded.
std::string shortcoming(const nlohmann::json& redaction, bool interrupted);

// How many masks each rule has.
std::map<std::string, std::int64_t> masks_of(const nlohmann::json& redaction);

// "motion_held" and "motion_covered", as far as something was.
std::vector<std::string> motion_in(const nlohmann::json& redaction);

}  // namespace frostgate::serve
