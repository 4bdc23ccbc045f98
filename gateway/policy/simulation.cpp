#include "gateway/policy/simulation.h"

#include <algorithm>
#include <tuple>

namespace frostgate::policy {
namespace {

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out.empty() ? "none" : out;
}

std::string minutes(std::chrono::minutes time) { return std::to_string(time.count()) + " minutes"; }

std::string who_approves(const Gate& gate) {
  std::string out = listed(gate.users);
  if (gate.groups.empty()) return out;
  return (gate.users.empty() ? "" : out + ", ") + "groups " + listed(gate.groups);
}

std::string in_words(const Gate& gate) {
  if (!gate.allow) return "nobody";
  std::string out = gate.needed == 0 ? "without approval" : std::to_string(gate.needed) + " approval(s) of " + who_approves(gate);
  if (gate.reason_required) out += ", a reason";
  if (!gate.ticket.empty()) out += ", a ticket like " + gate.ticket;
  if (gate.emergency) out += ", or in an emergency";
  return out;
}

std::string in_words(DriveAccess drives) { return drives == DriveAccess::full ? "allowed" : drives == DriveAccess::read ? "can be read" : "denied"; }

// What two gates differ in that the words above do not say.
std::string details(const Gate& gate) {
  if (gate.needed == 0) return "";
  return std::string(gate.one_use ? "for one use" : "as often as wanted") + " within " + minutes(gate.validity) + ", asked for during " + minutes(gate.patience) +
         (gate.escalate_after.count() > 0 ? ", after " + minutes(gate.escalate_after) + " also of " + listed(gate.escalate_to) : "");
}

class Comparison {
 public:
  void text(const std::string& what, const std::string& before, const std::string& after) {
    if (before != after) out.push_back({what, before, after});
  }
  void flag(const std::string& what, bool before, bool after) { text(what, before ? "allowed" : "denied", after ? "allowed" : "denied"); }
  void limit(const std::string& what, int before, int after) { text(what, before == 0 ? "no limit" : std::to_string(before), after == 0 ? "no limit" : std::to_string(after)); }

  std::vector<Change> out;
};

void compare_gates(const Rule& before, const Rule& after, Comparison& found) {
  for (std::size_t i = 0; i < kGateKinds; ++i) {
    const auto kind = static_cast<GateKind>(i);
    const Gate &old = before.gate(kind), &fresh = after.gate(kind);
    if (old == fresh) continue;
    const bool in_gross = in_words(old) != in_words(fresh);
    found.text(to_string(kind), in_gross ? in_words(old) : details(old), in_gross ? in_words(fresh) : details(fresh));
    if (old.allow && fresh.allow) found.text("the longest pause of the recording", minutes(old.longest), minutes(fresh.longest));
  }
}

void compare_terms(const SessionTerms& before, const SessionTerms& after, Comparison& found) {
  found.flag("VNC without TLS", before.vnc_plaintext, after.vnc_plaintext);
  found.text("consent", before.consent.empty() ? "no notice" : "\"" + before.consent + "\"", after.consent.empty() ? "no notice" : "\"" + after.consent + "\"");
  found.flag("text copied to the target", before.clipboard_to_target.text, after.clipboard_to_target.text);
  found.flag("pictures copied to the target", before.clipboard_to_target.images, after.clipboard_to_target.images);
  found.flag("files copied to the target", before.clipboard_to_target.files, after.clipboard_to_target.files);
  found.flag("text copied to the client", before.clipboard_to_client.text, after.clipboard_to_client.text);
  found.flag("pictures copied to the client", before.clipboard_to_client.images, after.clipboard_to_client.images);
  found.flag("files copied to the client", before.clipboard_to_client.files, after.clipboard_to_client.files);
  const Redirections &old = before.redirections, &fresh = after.redirections;
  found.text("the user's drives", in_words(old.drives), in_words(fresh.drives));
  found.flag("the user's printers", old.printers, fresh.printers);
  found.flag("the user's serial and parallel ports", old.ports, fresh.ports);
  found.flag("the user's smart cards", old.smartcards, fresh.smartcards);
  found.flag("sound for the user", old.sound, fresh.sound);
  found.text("a session whose recording fails", before.goes_on_unrecorded ? "goes on" : "ends", after.goes_on_unrecorded ? "goes on" : "ends");
  found.text("retention class", before.retention_class.empty() ? "by its conditions" : before.retention_class, after.retention_class.empty() ? "by its conditions" : after.retention_class);
  found.limit("seconds without input", before.idle_seconds, after.idle_seconds);
  found.limit("seconds of a session", before.max_seconds, after.max_seconds);
  found.limit("sessions of one user", before.per_user, after.per_user);
  found.limit("sessions to one target", before.per_target, after.per_target);
  found.text("coming back after a lost connection", std::to_string(before.reconnect_seconds) + " s", std::to_string(after.reconnect_seconds) + " s");
}

std::vector<std::string> names_of(const std::vector<redaction::RegionRule>& regions) {
  std::vector<std::string> out;
  for (const auto& one : regions) {
    out.push_back(one.name + (one.redact ? "" : " (shown)") + (one.everything_but ? " (all but it)" : ""));
  }
  return out;
}

std::vector<std::string> patterns_of(const std::vector<redaction::CustomDetector>& custom) {
  std::vector<std::string> out;
  for (const auto& one : custom) out.push_back(one.name + " " + one.pattern + (one.context.empty() ? "" : " near " + one.context));
  return out;
}

void compare_redaction(const Rule& before, const Rule& after, Comparison& found) {
  found.text("redaction profile", redaction::to_string(before.detectors.profile), redaction::to_string(after.detectors.profile));
  const auto all = [](const std::vector<std::string>& enabled) { return enabled.empty() ? std::string("all") : listed(enabled); };
  found.text("detectors", all(before.detectors.enabled), all(after.detectors.enabled));
  found.text("detectors that are off", listed(before.detectors.disabled), listed(after.detectors.disabled));
  found.text("own labels", listed(before.detectors.extra_labels), listed(after.detectors.extra_labels));
  found.text("own patterns", listed(patterns_of(before.detectors.custom)), listed(patterns_of(after.detectors.custom)));
  found.text("words that may be seen", listed(before.detectors.harmless), listed(after.detectors.harmless));
  found.text("regions", listed(names_of(before.regions)), listed(names_of(after.regions)));
  const auto languages = [](const Rule& rule) { return rule.languages.empty() ? std::string("the gateway's") : listed(rule.languages); };
  found.text("languages that are read", languages(before), languages(after));
  found.text("visible text", before.index_text ? "can be searched" : "cannot be searched", after.index_text ? "can be searched" : "cannot be searched");
}

// A rule of redaction, or the family that it is of.
bool named_in(const std::vector<std::string>& entries, const std::string& rule) {
  return std::any_of(entries.begin(), entries.end(), [&](const std::string& entry) { return rule == entry || rule.starts_with(entry + "."); });
}

bool makes(const Rule& rule, const std::string& mask) {
  const redaction::DetectorSettings& settings = rule.detectors;
  if (mask.starts_with("known.")) return true;
  if (mask.starts_with("strict.")) return settings.profile == redaction::Profile::strict;
  if (mask.starts_with("custom.")) {
    const bool there = std::any_of(settings.custom.begin(), settings.custom.end(), [&](const auto& one) { return mask == "custom." + one.name; });
    if (!there) return false;
  }
  if (mask == "label.extra" && settings.extra_labels.empty()) return false;
  return (settings.enabled.empty() || named_in(settings.enabled, mask)) && !named_in(settings.disabled, mask);
}

Difference difference_of(const PastDecision& decision, const Rule* after) {
  Difference out;
  out.user = decision.request.user;
  out.target = decision.request.target;
  out.allowed_before = decision.allowed;
  out.allowed_after = after && after->allow;
  out.rule_before = decision.rule;
  out.rule_after = after ? after->name : "";
  if (out.allowed_before && out.allowed_after) {
    out.compared = decision.then != nullptr;
    if (decision.then) out.changes = changes(*decision.then, *after);
  }
  out.decisions = 1;
  out.last = decision.request.at;
  return out;
}

auto alike(const Difference& one) { return std::tie(one.user, one.target, one.allowed_before, one.allowed_after, one.rule_before, one.rule_after, one.changes, one.compared); }

void add(Simulation& out, Difference found) {
  const bool same = found.allowed_before == found.allowed_after && found.changes.empty() && found.compared;
  if (same) return;
  const auto before = std::find_if(out.differences.begin(), out.differences.end(), [&](const Difference& one) { return alike(one) == alike(found); });
  if (before == out.differences.end()) return out.differences.push_back(std::move(found));
  ++before->decisions;
  before->last = std::max(before->last, found.last);
}

}  // namespace

std::vector<Change> changes(const Rule& before, const Rule& after) {
  Comparison found;
  compare_gates(before, after, found);
  compare_terms(before.terms, after.terms, found);
  compare_redaction(before, after, found);
  return std::move(found.out);
}

Simulation simulate(const Policy& fresh, std::span<const PastDecision> decisions, std::span<const PastFilm> films) {
  Simulation out;
  out.decisions = decisions.size();
  out.films = films.size();
  for (const PastDecision& decision : decisions) add(out, difference_of(decision, fresh.matching(decision.request)));
  for (const PastFilm& film : films) {
    const Rule* after = fresh.matching(film.request);
    // Whoever is not let in shows nothing.
    if (!after || !after->allow) continue;
    for (const auto& [mask, count] : film.masks) {
      if (count == 0 || makes(*after, mask)) continue;
      ++out.lost[mask].films;
      out.lost[mask].masks += count;
    }
  }
  std::stable_sort(out.differences.begin(), out.differences.end(), [](const Difference& a, const Difference& b) {
    const bool a_turns = a.allowed_before != a.allowed_after, b_turns = b.allowed_before != b.allowed_after;
    return a_turns != b_turns ? a_turns : a.decisions > b.decisions;
  });
  return out;
}

}  // namespace frostgate::policy
