// frostgate alert: what went wrong, and whether those who must know hear of it.
#include <iostream>
#include <memory>

#include "gateway/cli/commands.h"
#include "gateway/cli/control.h"

namespace frostgate::cli {
namespace {

using nlohmann::json;

Result<void> test(Context& context) {
  const auto control = TRY(Control::connect(context.config_file));
  const auto answer = TRY(control->ask({{"type", "alert.test"}}));
  const json& sinks = answer.body["sinks"];
  if (context.json) std::cout << sinks.dump(2) << '\n';
  else if (sinks.empty()) std::cout << "There are no sinks; name some under alerts.sinks in the configuration.\n";
  for (const json& sink : sinks) {
    const bool taken = sink["error"].is_null();
    if (!taken) context.exit_status = kExitFailed;
    if (!context.json) std::cout << "  " << sink["name"].get<std::string>() << ": " << (taken ? "taken" : sink["error"].get<std::string>()) << '\n';
  }
  return {};
}

Result<void> list(Context& context, int limit) {
  const auto control = TRY(Control::connect(context.config_file));
  const auto answer = TRY(control->ask({{"type", "alert.list"}, {"limit", limit}, {"before", 0}}));
  const json& alerts = answer.body["alerts"];
  if (context.json) {
    std::cout << alerts.dump(2) << '\n';
    return {};
  }
  if (alerts.empty()) std::cout << "No alerts.\n";
  for (auto alert = alerts.rbegin(); alert != alerts.rend(); ++alert) {
    std::cout << (*alert)["at"].get<std::string>() << "  " << (*alert)["severity"].get<std::string>() << "  " << (*alert)["kind"].get<std::string>() << "  "
              << (*alert)["text"].get<std::string>();
    if ((*alert)["repeats"].get<std::int64_t>() > 0) std::cout << "  (and " << (*alert)["repeats"] << " times more, last at " << (*alert)["last"].get<std::string>() << ")";
    std::cout << '\n';
  }
  return {};
}

Result<void> sinks(Context& context) {
  const auto control = TRY(Control::connect(context.config_file));
  const auto answer = TRY(control->ask({{"type", "alert.sinks"}}));
  const json& rows = answer.body["sinks"];
  if (context.json) {
    std::cout << rows.dump(2) << '\n';
    return {};
  }
  for (const json& sink : rows) {
    std::cout << "  " << sink["name"].get<std::string>() << "  " << sink["type"].get<std::string>() << "  from " << sink["severity"].get<std::string>() << " on: " << sink["sent"]
              << " sent, " << sink["waiting"] << " waiting, " << sink["given_up"] << " given up";
    if (const auto error = sink["last_error"].get<std::string>(); !error.empty()) std::cout << "; " << error;
    std::cout << '\n';
  }
  return {};
}

}  // namespace

void add_alert(CLI::App& app, Context& context) {
  auto limit = std::make_shared<int>(50);
  CLI::App* alert = app.add_subcommand("alert", "What went wrong, and who is told")->require_subcommand(1);
  CLI::App* tests = alert->add_subcommand("test", "Sends a test to each sink, and says what came of it");
  tests->callback([&context] { context.finish(test(context)); });
  CLI::App* lists = alert->add_subcommand("list", "The last alerts");
  lists->add_option("--limit", *limit, "So many at most")->check(CLI::Range(1, 200))->capture_default_str();
  lists->callback([&context, limit] { context.finish(list(context, *limit)); });
  CLI::App* shows = alert->add_subcommand("sinks", "Where alerts go, and what waits");
  shows->callback([&context] { context.finish(sinks(context)); });
  for (CLI::App* command : {tests, lists, shows}) add_config_option(*command, context);
}

}  // namespace frostgate::cli
