// frostgate policy: is it right, and why does it decide so.
#include <iostream>
#include <memory>

#include "gateway/cli/commands.h"
#include "gateway/cli/control.h"
#include "gateway/config/config.h"
#include "gateway/policy/policy.h"
#include "gateway/policy/policy_check.h"
#include "gateway/policy/widening.h"

namespace frostgate::cli {
namespace {

using nlohmann::json;

struct PolicyOptions {
  std::string path, against, user, target, at, from, ticket;
  int days = 30;
};

constexpr std::uint64_t kMaxPolicyBytes = 16 << 20;

UtcTime utc_now() { return std::chrono::floor<Microseconds>(std::chrono::system_clock::now()); }

// Nullopt when there is no gateway to ask.
Result<std::optional<policy::Policy>> policy_in_force(Context& context) {
  const auto control = Control::connect(context.config_file);
  if (!control) return std::optional<policy::Policy>();
  const auto answer = TRY(control.value()->ask({{"type", "policy.current"}}));
  if (answer.descriptors.size() != 1) return Error{ErrorKind::corrupt, "serve sent no policy"};
  const auto bytes = TRY(ipc::from_memory_file(answer.descriptors[0], kMaxPolicyBytes));
  return std::optional(TRY(policy::Policy::parse(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), "the policy in force")));
}

// Needs no gateway: for whoever reviews a change.
Result<void> check(Context& context, const PolicyOptions& options) {
  std::filesystem::path path = options.path;
  if (path.empty()) path = TRY(config::load(context.config_file)).policy;
  const policy::Policy policy = TRY(policy::Policy::load(path));
  std::optional<policy::Policy> before;
  if (options.against.empty()) before = TRY(policy_in_force(context));
  else before = TRY(policy::Policy::load(options.against));
  const std::vector<std::string> warnings = policy::warnings(policy, utc_now());
  const std::vector<std::string> wider = before ? policy::widenings(*before, policy) : std::vector<std::string>();
  if (context.json) {
    std::cout << json{{"digest", policy.digest()}, {"rules", policy.rules().size()}, {"warnings", warnings}, {"wider", wider}, {"against", before ? json(before->digest()) : json(nullptr)}}.dump(2) << '\n';
    return {};
  }
  for (const std::string& warning : warnings) std::cout << "warning: " << warning << '\n';
  for (const std::string& more : wider) std::cout << "wider: " << more << '\n';
  if (!before) std::cout << "Not held against another policy: no gateway runs, and there is no --against.\n";
  else if (wider.empty()) std::cout << "It gives nothing that " << (options.against.empty() ? "the policy in force" : options.against) << " does not give.\n";
  const auto counted = [](std::size_t count, const std::string& what) { return std::to_string(count) + " " + what + (count == 1 ? "" : "s"); };
  std::cout << counted(policy.rules().size(), "rule") << ", " << counted(warnings.size(), "warning") << ", digest " << policy.digest() << '\n';
  return {};
}

std::string list_of(const json& names) {
  std::string text;
  for (const json& name : names) text += (text.empty() ? "" : ", ") + name.get<std::string>();
  return text;
}

std::string gate_line(const json& gate) {
  std::string line = "  " + gate["gate"].get<std::string>() + ": ";
  if (!gate["allow"].get<bool>()) return line + "denied";
  line += "allowed";
  if (gate["needed"].get<int>() > 0) {
    std::string who = list_of(gate["users"]);
    for (const json& group : gate["groups"]) who += (who.empty() ? "" : ", ") + std::string("group ") + group.get<std::string>();
    line += ", with " + std::to_string(gate["needed"].get<int>()) + " approval(s) of " + who + ", for " + std::to_string(gate["valid_minutes"].get<int>()) + " minutes";
  }
  if (gate["reason"].get<bool>()) line += ", with a reason";
  if (!gate["ticket"].get<std::string>().empty()) line += ", with a ticket like " + gate["ticket"].get<std::string>();
  if (gate["emergency"].get<bool>()) line += ", or in an emergency";
  return line;
}

Result<void> explain(Context& context, const PolicyOptions& options) {
  const auto control = TRY(Control::connect(context.config_file));
  auto answer = TRY(control->ask({{"type", "policy.explain"}, {"user", options.user}, {"target", options.target}, {"at", options.at}, {"from", options.from}, {"ticket", options.ticket}}));
  json& body = answer.body;
  body.erase("type");
  if (context.json) {
    std::cout << body.dump(2) << '\n';
    return {};
  }
  const std::string groups = list_of(body["groups"]);
  std::cout << options.user << (groups.empty() ? " (in no group)" : " (in " + groups + ")") << " to " << options.target << " at "
            << body["at"].get<std::string>() << ":\n";
  for (const json& step : body["steps"]) {
    std::cout << "  " << step["file"].get<std::string>() << ':' << step["line"] << ": \"" << step["rule"].get<std::string>() << "\" "
              << (step["failed"].is_null() ? "matches" : "does not match (" + step["failed"].get<std::string>() + ")") << '\n';
  }
  if (body["rule"].is_null()) std::cout << "denied: no rule matches\n";
  else std::cout << (body["allowed"].get<bool>() ? "allowed" : "denied") << " by \"" << body["rule"].get<std::string>() << "\"\n";
  if (body["allowed"].get<bool>()) {
    for (const json& gate : body["gates"]) std::cout << gate_line(gate) << '\n';
  }
  return {};
}

std::string verdict(bool allowed, const std::string& rule) {
  return std::string(allowed ? "allowed" : "denied") + (rule.empty() ? " (no rule matches)" : " by \"" + rule + "\"");
}

void print_simulation(const json& found) {
  std::cout << "Of " << found["decisions"] << " decisions of the last " << found["days"] << " days " << found["same"] << " would be the same";
  if (found["without_target"].get<int>() > 0) std::cout << "; " << found["without_target"] << " more were on targets that are gone";
  std::cout << ". Groups, roles and targets are those of today.\n";
  for (const json& one : found["differences"]) {
    const auto text = [&](const char* name) { return one[name].get<std::string>(); };
    std::cout << "  " << text("user") << " to " << text("target") << ", " << one["decisions"] << " times, last " << text("last") << ": "
              << verdict(one["allowed_before"].get<bool>(), text("rule_before")) << ", and would be " << verdict(one["allowed_after"].get<bool>(), text("rule_after")) << '\n';
    for (const json& change : one["changes"]) {
      const auto part = [&](const char* name) { return change[name].get<std::string>(); };
      std::cout << "      " << part("what") << ": " << part("after") << " instead of " << part("before") << '\n';
    }
    if (!one["compared"].get<bool>()) std::cout << "      what the rule \"" << text("rule_before") << "\" asked then is not known any more\n";
  }
  std::cout << found["films"] << " films were made in that time.\n";
  if (found["closed_films"] != 0) std::cout << found["closed_films"] << " more have a watch gate that is not open to you: what was masked in them is not looked at.\n";
  for (const json& lost : found["lost_masks"]) {
    std::cout << "  masks of " << lost["rule"].get<std::string>() << " would not be made: " << lost["masks"] << " in " << lost["films"] << " films\n";
  }
  if (found["cut"].get<bool>()) std::cout << "There is more than was looked at, or is shown.\n";
}

// A change as its reviewer sees it before it is in force: read here, so that serve needs no right to it.
Result<void> simulate(Context& context, const PolicyOptions& options) {
  const policy::Policy fresh = TRY(policy::Policy::load(options.path));
  const auto control = TRY(Control::connect(context.config_file));
  auto answer = TRY(control->ask({{"type", "policy.simulate"}, {"text", fresh.text()}, {"days", options.days}}));
  answer.body.erase("type");
  if (context.json) std::cout << answer.body.dump(2) << '\n';
  else print_simulation(answer.body);
  return {};
}

}  // namespace

void add_policy(CLI::App& app, Context& context) {
  CLI::App* policy = app.add_subcommand("policy", "The rules of who may do what")->require_subcommand(1);
  auto options = std::make_shared<PolicyOptions>();
  const auto command = [&](const char* name, const char* what, Result<void> (*run)(Context&, const PolicyOptions&)) {
    CLI::App* added = policy->add_subcommand(name, what);
    added->callback([&context, options, run] { context.finish(run(context, *options)); });
    add_config_option(*added, context);
    return added;
  };
  CLI::App* checks = command("check", "Looks for mistakes, for rules that can never match, and for what is wider than before", check);
  checks->add_option("path", options->path, "A file or a directory; without: the configuration's");
  checks->add_option("--against", options->against, "The policy before: a file or a directory; without: the one in force, when the gateway runs");
  CLI::App* simulates = command("simulate", "Says what another policy would have decided on what was decided", simulate);
  simulates->add_option("path", options->path, "The other policy: a file or a directory")->required();
  simulates->add_option("--days", options->days, "Looks so far back")->capture_default_str()->check(CLI::Range(1, 3660));
  CLI::App* explains = command("explain", "Says which rule decides, why, and what each gate asks", explain);
  explains->add_option("--user", options->user)->required();
  explains->add_option("--target", options->target)->required();
  explains->add_option("--at", options->at, "A time such as 2027-01-31T18:00, UTC; without: now");
  explains->add_option("--from", options->from, "The client's address");
  explains->add_option("--ticket", options->ticket, "The number of the ticket that is given");
}

}  // namespace frostgate::cli
