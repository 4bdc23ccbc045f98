// Who may do what. A policy is a YAML file, or a directory of them: rules in order, the first that matches decides, and when none
// matches the answer is no. Pure: no clock, no catalog; the same request always gets the same decision. README.md is for its authors.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "gateway/approvals/approval.h"
#include "gateway/policy/rule.h"

namespace frostgate::policy {

struct Source;
class Matcher;

struct Request {
  std::string user;
  std::string target;
  std::map<std::string, std::string> target_tags;
  std::string protocol;               // the target's: "rdp" or "vnc"
  Pretext pretext{};                  // what the user says why
  std::vector<std::string> groups{};  // of the user, beyond the policy's own
  std::vector<std::string> roles{};
  std::string address{};              // the client's, without port; empty: not known, and in no network
  UtcTime at{};
};

// What may come of a request that does not say yet which ticket it is about.
struct Prospect {
  const Rule* rule = nullptr;  // the first that may let it in; null: none, whatever the number
  bool asks_number = false;    // which rule decides depends on it
};

// Of a rule or a file that somebody has to look at again.
struct Review {
  std::string what;  // "the rule \"prod\"", "the policy"
  std::string file;
  int line = 0;
  std::string date;  // as it is written: "2027-01-31"
  UtcTime by;        // the beginning of that day, UTC
};

class Policy {
 public:
  // A file, or a directory. The error lists every problem with file and line.
  static Result<Policy> load(const std::filesystem::path& path);
  // A text() that was kept; `name` is for errors. A picture that a region is found by and that is no longer what it was is left out:
  // who redacts by that region then has an error. Keys that are refused by now do nothing.
  static Result<Policy> parse(const std::string& text, const std::string& name);

  // The rule that decides on such a request, which may deny it; null when there is none. What its gates ask is another matter.
  const Rule* matching(const Request& request) const;
  // Where no number of a ticket was given: with rules that may still match by one. Whoever is shown something by it is not let in by it.
  Prospect prospect(const Request& request) const;
  // Whether the rule that decides allows it, and its connect gate is passed: the pretext is what it asks, and the approval, where it
  // asks for one, was given to this user for this target and this rule.
  std::optional<Grant> decide(const Request& request, const approvals::Approval* approval = nullptr) const;
  // The rules in order, each with the condition that does not hold, up to the one that matches.
  struct Step {
    const Rule* rule = nullptr;
    std::optional<Condition> failed;
  };
  std::vector<Step> explain(const Request& request) const;

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
  const std::vector<Review>& reviews() const { return reviews_; }

 private:
  enum class Text { fresh, kept };
  static Result<Policy> from(std::string text, const std::vector<Source>& sources, Text text_is);
  void read(const Source& source, std::vector<std::string>& problems);

  std::string text_;
  std::string digest_;
  std::vector<Rule> rules_;
  std::shared_ptr<const Matcher> matcher_;  // of the rules
  std::vector<Review> reviews_;
  std::map<std::string, std::vector<std::string>> groups_;  // users by group
};

}  // namespace frostgate::policy
