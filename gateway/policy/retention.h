// Which recordings go, or into the archive, and why: pure. Nothing is deleted that a class does not name, that somebody holds, or that is not finished.
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
  std::chrono::days archive{0};                       // so long after it the film is moved to the archive; 0: never
};

struct RetentionSubject {
  std::string recording, user, target;
  std::map<std::string, std::string> tags;  // the target's, when the session began
  std::string retention_class{};           // that its rule named; empty: none
  std::optional<UtcTime> ended;
  bool finished = false;     // clean or degraded
  bool quarantined = false;
  bool archived = false;     // the film is in the archive
  std::string held_for;      // the reason of a legal hold; empty: none
};

struct RetentionDecision {
  std::string recording;
  bool remove = false;
  bool archive = false;         // move its film to the archive; never both
  std::string retention_class;  // empty: none names it
  std::string why;              // a sentence for people
};

// Nothing of a session that ended later is deleted or archived now; nullopt: nothing at all, for there are no classes.
std::optional<UtcTime> latest_due(const std::vector<RetentionClass>& classes, UtcTime now);

// By the class that the recording's rule named, or else by the first one that names the recording. A hold beats everything.
RetentionDecision decide_retention(const std::vector<RetentionClass>& classes, const RetentionSubject& subject, UtcTime now);

}  // namespace frostgate::policy
