#include "gateway/policy/gate_rules.h"

#include <algorithm>

namespace frostgate::policy {
namespace {

constexpr std::int64_t kMaxMinutes = 30 * 24 * 60;
constexpr std::int64_t kMaxPause = 8 * 60;

void read_approval(config::MappingReader& in, Gate& gate) {
  in.mapping("approval", [&](config::MappingReader& approval) {
    gate.users = approval.texts("users", {});
    gate.groups = approval.texts("groups", {});
    const bool wanted = !gate.users.empty() || !gate.groups.empty();
    gate.needed = static_cast<int>(approval.number("needed", wanted ? 1 : 0, 0, 10));
    gate.patience = std::chrono::minutes(approval.number("wait_minutes", 60, 1, kMaxMinutes));
    gate.validity = std::chrono::minutes(approval.number("valid_minutes", 60, 1, kMaxMinutes));
    gate.one_use = approval.choice("use", "once", {"once", "window"}) == "once";
    approval.mapping("escalate", [&](config::MappingReader& escalate) {
      gate.escalate_to = escalate.texts("groups", {});
      gate.escalate_after = std::chrono::minutes(escalate.number("after_minutes", 0, 0, kMaxMinutes));
      if (gate.escalate_to.empty() != (gate.escalate_after.count() == 0)) {
        escalate.problem("after_minutes", "and \"groups\" go together: give both or neither");
      }
    });
    if (wanted && gate.needed == 0) approval.problem("needed", "is 0; expected 1 or more where approvers are named");
    if (!wanted && gate.needed > 0) approval.problem("groups", "is missing or empty; name groups or users who may approve");
    if (gate.groups.empty() && static_cast<int>(gate.users.size()) < gate.needed && gate.escalate_to.empty() &&
        std::none_of(gate.users.begin(), gate.users.end(), [](const std::string& user) { return user.find('*') != std::string::npos; })) {
      approval.problem("needed", "asks for " + std::to_string(gate.needed) + " approvals, but only " + std::to_string(gate.users.size()) + " may give one");
    }
  });
}

void read_questions(config::MappingReader& in, Gate& gate) {
  read_approval(in, gate);
  gate.reason_required = in.choice("reason", "optional", {"required", "optional"}) == "required";
  gate.ticket = in.text("ticket", "");
  if (!gate.ticket.empty()) {
    if (const auto numbers = TicketNumbers::parse(gate.ticket); !numbers) in.problem("ticket", "is " + numbers.error().message);
  }
  gate.emergency = in.choice("emergency", "deny", {"allow", "deny"}) == "allow";
  if (gate.emergency && gate.needed == 0) in.problem("emergency", "is \"allow\" where no approval is asked for");
}

void read_gate(config::MappingReader& gates, Rule& rule, GateKind kind, bool allowed) {
  Gate& gate = rule.gates[static_cast<std::size_t>(kind)];
  gates.mapping(to_string(kind), [&](config::MappingReader& in) {
    gate.allow = in.flag("allow", rule.allow && (allowed || !in.empty()));
    read_questions(in, gate);
    if (kind == GateKind::pause) gate.longest = std::chrono::minutes(in.number("longest_minutes", 15, 1, kMaxPause));
    const bool running = kind == GateKind::pause || kind == GateKind::stop || kind == GateKind::join;  // of a session that runs
    if (running && gate.emergency) in.problem("emergency", "is \"allow\"; a session is not joined, and its recording does not pause or stop, without the approval that is asked for");
    if (kind == GateKind::watch_original && gate.allow && gate.needed == 0) in.problem("approval", "is missing; nobody opens an original alone");
    if (kind == GateKind::join && gate.allow && gate.needed == 0) in.problem("approval", "is missing; nobody joins a session alone");
  });
}

}  // namespace

void read_gates(config::MappingReader& in, Rule& rule) {
  Gate& connect = rule.gates[static_cast<std::size_t>(GateKind::connect)];
  connect.allow = rule.allow;
  read_questions(in, connect);
  in.mapping("gates", [&](config::MappingReader& gates) {
    read_gate(gates, rule, GateKind::watch, true);
    read_gate(gates, rule, GateKind::export_film, true);
    for (const GateKind kind : {GateKind::pause, GateKind::stop, GateKind::join, GateKind::watch_original, GateKind::delete_early}) read_gate(gates, rule, kind, false);
  });
}

}  // namespace frostgate::policy
