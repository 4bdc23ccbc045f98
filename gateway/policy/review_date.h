// `review_by` of a policy, or of a rule.
#pragma once

#include "gateway/config/yaml_reader.h"
#include "gateway/policy/policy.h"

namespace frostgate::policy {

void read_review(config::MappingReader& in, const std::string& what, const std::string& file, std::vector<Review>& reviews);
// "2027-01-31", "2027-01-31T18:00", "2027-01-31T18:00:30", UTC with or without Z.
Result<UtcTime> moment(const std::string& text);

}  // namespace frostgate::policy
