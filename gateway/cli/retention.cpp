// `frostgate retention` and `frostgate hold`: what is deleted when, and what must not be.
#include <iostream>

#include "gateway/cli/commands.h"
#include "gateway/cli/control.h"

namespace frostgate::cli {
namespace {

using nlohmann::json;

struct RetentionOptions {
  std::string id, reason, at;
  bool everything = false;
};

void print_decisions(const json& rows, bool everything) {
  int removed = 0, archived = 0, kept = 0;
  for (const json& row : rows) {
    const bool remove = row["remove"].get<bool>();
    const bool archive = row["archive"].get<bool>();
    ++(remove ? removed : archive ? archived : kept);
    if (remove || archive || everything) std::cout << (remove ? "  delete   " : archive ? "  archive  " : "  keep     ") << row["id"].get<std::string>() << "  " << row["why"].get<std::string>() << '\n';
  }
  std::cout << removed << " to delete, " << archived << " to archive, " << kept << " to keep\n";
}

Result<void> plan(Context& context, const RetentionOptions& options) {
  const auto control = TRY(Control::connect(context.config_file));
  std::string at = options.at;
  json rows = json::array();
  // A plan may be larger than a message. All pages are of the moment of the first.
  for (std::string after;;) {
    const auto answer = TRY(control->ask({{"type", "retention.plan"}, {"at", at}, {"after", after}}));
    at = TRY(answer.text("at", 64));
    for (const json& row : answer.body["decisions"]) rows.push_back(row);
    if (answer.body["decisions"].empty()) break;
    after = rows.back()["id"].get<std::string>();
  }
  if (context.json) {
    std::cout << json{{"at", at}, {"decisions", std::move(rows)}}.dump(2) << '\n';
    return {};
  }
  std::cout << (options.at.empty() ? "The next run, at " : "A run at ") << at << ":\n";
  print_decisions(rows, options.everything);
  return {};
}

Result<void> run(Context& context) {
  const auto control = TRY(Control::connect(context.config_file));
  const auto answer = TRY(control->ask({{"type", "retention.run"}}));
  const json& body = answer.body;
  if (context.json) std::cout << json{{"deleted", body["deleted"]}, {"archived", body["archived"]}, {"problems", body["problems"]}}.dump(2) << '\n';
  else {
    for (const json& id : body["deleted"]) std::cout << "  deleted  " << id.get<std::string>() << '\n';
    for (const json& id : body["archived"]) std::cout << "  archived " << id.get<std::string>() << '\n';
    for (const json& problem : body["problems"]) std::cout << "  PROBLEM  " << problem.get<std::string>() << '\n';
    std::cout << body["deleted"].size() << " deleted, " << body["archived"].size() << " archived\n";
  }
  if (!body["problems"].empty()) context.exit_status = kExitFailed;
  return {};
}

Result<void> hold(Context& context, const RetentionOptions& options, const char* type) {
  const auto control = TRY(Control::connect(context.config_file));
  TRY(control->ask({{"type", type}, {"id", options.id}, {"reason", options.reason}}));
  if (!context.json) std::cout << options.id << (std::string(type) == "hold.add" ? " is under a legal hold.\n" : " is not under a legal hold any more.\n");
  else std::cout << json{{"id", options.id}}.dump(2) << '\n';
  return {};
}

Result<void> list_holds(Context& context) {
  const auto control = TRY(Control::connect(context.config_file));
  const auto answer = TRY(control->ask({{"type", "hold.list"}}));
  const json& rows = answer.body["holds"];
  if (context.json) std::cout << rows.dump(2) << '\n';
  else {
    if (rows.empty()) std::cout << "No legal holds.\n";
    for (const json& row : rows) {
      std::cout << row["id"].get<std::string>() << "  " << row["placed"].get<std::string>() << "  " << row["by"].get<std::string>() << ": "
                << row["reason"].get<std::string>() << '\n';
    }
  }
  return {};
}

}  // namespace

void add_retention(CLI::App& app, Context& context) {
  auto options = std::make_shared<RetentionOptions>();
  CLI::App* retention = app.add_subcommand("retention", "What is deleted when, by the configured classes")->require_subcommand(1);
  CLI::App* plans = retention->add_subcommand("plan", "Shows what the next run, or one at another time, would delete or archive, and why");
  plans->add_option("--at", options->at, "Another moment: a day such as 2027-01-31, or a time such as 2027-01-31T18:00, UTC");
  plans->add_flag("--all", options->everything, "Also what would be kept, and why");
  plans->callback([&context, options] { context.finish(plan(context, *options)); });
  CLI::App* runs = retention->add_subcommand("run", "Deletes and archives what the plan says, now");
  runs->callback([&context] { context.finish(run(context)); });
  CLI::App* holds = app.add_subcommand("hold", "Legal holds: what is held is not deleted, whatever else is said")->require_subcommand(1);
  CLI::App* adds = holds->add_subcommand("add", "Holds a recording");
  CLI::App* releases = holds->add_subcommand("release", "Ends a hold");
  for (CLI::App* command : {adds, releases}) {
    command->add_option("id", options->id, "The recording")->required();
    command->add_option("--reason", options->reason, "Why; it stands in the log")->required();
  }
  adds->callback([&context, options] { context.finish(hold(context, *options, "hold.add")); });
  releases->callback([&context, options] { context.finish(hold(context, *options, "hold.release")); });
  CLI::App* lists = holds->add_subcommand("list", "Shows what is held");
  lists->callback([&context] { context.finish(list_holds(context)); });
  for (CLI::App* command : {plans, runs, adds, releases, lists}) add_config_option(*command, context);
}

}  // namespace frostgate::cli
