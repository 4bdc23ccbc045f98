// What a rule asks before something may be done. The zero value lets nobody through.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace frostgate::policy {

enum class GateKind { connect, pause, stop, join, watch, watch_original, export_film, delete_early };
inline constexpr std::size_t kGateKinds = 8;
const char* to_string(GateKind kind);  // as in a policy: "connect", "watch-original", "export", "delete", ...

struct Gate {
  bool allow = false;           // otherwise nothing else counts
  bool reason_required = false;
  std::string ticket;           // RE2, for all of the ticket's number; empty: none is needed
  int needed = 0;               // approvals; 0: none
  std::vector<std::string> users, groups;  // who may approve; "*" in a name matches any run of characters
  std::chrono::minutes patience{60};       // how long the question stands
  std::chrono::minutes validity{60};       // how long the approval can be used
  bool one_use = true;                     // or as often as wanted within that time
  std::chrono::minutes escalate_after{0};  // then these may approve too; 0: never
  std::vector<std::string> escalate_to;
  bool emergency = false;  // may be passed without approval, and is reviewed afterwards
  std::chrono::minutes longest{15};  // of a pause

  bool operator==(const Gate&) const = default;
};

// What somebody says who wants to pass.
struct Pretext {
  std::string reason, ticket;
};

// Whether it asks anything of who wants to pass.
bool asks(const Gate& gate);

// What is missing, as a sentence for the user; empty: nothing. Approvals are not looked at.
std::string missing(const Gate& gate, const Pretext& pretext);

}  // namespace frostgate::policy
