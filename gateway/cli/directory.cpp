// frostgate directory: the organisation's directory, as this configuration sees it. Works without serve.
#include <signal.h>
#include <unistd.h>

#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "gateway/cli/commands.h"
#include "gateway/cli/secret_input.h"
#include "gateway/config/config.h"
#include "gateway/directory/examination.h"

namespace frostgate::cli {
namespace {

struct DirectoryOptions {
  std::string user;
  bool password = false;
};

Result<void> test_directory(Context& context, const DirectoryOptions& options) {
  const config::Config config = TRY(config::load(context.config_file));
  if (config.directory.servers.empty()) return Error{ErrorKind::not_found, context.config_file.string() + " has no directory"};
  std::optional<Secret> password;
  if (options.password) password = TRY(read_secret(STDIN_FILENO, "Password of " + options.user));
  signal(SIGPIPE, SIG_IGN);  // a server that hangs up is an answer
  const UtcTime now = std::chrono::floor<Microseconds>(std::chrono::system_clock::now());
  const auto steps = options.user.empty() ? directory::examine_servers(config.directory) : directory::examine_user(config.directory, options.user, password, now);
  nlohmann::json rows = nlohmann::json::array();
  for (const directory::Step& step : steps) {
    rows.push_back({{"good", step.good}, {"text", step.text}});
    if (!step.good) context.exit_status = kExitFailed;
    if (!context.json) std::cout << (step.good ? "  ok       " : "  PROBLEM  ") << step.text << '\n';
  }
  if (context.json) std::cout << rows.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  return {};
}

}  // namespace

void add_directory(CLI::App& app, Context& context) {
  auto options = std::make_shared<DirectoryOptions>();
  CLI::App* directory = app.add_subcommand("directory", "The LDAP directory that knows the users")->require_subcommand(1);
  CLI::App* test = directory->add_subcommand("test", "Asks it step by step, and says what was found");
  test->add_option("--user", options->user, "Looks for this user: NAME, DOMAIN\\NAME or NAME@DOMAIN");
  test->add_flag("--password", options->password, "Reads the user's password from standard input and tries it")->needs("--user");
  add_config_option(*test, context);
  test->callback([&context, options] { context.finish(test_directory(context, *options)); });
}

}  // namespace frostgate::cli
