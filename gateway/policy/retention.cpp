#include "gateway/policy/retention.h"

#include <algorithm>

#include "gateway/policy/pattern.h"

namespace frostgate::policy {
namespace {

std::string days(long long count) { return std::to_string(count) + (count == 1 ? " day" : " days"); }

}  // namespace

std::optional<UtcTime> latest_due(const std::vector<RetentionClass>& classes, UtcTime now) {
  std::optional<UtcTime> out;
  for (const RetentionClass& one : classes) {
    const std::chrono::days first = one.archive.count() > 0 ? std::min(one.keep, one.archive) : one.keep;
    out = std::max(out.value_or(UtcTime::min()), now - first);
  }
  return out;
}

RetentionDecision decide_retention(const std::vector<RetentionClass>& classes, const RetentionSubject& subject, UtcTime now) {
  RetentionDecision out;
  out.recording = subject.recording;
  const std::string& named = subject.retention_class;
  const auto found = std::find_if(classes.begin(), classes.end(), [&](const RetentionClass& one) {
    if (!named.empty()) return one.name == named;
    return any_matches(one.users, subject.user) && any_matches(one.targets, subject.target) && all_tags_match(one.tags, subject.tags);
  });
  if (found != classes.end()) out.retention_class = found->name;
  if (!subject.held_for.empty()) out.why = "kept: legal hold (" + subject.held_for + ")";
  else if (subject.quarantined) out.why = "kept: quarantined, somebody has to decide";
  else if (!subject.finished || !subject.ended) out.why = "kept: not finished";
  else if (found == classes.end() && !named.empty()) out.why = "kept: its rule named the retention class \"" + named + "\", which is not configured";
  else if (found == classes.end()) out.why = "kept: no retention class names it";
  else if (now < *subject.ended + found->keep) {
    const auto left = std::chrono::ceil<std::chrono::days>(*subject.ended + found->keep - now).count();
    out.why = "kept: class \"" + found->name + "\" for another " + days(left);
    const bool due = found->archive.count() > 0 && now >= *subject.ended + found->archive;
    if (due && subject.archived) out.why += ", in the archive";
    if (due && !subject.archived) {
      out.archive = true;
      out.why = "class \"" + found->name + "\" archives films " + days(found->archive.count()) + " after the session, which are over";
    }
  } else {
    out.remove = true;
    out.why = "class \"" + found->name + "\" keeps recordings for " + days(found->keep.count()) + " after the session, which are over";
  }
  return out;
}

}  // namespace frostgate::policy
