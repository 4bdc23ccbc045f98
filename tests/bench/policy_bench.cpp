// How long a decision takes on a policy of 1 000 rules, where none matches but the last: the issue asks for 50 us of CPU. Each rule is also asked for once, by a request that it
// is the first to match, and one that none matches: a wrong decision fails.
#include <ctime>

#include <cstdio>
#include <string>

#include "gateway/policy/policy.h"

using namespace frostgate;

namespace {

constexpr int kRules = 1000, kDecisions = 2000;
constexpr double kAsked = 50;  // microseconds

std::string policy_text() {
  std::string text = "groups: {ops: [alice, bob], leads: [carol]}\nrules:\n";
  for (int i = 0; i + 1 < kRules; ++i) {
    const std::string n = std::to_string(i);
    // Each goes as far as the tags or the networks.
    text += i % 2 == 0 ? "  - {name: r" + n + ", groups: [ops], targets: ['db-*'], tags: {team: t" + n + "}, allow: true}\n"
                       : "  - {name: r" + n + ", users: ['a*'], targets: ['*'], networks: [192.0." + std::to_string(i / 250) + "." + std::to_string(i % 250) + "/32], allow: true}\n";
  }
  return text + "  - {name: last, users: '*', targets: 'db-*', allow: true}\n";
}

policy::Request request(const std::string& user, const std::string& target, const std::string& team, const std::string& address) {
  policy::Request out;
  out.user = user;
  out.target = target;
  out.target_tags = {{"team", team}, {"env", "prod"}};
  out.protocol = "rdp";
  out.address = address;
  return out;
}

// How many were decided otherwise than the rules say.
int wrong_decisions(const policy::Policy& policy) {
  int wrong = 0;
  const auto expect = [&](const policy::Request& wish, const std::string& rule) {
    const policy::Rule* found = policy.matching(wish);
    if ((found ? found->name : "") == rule) return;
    std::fprintf(stderr, "%s on %s: \"%s\" instead of \"%s\"\n", wish.user.c_str(), wish.target.c_str(), found ? found->name.c_str() : "", rule.c_str());
    ++wrong;
  };
  for (int i = 0; i + 1 < kRules; ++i) {
    const std::string n = std::to_string(i);
    if (i % 2 == 0) expect(request("bob", "db-7", "t" + n, "10.1.2.3"), "r" + n);
    else expect(request("anna", "web-1", "x", "192.0." + std::to_string(i / 250) + "." + std::to_string(i % 250)), "r" + n);
  }
  expect(request("carol", "db-1", "t4", "192.0.0.1"), "last");
  expect(request("carol", "web-1", "t4", "192.0.0.1"), "");
  expect(request("alice", "web-1", "t4", "192.0.0.2"), "");
  return wrong;
}

}  // namespace

int main() {
  const auto policy = policy::Policy::parse(policy_text(), "bench");
  if (!policy) return std::fprintf(stderr, "%s\n", policy.error().message.c_str()), 1;
  int wrong = wrong_decisions(policy.value());
  const policy::Request wish = request("alice", "db-7", "x", "10.1.2.3");
  const std::clock_t begun = std::clock();
  for (int i = 0; i < kDecisions; ++i) wrong += policy.value().decide(wish)->rule() != "last";
  const double each = 1e6 * static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC / kDecisions;
  std::printf("%.1f us a decision with %d rules: %.2f of the %.0f asked; %d wrong decisions\n", each, kRules, each / kAsked, kAsked, wrong);
  return wrong == 0 ? 0 : 1;
}
