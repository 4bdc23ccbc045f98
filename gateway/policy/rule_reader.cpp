#include "gateway/policy/rule_reader.h"

#include <algorithm>
#include <string_view>

#include "gateway/base/ocr_models.h"
#include "gateway/policy/detector_rules.h"
#include "gateway/policy/gate_rules.h"
#include "gateway/policy/region_rules.h"

namespace frostgate::policy {
namespace {

constexpr std::size_t kMaxConsent = 8192;
constexpr int kReconnectGrace = 300;
constexpr std::string_view kRoles[] = {"operator", "approver", "auditor", "compliance", "admin"};  // as storage/catalog/roles.h names them

// Whom and what the rule is for.
void read_conditions(config::MappingReader& in, Rule& rule) {
  rule.groups = in.texts("groups", {});
  rule.roles = in.texts("roles", {});
  for (const std::string& role : rule.roles) {
    if (std::find(std::begin(kRoles), std::end(kRoles), role) == std::end(kRoles)) in.problem("roles", "has \"" + role + "\"; expected operator, approver, auditor, compliance, admin");
  }
  const bool named = !rule.groups.empty() || !rule.roles.empty();
  rule.users = in.texts("users", named ? std::vector<std::string>{"*"} : std::vector<std::string>{});
  rule.targets = in.texts("targets", {});
  rule.protocols = in.texts("protocols", {});
  for (const std::string& protocol : rule.protocols) {
    if (protocol != "rdp" && protocol != "vnc") in.problem("protocols", "has \"" + protocol + "\"; expected rdp, vnc");
  }
  in.mapping("tags", [&](config::MappingReader& tags) {
    for (auto& [name, value] : tags.all_texts()) rule.tags.emplace(name, value);
  });
  if (rule.users.empty()) in.problem("users", "is missing or empty; name users, groups or roles, or \"*\" for every user");
  if (rule.targets.empty()) in.problem("targets", "is missing or empty; name targets, or \"*\" for every target");
  in.each("hours", [&](config::MappingReader& hours) { rule.hours.push_back(read_hours(hours)); });
  for (const std::string& text : in.texts("networks", {})) {
    const Result<Network> network = Network::parse(text);
    if (network) rule.networks.push_back(network.value());
    else in.problem("networks", "has " + network.error().message);
  }
  for (const std::string& text : in.texts("tickets", {})) {
    Result<TicketNumbers> numbers = TicketNumbers::parse(text);
    if (numbers) rule.tickets.push_back(std::move(numbers).value());
    else in.problem("tickets", "has " + numbers.error().message);
  }
}

// One of them, or a list.
ClipboardTerms read_clipboard(config::MappingReader& in, const char* direction) {
  ClipboardTerms terms;
  for (const std::string& what : in.texts(direction, {"nothing"})) {
    if (what == "text") terms.text = true;
    else if (what == "images") terms.images = true;
    else if (what == "files") terms.files = true;
    else if (what != "nothing") in.problem(direction, "has \"" + what + "\"; expected nothing, text, images or files, or a list of them");
  }
  return terms;
}

// What clients and targets offer and the gateway does not relay is said so, where a policy counts on it.
void read_channels(config::MappingReader& in, Redirections& out) {
  in.mapping("channels", [&](config::MappingReader& channels) {
    const auto allowed = [&](const char* key) { return channels.choice(key, "deny", {"allow", "deny"}) == "allow"; };
    const std::string drives = channels.choice("drives", "deny", {"allow", "deny", "read"});
    out.drives = drives == "allow" ? DriveAccess::full : drives == "read" ? DriveAccess::read : DriveAccess::none;
    out.printers = allowed("printers");
    out.ports = allowed("ports");
    out.smartcards = allowed("smartcards");
    out.sound = allowed("sound");
    for (const char* key : {"usb", "microphone", "camera"}) {
      if (allowed(key)) channels.problem(key, "is \"allow\", but the gateway relays no such channel: it would need dynamic channels, which are not passed on. Leave it out, or say deny");
    }
  });
}

// A policy that names a model which is not there is refused, as one with a picture that is missing.
void read_ocr(config::MappingReader& in, Rule& rule) {
  in.mapping("ocr", [&](config::MappingReader& ocr) {
    if (!ocr.has("languages")) return;
    rule.languages = ocr.texts("languages", {});
    if (const auto problem = unreadable_languages(rule.languages)) ocr.problem("languages", *problem);
  });
}

}  // namespace

Hours read_hours(config::MappingReader& in) {
  Hours out;
  for (const std::string& days : in.texts("days", {"mon-sun"})) {
    if (const auto added = add_days(days, out.days); !added) in.problem("days", added.error().message);
  }
  const auto minute = [&](const char* key, const char* fallback) {
    const Result<int> value = minute_of_day(in.text(key, fallback));
    if (!value) in.problem(key, value.error().message);
    return value ? value.value() : 0;
  };
  out.from = minute("from", "00:00");
  out.to = minute("to", "24:00");
  if (out.from == out.to) in.problem("to", "is the same as \"from\"; expected another time");
  out.zone_name = in.required_text("zone").value_or("UTC");
  Result<Zone> zone = Zone::load(out.zone_name);
  if (zone) out.zone = std::make_shared<const Zone>(std::move(zone).value());
  else in.problem("zone", "is refused: " + zone.error().message);
  return out;
}

Rule read_rule(config::MappingReader& in) {
  Rule rule;
  rule.terms.reconnect_seconds = kReconnectGrace;
  rule.name = in.required_text("name").value_or("?");
  read_conditions(in, rule);
  rule.allow = in.flag("allow", false);
  read_gates(in, rule);
  rule.terms.consent = in.text("consent", "");
  if (rule.terms.consent.size() > kMaxConsent) in.problem("consent", "is longer than " + std::to_string(kMaxConsent) + " bytes");
  in.mapping("clipboard", [&](config::MappingReader& clipboard) {
    rule.terms.clipboard_to_target = read_clipboard(clipboard, "to_target");
    rule.terms.clipboard_to_client = read_clipboard(clipboard, "to_client");
  });
  in.mapping("recording", [&](config::MappingReader& recording) {
    rule.terms.goes_on_unrecorded = recording.choice("on_failure", "end_session", {"end_session", "continue"}) == "continue";
  });
  rule.terms.retention_class = in.text("retention", "");
  read_channels(in, rule.terms.redirections);
  in.mapping("session", [&](config::MappingReader& session) {
    rule.terms.idle_seconds = static_cast<int>(session.number("idle_seconds", 0, 0, 7 * 86400));
    rule.terms.max_seconds = static_cast<int>(session.number("max_seconds", 0, 0, 7 * 86400));
    rule.terms.per_user = static_cast<int>(session.number("per_user", 0, 0, 10000));
    rule.terms.per_target = static_cast<int>(session.number("per_target", 0, 0, 10000));
    rule.terms.reconnect_seconds = static_cast<int>(session.number("reconnect_grace", kReconnectGrace, 0, 3600));
  });
  rule.terms.vnc_plaintext = in.choice("vnc_plaintext", "deny", {"allow", "deny"}) == "allow";
  rule.terms.keep_original = in.choice("original", "discard", {"discard", "sealed"}) == "sealed";
  rule.index_text = in.flag("index_text", true);
  rule.detectors = read_detector_rules(in);
  read_ocr(in, rule);
  in.each("regions", [&](config::MappingReader& region) {
    RegionEntry entry = read_region(region);
    if (entry.picture) {
      entry.picture->region = rule.regions.size();
      rule.pictures.push_back(*std::move(entry.picture));
      if (rule.pictures.size() > kMaxPictures) region.problem("picture", "is one too many; expected at most " + std::to_string(kMaxPictures) + " in a rule");
    }
    rule.regions.push_back(std::move(entry.rule));
  });
  return rule;
}

}  // namespace frostgate::policy
