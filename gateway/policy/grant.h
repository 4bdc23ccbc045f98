// The first proof: someone was allowed to start this session. Nothing connects to a target without one.
#pragma once

#include <string>

namespace frostgate::policy {

class Policy;

// Only Policy can make one, and so only Policy can make a Grant.
class GrantPasskey {
  friend class Policy;
  GrantPasskey() {}
};

class Grant {
 public:
  Grant(GrantPasskey, std::string user, std::string target, std::string rule, std::string policy_digest,
        std::string profile)
      : user_(std::move(user)),
        target_(std::move(target)),
        rule_(std::move(rule)),
        policy_digest_(std::move(policy_digest)),
        profile_(std::move(profile)) {}

  const std::string& user() const { return user_; }
  const std::string& target() const { return target_; }
  const std::string& rule() const { return rule_; }                    // the name of the rule that allowed it
  const std::string& policy_digest() const { return policy_digest_; }  // SHA-256 of the policy file, hex
  const std::string& profile() const { return profile_; }              // of redaction

 private:
  std::string user_, target_, rule_, policy_digest_, profile_;
};

}  // namespace frostgate::policy
