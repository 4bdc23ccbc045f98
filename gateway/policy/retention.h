// Which recordings go, and why: pure. Nothing is deleted that a class does not name, that somebody holds, or that is not finished.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "codec/base/time.h"

namespace frostgate::policy {

struct RetentionClass {
  std::string name;
  std::vector<std::string> users{"*"}, targets{"*"};  // "*" matches any run of characters
  std::map<std::string, std::string> tags;            // all must be on the recording; values may have "*"
  std::chrono::days keep{0};                          // after the session's end
};

struct RetentionSubject {
  std::string recording, user, target;
  std::map<std::string, std::string> tags;  // the target's, when the session began
  std::optional<UtcTime> ended;
  bool finished = false;     // clean or degraded
  bool quarantined = false;
  std::string held_for;      // the reason of a legal hold; empty: none
};

struct RetentionDecision {
  std::string recording;
  bool remove = false;
  std::string retention_class;  // empty: none names it
  std::string why;              // a sentence for people
};

// By the first class that names the recording. A hold beats everything.
RetentionDecision decide_retention(const std::vector<RetentionClass>& classes, const RetentionSubject& subject, UtcTime now);

}  // namespace frostgate::policy
