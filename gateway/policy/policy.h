// Who may connect to what. A policy is one YAML file: rules in order, the first that matches decides, and when none
// matches the answer is no. Pure: no clock, no catalog; the same request always gets the same decision.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "gateway/approvals/approval.h"
#include "gateway/policy/rule.h"

namespace frostgate::config {
struct Document;
}

namespace frostgate::policy {

struct Request {
  std::string user;
  std::string target;
  std::map<std::string, std::string> target_tags;
  std::string protocol;  // the target's: "rdp" or "vnc"
  Pretext pretext{};     // what the user says why
};

class Policy {
 public:
  // The error lists every problem with file and line.
  static Result<Policy> load(const std::filesystem::path& file);
  static Result<Policy> parse(const std::string& text, const std::string& name);  // `name` is for errors

  // The rule that decides on such a request, which may deny it; null when there is none. What its gates ask is another matter.
  const Rule* matching(const Request& request) const;
  // Whether the rule that decides allows it, and its connect gate is passed: the pretext is what it asks, and the approval, where it
  // asks for one, was given to this user for this target and this rule.
  std::optional<Grant> decide(const Request& request, const approvals::Approval* approval = nullptr) const;
  // Whether any rule lets VNC tickets come without TLS: who it is for shows only when somebody has come.
  bool any_vnc_plaintext() const;
  const Rule* find(const std::string& rule) const;  // null when there is no such rule
  // The regions of the rule of that name; empty when there is no such rule.
  std::vector<redaction::RegionRule> regions_of(const std::string& rule) const;

  // The policy's own groups that the user is in.
  std::vector<std::string> groups_of(const std::string& user) const;

  const std::string& digest() const { return digest_; }
  const std::string& text() const { return text_; }
  const std::vector<Rule>& rules() const { return rules_; }

 private:
  static Result<Policy> from(config::Document document, const std::string& name);

  std::string text_;
  std::string digest_;
  std::vector<Rule> rules_;
  std::map<std::string, std::vector<std::string>> groups_;  // users by group
};

}  // namespace frostgate::policy
