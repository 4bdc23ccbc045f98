// frostgate audit: what was done, and whether anybody changed that since.
#include <algorithm>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>

#include "gateway/cli/commands.h"
#include "gateway/cli/control.h"
#include "gateway/policy/review_date.h"

namespace frostgate::cli {
namespace {

using nlohmann::json;

constexpr int kPage = 200;

struct AuditOptions {
  std::string event, subject, actor, since, until, output;
  int limit = 50;
};

Result<json> question(const AuditOptions& options) {
  json request{{"type", "audit.list"}};
  for (const auto& [name, value] : {std::pair("event", &options.event), std::pair("subject", &options.subject), std::pair("actor", &options.actor)}) {
    if (!value->empty()) request[name] = *value;
  }
  for (const auto& [name, value] : {std::pair("since", &options.since), std::pair("until", &options.until)}) {
    if (value->empty()) continue;
    const Result<UtcTime> time = policy::moment(*value);
    if (!time) return time.error().within(std::string("--") + name);
    request[std::string(name) + "_us"] = time.value().time_since_epoch().count();
  }
  return request;
}

std::string line_of(const json& entry) {
  std::string line = std::to_string(entry["number"].get<std::int64_t>()) + "  " + entry["at"].get<std::string>() + "  " + entry["event"].get<std::string>() + "  " +
                     entry["subject"].get<std::string>();
  if (const auto actor = entry["actor"].get<std::string>(); !actor.empty()) line += "  by " + actor;
  if (entry.contains("detail")) line += "  " + entry["detail"].dump();
  return line;
}

Result<void> list(Context& context, const AuditOptions& options) {
  const auto control = TRY(Control::connect(context.config_file));
  json request = TRY(question(options));
  json found = json::array();
  std::int64_t before = 0;
  while (static_cast<int>(found.size()) < options.limit) {
    const int wanted = std::min(kPage, options.limit - static_cast<int>(found.size()));
    request["before"] = before;
    request["limit"] = wanted;
    const auto answer = TRY(control->ask(request));
    const json& entries = answer.body["entries"];
    for (const json& entry : entries) found.push_back(entry);
    if (static_cast<int>(entries.size()) < wanted) break;
    before = entries.back()["number"].get<std::int64_t>();
  }
  // As in any log, the newest is last.
  std::reverse(found.begin(), found.end());
  if (context.json) std::cout << found.dump(2) << '\n';
  else for (const json& entry : found) std::cout << line_of(entry) << '\n';
  return {};
}

// Every entry with its link, oldest first: the chain can be computed again from them.
Result<void> export_all(Context& context, const AuditOptions& options) {
  const auto control = TRY(Control::connect(context.config_file));
  std::ofstream file;
  const bool to_file = !options.output.empty() && options.output != "-";
  if (to_file) {
    file.open(options.output, std::ios::binary | std::ios::trunc);
    if (!file) return Error{ErrorKind::io, options.output + " cannot be written"};
  }
  std::ostream& out = to_file ? file : std::cout;
  for (std::int64_t after = 0;;) {
    const auto answer = TRY(control->ask({{"type", "audit.list"}, {"after", after}, {"limit", kPage}}));
    for (const json& entry : answer.body["entries"]) {
      after = entry["number"].get<std::int64_t>();
      out << entry.dump() << '\n';
    }
    if (answer.body["entries"].size() < kPage) break;
  }
  out.flush();
  if (!out) return Error{ErrorKind::io, "the export could not be written whole"};
  return {};
}

Result<void> verify(Context& context, const AuditOptions&) {
  const auto control = TRY(Control::connect(context.config_file));
  const auto answer = TRY(control->ask({{"type", "audit.verify"}}));
  const json& problems = answer.body["problems"];
  if (context.json) {
    std::cout << json{{"entries", answer.body["entries"]}, {"problems", problems}}.dump(2) << '\n';
  } else {
    for (const json& problem : problems) std::cout << "  PROBLEM  " << problem.get<std::string>() << '\n';
    std::cout << answer.body["entries"] << " entries: "
              << (problems.empty() ? "each is linked to the one before, and the signed heads agree\n" : "the audit log is not what was written\n");
  }
  if (!problems.empty()) context.exit_status = kExitFailed;
  return {};
}

}  // namespace

void add_audit(CLI::App& app, Context& context) {
  auto options = std::make_shared<AuditOptions>();
  CLI::App* audit = app.add_subcommand("audit", "What was done, by whom: a hash chain to which entries are only added")->require_subcommand(1);
  const auto command = [&](const char* name, const char* what, Result<void> (*run)(Context&, const AuditOptions&)) {
    CLI::App* added = audit->add_subcommand(name, what);
    added->callback([&context, options, run] { context.finish(run(context, *options)); });
    add_config_option(*added, context);
    return added;
  };
  CLI::App* lists = command("list", "The last entries", list);
  lists->add_option("--event", options->event, "Of one kind: login, decision, view, exported, approval, policy, configuration, alert, ...");
  lists->add_option("--subject", options->subject, "About this recording, session, user, target or request");
  lists->add_option("--actor", options->actor, "Of what this user did");
  lists->add_option("--since", options->since, "From this day or time on (UTC)");
  lists->add_option("--until", options->until, "Before this day or time (UTC)");
  lists->add_option("--limit", options->limit, "So many at most")->check(CLI::Range(1, 100000))->capture_default_str();
  command("verify", "Computes the chain again, and compares it with the signed heads", verify);
  command("export", "Every entry as JSON Lines", export_all)->add_option("--output", options->output, "A file; without: standard output");
}

}  // namespace frostgate::cli
