#include <fcntl.h>
#include <unistd.h>

#include <iostream>

#include "codec/ffmpeg_messages.h"
#include "gateway/base/log.h"
#include "gateway/base/process.h"
#include "gateway/cli/commands.h"
#include "gateway/config/config.h"
#include "gateway/redact/worker.h"
#include "gateway/relay/session.h"
#include "gateway/serve/serve.h"

namespace frostgate::cli {

void Context::fail(const Error& error, int status) {
  std::cerr << "frostgate: " << error.message << '\n';
  exit_status = status;
}

void add_config_option(CLI::App& command, Context& context) {
  command.add_option("--config", context.config_file, "The gateway's configuration file")->capture_default_str();
  command.add_flag("--json", context.json, "Print JSON");
}

void add_break_glass_option(CLI::App& command, std::string& reason) {
  command.add_option("--break-glass", reason, "Why it cannot wait for those who have to agree: they get an alert at once, and one of them must review it");
}

namespace {

void add_serve(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("serve", "Runs the gateway until SIGTERM or Ctrl-C");
  command->add_option("--config", context.config_file, "The configuration file")->capture_default_str();
  command->callback([&context] {
    auto config = config::load(context.config_file);
    if (!config) return context.fail(config.error(), kExitUsage);
    log::start("serve", config.value().log_level);
    context.exit_status = serve::run(std::move(config).value());
  });
}

}  // namespace
}  // namespace frostgate::cli

int main(int argc, char** argv) {
  using namespace frostgate;
  codec::silence_ffmpeg();
  // The processes that serve starts; their first word is all their command line.
  const std::string role = argc == 2 ? argv[1] : "";
  if (role == "relay" || role == "redact-worker" || role == "export-worker" || role == "original-worker") {
    if (fcntl(kChannelDescriptor, F_GETFD) < 0) {
      std::cerr << "frostgate " << role << " is started by frostgate serve\n";
      return cli::kExitUsage;
    }
    fcntl(kChannelDescriptor, F_SETFD, FD_CLOEXEC);
    log::start(role == "relay" ? "relay" : role == "redact-worker" ? "redact" : role == "export-worker" ? "export" : "original", log::Level::info);
    if (role == "export-worker") return cli::run_export_worker(kChannelDescriptor);
    if (role == "original-worker") return cli::run_original_worker(kChannelDescriptor);
    return role == "relay" ? relay::run(kChannelDescriptor) : redact::run_worker(kChannelDescriptor);
  }

  CLI::App app("Frostgate relays RDP and VNC sessions, records them, and redacts what must not be seen.", "frostgate");
  app.set_version_flag("--version", FROSTGATE_VERSION);
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  cli::Context context;
  cli::add_serve(app, context);
  cli::add_administration(app, context);
  cli::add_roles(app, context);
  cli::add_recordings(app, context);
  cli::add_live(app, context);
  cli::add_policy(app, context);
  cli::add_requests(app, context);
  cli::add_audit(app, context);
  cli::add_alert(app, context);
  cli::add_redact(app, context);
  cli::add_export(app, context);
  cli::add_original(app, context);
  cli::add_retention(app, context);
  cli::add_review(app, context);
  cli::add_key(app, context);
  cli::add_backup(app, context);
  cli::add_verify(app, context);
  cli::add_directory(app, context);
  cli::add_doctor(app, context);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    const int shown = app.exit(problem);
    return shown == 0 ? cli::kExitOk : cli::kExitUsage;
  }
  return context.exit_status;
}
