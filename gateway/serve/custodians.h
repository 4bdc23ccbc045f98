// The custodians of the configuration: for whom the keys of originals are kept.
#pragma once

#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "gateway/config/config.h"
#include "gateway/policy/policy.h"
#include "storage/crypto/custodian.h"

namespace frostgate::serve {

struct Custodians {
  int threshold = 0;
  std::vector<storage::Custodian> people;  // none: none are configured
};

// `invalid`, with the file, when a certificate cannot be read, is weak or is there twice.
Result<Custodians> load_custodians(const config::CustodianSettings& settings);

// A sentence for each certificate that is not valid, or only for less than `notice` from now.
std::vector<std::string> expiring(const Custodians& custodians, UtcTime now, Microseconds notice);

// Whether what the policy seals could be sealed: `invalid` when a rule keeps originals and there is nobody to keep them for.
Result<void> check_custody(const Custodians& custodians, const policy::Policy& policy);

}  // namespace frostgate::serve
