#include "gateway/serve/decision.h"

#include "storage/catalog/policies.h"
#include "storage/catalog/roles.h"
#include "tests/unit/gateway/serve/gateway_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;

TEST_CASE("a rule's roles and groups are those that its user has on the target") {
  Gateway gateway;
  Core& core = *gateway.core;
  REQUIRE(catalog::Roles(*core.catalog).bind({"", catalog::Role::auditor, catalog::SubjectKind::user, "anna", "target=dc1"}, kNow));
  REQUIRE(catalog::Groups(*core.catalog).add("leads", "carl"));
  auto policy = policy::Policy::parse(
      "rules:\n"
      "  - {name: by-role, users: \"*\", targets: \"*\", roles: [auditor], allow: true}\n"
      "  - {name: by-group, users: \"*\", targets: \"*\", groups: [leads], allow: true}\n",
      "test");
  REQUIRE(policy);
  core.policy.replace(std::move(policy).value());
  const auto rule = [&](const std::string& user, const std::string& target) -> std::string {
    const auto wish = request_to_decide(core, user, catalog::Targets(*core.catalog).find(target).value(), "", kNow);
    const policy::Rule* found = core.policy.current()->matching(wish);
    return found ? found->name : "";
  };
  CHECK(rule("anna", "dc1") == "by-role");
  CHECK(rule("anna", "kiosk").empty());
  CHECK(rule("carl", "dc1") == "by-group");
  CHECK(rule("nopass", "dc1").empty());
  CHECK(actor_named(core, "carl").groups == std::vector<std::string>{"leads"});
}

TEST_CASE("a policy that recordings were made under is read once, and of many the last used stay") {
  Gateway gateway;
  catalog::Catalog& catalog = *gateway.core->catalog;
  std::vector<std::string> digests;
  for (std::size_t i = 0; i <= KeptPolicies::kMost; ++i) {
    const std::string text = "rules:\n  - {name: rule-" + std::to_string(i) + ", users: anna, targets: dc1, allow: true}\n";
    digests.push_back(policy::Policy::parse(text, "test").value().digest());
    REQUIRE(catalog::Policies(catalog).keep(digests.back(), text, kNow));
  }
  KeptPolicies kept;
  const auto first = kept.find(catalog, digests[0]).value(), second = kept.find(catalog, digests[1]).value();
  REQUIRE(first);
  CHECK(first->find("rule-0"));
  CHECK_FALSE(kept.find(catalog, std::string(64, 'f')).value());
  for (std::size_t i = 2; i < KeptPolicies::kMost; ++i) CHECK(kept.find(catalog, digests[i]).value());
  CHECK(kept.find(catalog, digests[0]).value() == first);
  CHECK(kept.find(catalog, digests.back()).value()->digest() == digests.back());
  CHECK(kept.find(catalog, digests[0]).value() == first);
  const auto again = kept.find(catalog, digests[1]).value();
  CHECK(again != second);
  CHECK(again->digest() == digests[1]);
}
