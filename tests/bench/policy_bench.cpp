// How long a decision takes on a policy of 1 000 rules, none of which matches but the last: the issue asks for 50 us. CPU time of this process.
#include <ctime>

#include <cstdio>
#include <string>

#include "gateway/policy/policy.h"

using namespace frostgate;

int main() {
  constexpr int kRules = 1000, kDecisions = 2000;
  std::string text = "groups: {ops: [alice, bob], leads: [carol]}\nrules:\n";
  for (int i = 0; i + 1 < kRules; ++i) {
    const std::string n = std::to_string(i);
    // Each goes as far as the tags or the networks.
    text += i % 2 == 0 ? "  - {name: r" + n + ", groups: [ops], targets: ['db-*'], tags: {team: t" + n + "}, allow: true}\n"
                       : "  - {name: r" + n + ", users: ['a*'], targets: ['*'], networks: [192.0.2." + std::to_string(i % 250) + "/32], allow: true}\n";
  }
  text += "  - {name: last, users: '*', targets: '*', allow: true}\n";
  const auto policy = policy::Policy::parse(text, "bench");
  if (!policy) return std::fprintf(stderr, "%s\n", policy.error().message.c_str()), 1;
  policy::Request request;
  request.user = "alice";
  request.target = "db-7";
  request.target_tags = {{"team", "x"}, {"env", "prod"}};
  request.protocol = "rdp";
  request.address = "10.1.2.3";
  const std::clock_t begun = std::clock();
  int last = 0;
  for (int i = 0; i < kDecisions; ++i) last += policy.value().decide(request)->rule() == "last";
  const double each = 1e6 * static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC / kDecisions;
  std::printf("%.1f us a decision with %d rules (%d of %d by the last)\n", each, kRules, last, kDecisions);
  return last == kDecisions ? 0 : 1;
}
