// What another policy would have said to what was decided. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "gateway/policy/policy.h"

namespace frostgate::policy {

// Of somebody who wanted to connect.
struct PastDecision {
  Request request;
  bool allowed = false;
  std::string rule;              // that decided; empty: none
  const Rule* then = nullptr;    // as it was; null: nobody knows any more
};

// What another rule asks or imposes otherwise, in words that do not change: the portal says them in other languages (portal/src/lib/changes.ts).
struct Change {
  std::string what, before, after;
  bool operator==(const Change&) const = default;
};

// Decisions that would change in the same way.
struct Difference {
  std::string user, target;
  bool allowed_before = false, allowed_after = false;
  std::string rule_before, rule_after;
  std::vector<Change> changes;
  bool compared = true;  // false: what the rule of then asked is not known any more
  std::size_t decisions = 0;
  UtcTime last;
};

// A film, with what its report says was masked.
struct PastFilm {
  Request request;                             // of its session
  std::map<std::string, std::int64_t> masks;   // how many, by rule of redaction
};

// Masks that would not be made any more.
struct LostMasks {
  std::size_t films = 0;
  std::int64_t masks = 0;
};

struct Simulation {
  std::size_t decisions = 0, films = 0;  // looked at
  std::vector<Difference> differences;   // those that change whether somebody is let in first, then by number
  std::map<std::string, LostMasks> lost; // by rule of redaction
};

Simulation simulate(const Policy& fresh, std::span<const PastDecision> decisions, std::span<const PastFilm> films);

// What `after` asks or imposes otherwise than `before`; nothing when they are alike but for their names.
std::vector<Change> changes(const Rule& before, const Rule& after);

}  // namespace frostgate::policy
