#include "gateway/policy/gate.h"

#include <re2/re2.h>

#include <algorithm>

namespace frostgate::policy {

const char* to_string(GateKind kind) {
  switch (kind) {
    case GateKind::connect: return "connect";
    case GateKind::pause: return "pause";
    case GateKind::stop: return "stop";
    case GateKind::join: return "join";
    case GateKind::watch: return "watch";
    case GateKind::watch_original: return "watch-original";
    case GateKind::export_film: return "export";
    case GateKind::delete_early: return "delete";
  }
  return "unknown";
}

bool asks(const Gate& gate) { return gate.needed > 0 || gate.reason_required || !gate.ticket.empty(); }

std::string missing(const Gate& gate, const Pretext& pretext) {
  if (!gate.allow) return "The policy does not allow it.";
  if (gate.reason_required && std::all_of(pretext.reason.begin(), pretext.reason.end(), [](char c) { return c == ' ' || c == '\n' || c == '\t'; }))
    return "A reason is required.";
  if (!gate.ticket.empty() && !RE2::FullMatch(pretext.ticket, RE2(gate.ticket, RE2::Quiet)))
    return "A ticket number is required that looks like " + gate.ticket + ".";
  return "";
}

}  // namespace frostgate::policy
