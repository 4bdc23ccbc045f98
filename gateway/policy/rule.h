// A rule of a policy: whom and what it is for, whether it allows, and what it asks and imposes.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "gateway/policy/gate.h"
#include "gateway/policy/grant.h"
#include "redaction/detectors/detectors.h"
#include "redaction/policy.h"

namespace frostgate::policy {

struct Rule {
  std::string name;
  std::vector<std::string> users;               // names, "*" matches any run of characters
  std::vector<std::string> targets;
  std::map<std::string, std::string> tags;      // all must be on the target; values may have "*"
  std::vector<std::string> protocols;           // empty: any
  bool allow = false;
  std::array<Gate, kGateKinds> gates;           // by GateKind; connect's allows only when the rule does
  SessionTerms terms;
  redaction::DetectorSettings detectors;        // and the profile
  std::vector<redaction::RegionRule> regions;
  bool index_text = true;                       // the text that its films show can be looked for

  const Gate& gate(GateKind kind) const { return gates[static_cast<std::size_t>(kind)]; }
};

}  // namespace frostgate::policy
