#include "gateway/policy/widening.h"

#include <algorithm>

#include "gateway/policy/policy_check.h"

namespace frostgate::policy {
namespace {

using Names = std::vector<std::string>;

std::string in_a_row(const Names& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

// Of `more`, what `less` has not.
Names beyond(const Names& more, const Names& less) {
  Names out;
  std::copy_if(more.begin(), more.end(), std::back_inserter(out), [&](const std::string& one) { return std::find(less.begin(), less.end(), one) == less.end(); });
  return out;
}

// Collects what one rule gives more than another.
class Widening {
 public:
  void say(const std::string& what) { found.push_back(what); }
  void flag(const std::string& what, bool before, bool after) {
    if (!before && after) say(what + " is allowed, and was denied");
  }
  void added(const std::string& what, const Names& before, const Names& after) {
    if (const Names more = beyond(after, before); !more.empty()) say(what + ": " + in_a_row(more));
  }
  // 0: no limit.
  void limit(const std::string& what, int before, int after) {
    if (before != 0 && (after == 0 || after > before)) say(what + ": " + (after == 0 ? "no limit" : std::to_string(after)) + " instead of " + std::to_string(before));
  }

  Names found;
};

void compare_approval(const std::string& kind, const Gate& before, const Gate& after, Widening& out) {
  if (after.needed < before.needed) {
    return out.say(kind + " needs " + std::to_string(after.needed) + " approval(s) instead of " + std::to_string(before.needed));
  }
  if (before.needed == 0) return;
  out.added(kind + " may be approved also by", before.users, after.users);
  out.added(kind + " may be approved also by the groups", before.groups, after.groups);
  const Names later_before = before.escalate_after.count() > 0 ? before.escalate_to : Names{}, later_after = after.escalate_after.count() > 0 ? after.escalate_to : Names{};
  out.added(kind + " may be approved, after a time, also by the groups", later_before, later_after);
  if (before.one_use && !after.one_use) out.say("an approval of " + kind + " can be used more than once");
  if (after.validity > before.validity) {
    out.say("an approval of " + kind + " can be used for " + std::to_string(after.validity.count()) + " minutes instead of " + std::to_string(before.validity.count()));
  }
}

void compare_gates(const Rule& before, const Rule& after, Widening& out) {
  for (std::size_t i = 0; i < kGateKinds; ++i) {
    const Gate &old = before.gates[i], &fresh = after.gates[i];
    const std::string kind = to_string(static_cast<GateKind>(i));
    if (!fresh.allow) continue;
    if (!old.allow) {
      out.say(kind + " is allowed, and was denied");
      continue;
    }
    compare_approval(kind, old, fresh, out);
    if (old.reason_required && !fresh.reason_required) out.say(kind + " needs no reason any more");
    if (!old.ticket.empty() && fresh.ticket.empty()) out.say(kind + " needs no ticket any more");
    if (!old.ticket.empty() && !fresh.ticket.empty() && old.ticket != fresh.ticket) out.say(kind + " takes tickets like " + fresh.ticket + " instead of " + old.ticket);
    if (fresh.longest > old.longest) out.say("a pause of the recording may last " + std::to_string(fresh.longest.count()) + " minutes instead of " + std::to_string(old.longest.count()));
    if (!old.emergency && fresh.emergency) out.say(kind + " may be passed in an emergency");
  }
}

std::string by_class(const SessionTerms& terms) { return terms.retention_class.empty() ? "the first class that names them" : "the class " + terms.retention_class; }

void compare_clipboards(const std::string& to, const ClipboardTerms& before, const ClipboardTerms& after, Widening& out) {
  out.flag("text copied to the " + to, before.text, after.text);
  out.flag("pictures copied to the " + to, before.images, after.images);
  out.flag("files copied to the " + to, before.files, after.files);
}

void compare_terms(const SessionTerms& before, const SessionTerms& after, Widening& out) {
  out.flag("VNC without TLS", before.vnc_plaintext, after.vnc_plaintext);
  compare_clipboards("target", before.clipboard_to_target, after.clipboard_to_target, out);
  compare_clipboards("client", before.clipboard_to_client, after.clipboard_to_client, out);
  const Redirections &old = before.redirections, &fresh = after.redirections;
  out.flag("reading the user's drives", old.drives != DriveAccess::none, fresh.drives != DriveAccess::none);
  out.flag("writing to the user's drives", old.drives == DriveAccess::full, fresh.drives == DriveAccess::full);
  out.flag("printing on the user's printers", old.printers, fresh.printers);
  out.flag("the use of the user's serial and parallel ports", old.ports, fresh.ports);
  out.flag("the use of the user's smart cards", old.smartcards, fresh.smartcards);
  out.flag("sound for the user", old.sound, fresh.sound);
  if (!before.consent.empty() && after.consent.empty()) out.say("the user has to agree to nothing any more");
  if (!before.goes_on_unrecorded && after.goes_on_unrecorded) out.say("a session whose recording fails is allowed to go on, and was not");
  if (before.retention_class != after.retention_class) out.say("recordings are kept by " + by_class(after) + " instead of " + by_class(before));
  out.limit("seconds without input", before.idle_seconds, after.idle_seconds);
  out.limit("seconds of a session", before.max_seconds, after.max_seconds);
  out.limit("sessions of one user", before.per_user, after.per_user);
  out.limit("sessions to one target", before.per_target, after.per_target);
  if (after.reconnect_seconds > before.reconnect_seconds) {
    out.say("a ticket brings its user back for " + std::to_string(after.reconnect_seconds) + " s instead of " + std::to_string(before.reconnect_seconds));
  }
}

// Regions that cover, by name.
Names covering(const Rule& rule) {
  Names out;
  for (const auto& region : rule.regions) {
    if (region.redact) out.push_back(region.name);
  }
  return out;
}
Names showing(const Rule& rule) {
  Names out;
  for (const auto& region : rule.regions) {
    if (!region.redact) out.push_back(region.name);
  }
  return out;
}
Names patterns(const Rule& rule) {
  Names out;
  for (const auto& one : rule.detectors.custom) out.push_back(one.name + " " + one.pattern + (one.context.empty() ? "" : " near " + one.context));
  return out;
}

// What another model makes of a text cannot be told.
std::string read_in(const Rule& rule) { return rule.languages.empty() ? "the gateway's languages" : in_a_row(rule.languages); }

void compare_redaction(const Rule& before, const Rule& after, Widening& out) {
  const redaction::DetectorSettings &old = before.detectors, &fresh = after.detectors;
  if (old.profile == redaction::Profile::strict && fresh.profile != redaction::Profile::strict) out.say("the film is redacted by the profile balanced instead of strict");
  out.added("the film shows what these detectors find", old.disabled, fresh.disabled);
  if (!fresh.enabled.empty()) {
    if (old.enabled.empty()) out.say("only these detectors look at the film: " + in_a_row(fresh.enabled));
    else out.added("the film shows what these detectors find", fresh.enabled, old.enabled);
  }
  out.added("the film shows these words", old.harmless, fresh.harmless);
  out.added("these labels make no secret any more", fresh.extra_labels, old.extra_labels);
  out.added("these patterns make no secret any more", patterns(after), patterns(before));
  out.added("these regions are not covered any more", covering(after), covering(before));
  out.added("these regions are shown whatever is in them", showing(before), showing(after));
  if (before.languages != after.languages) out.say("the film is read in " + read_in(after) + " instead of " + read_in(before));
  if (!before.index_text && after.index_text) out.say("the text that its films show can be searched");
}

Names wider_grant(const Rule& before, const Rule& after) {
  Widening out;
  compare_gates(before, after, out);
  compare_terms(before.terms, after.terms, out);
  compare_redaction(before, after, out);
  return std::move(out.found);
}

Names wider_match(const Rule& before, const Rule& after) {
  Names out;
  for (const Condition condition : uncovered(before, after)) out.push_back(to_string(condition));
  return out;
}

// Where a rule stands among the others; beyond the end when it does not.
std::ptrdiff_t place(const Policy& policy, const std::string& rule) {
  const auto& rules = policy.rules();
  return std::find_if(rules.begin(), rules.end(), [&](const Rule& one) { return one.name == rule; }) - rules.begin();
}

// The rules that denied, and that `rule` of `after` overtakes.
Names overtaken(const Policy& before, const Policy& after, const Rule& rule) {
  Names out;
  for (auto i = static_cast<std::size_t>(place(after, rule.name)) + 1; i < after.rules().size(); ++i) {
    const Rule& later = after.rules()[i];
    const Rule* old = before.find(later.name);
    if (!later.allow && old && !old->allow && place(before, later.name) < place(before, rule.name)) out.push_back(later.name);
  }
  return out;
}

bool gave_all_of(const Rule& before, const Rule& after) { return before.allow && covers(before, after) && wider_grant(before, after).empty(); }

}  // namespace

std::vector<std::string> widenings(const Policy& before, const Policy& after) {
  Names out;
  const auto say = [&](const Rule& rule, const std::string& what) {
    out.push_back(rule.file + ":" + std::to_string(rule.line) + ": the rule \"" + rule.name + "\" " + what);
  };
  for (const Rule& rule : after.rules()) {
    const Rule* old = before.find(rule.name);
    if (!rule.allow) continue;
    if (const Names denying = overtaken(before, after, rule); !denying.empty()) say(rule, "comes now before what denied: " + in_a_row(denying));
    if (!old) {
      const auto& rules = before.rules();
      if (std::none_of(rules.begin(), rules.end(), [&](const Rule& one) { return gave_all_of(one, rule); })) say(rule, "is new, and allows more than any rule did");
      continue;
    }
    if (!old->allow) {
      say(rule, "allows, and denied before");
      continue;
    }
    if (const Names conditions = wider_match(*old, rule); !conditions.empty()) say(rule, "matches more than it did, by its " + in_a_row(conditions));
    for (const std::string& more : wider_grant(*old, rule)) say(rule, "is wider: " + more);
  }
  for (const Rule& rule : before.rules()) {
    if (rule.allow) continue;
    const Rule* fresh = after.find(rule.name);
    if (!fresh) say(rule, "denied, and is gone");
    else if (!fresh->allow && !covers(*fresh, rule)) say(*fresh, "denies less than it did");
  }
  return out;
}

}  // namespace frostgate::policy
