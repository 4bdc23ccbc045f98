// A rule of a policy: whom and what it is for, whether it allows, and what it asks and imposes.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "gateway/policy/conditions.h"
#include "gateway/policy/gate.h"
#include "gateway/policy/grant.h"
#include "gateway/policy/region_picture.h"
#include "redaction/detectors/detectors.h"
#include "redaction/policy.h"

namespace frostgate::policy {

// What has to hold for a rule to match, in the order in which it is looked at.
enum class Condition { users, targets, groups, roles, tags, protocols, hours, networks, tickets };
const char* to_string(Condition condition);  // the key in a policy

struct Rule {
  std::string name;
  std::string file;  // where it stands
  int line = 0;
  // Conditions: all that are given must hold. In names "*" matches any run of characters.
  std::vector<std::string> users;
  std::vector<std::string> groups, roles;       // the user is in one, has one; empty: any
  std::vector<std::string> targets;
  std::map<std::string, std::string> tags;      // all must be on the target; values may have "*"
  std::vector<std::string> protocols;           // empty: any
  std::vector<Hours> hours;                     // one of them; empty: any
  std::vector<Network> networks;                // that the client comes from; empty: any
  std::vector<TicketNumbers> tickets;           // one matches the number that was given; empty: any, and none

  bool allow = false;
  std::array<Gate, kGateKinds> gates;           // by GateKind; connect's allows only when the rule does
  SessionTerms terms;
  redaction::DetectorSettings detectors;        // and the profile
  std::vector<redaction::RegionRule> regions;
  std::vector<RegionPicture> pictures;          // that some of them are found by
  std::vector<std::string> languages;           // that the text on the screen is read in; empty: the gateway's
  bool index_text = true;                       // the text that its films show can be looked for

  const Gate& gate(GateKind kind) const { return gates[static_cast<std::size_t>(kind)]; }
};

}  // namespace frostgate::policy
