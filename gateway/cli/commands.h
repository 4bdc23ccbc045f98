// The sub-commands of `frostgate`. Each adds itself to the parser; its callback sets the exit status.
#pragma once

#include <filesystem>
#include <string>

#include <CLI/CLI.hpp>

#include "codec/base/result.h"

namespace frostgate::cli {

// Exit statuses, the same for every sub-command.
inline constexpr int kExitOk = 0;
inline constexpr int kExitError = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitDegraded = 3;
inline constexpr int kExitFailed = 4;
inline constexpr int kExitCut = 5;  // done as far as the input goes

struct Context {
  std::filesystem::path config_file = "/etc/frostgate/gateway.yaml";
  bool json = false;
  int exit_status = kExitOk;

  // Prints an error as a person should see it.
  void fail(const Error& error, int status = kExitError);
  // An outcome: nothing to print when it went well.
  void finish(const Result<void>& outcome) {
    if (!outcome) fail(outcome.error());
  }
};

void add_config_option(CLI::App& command, Context& context);
void add_break_glass_option(CLI::App& command, std::string& reason);
void add_administration(CLI::App& app, Context& context);  // user, target, ticket
void add_recordings(CLI::App& app, Context& context);
void add_policy(CLI::App& app, Context& context);
void add_alert(CLI::App& app, Context& context);
void add_audit(CLI::App& app, Context& context);
void add_requests(CLI::App& app, Context& context);
void add_live(CLI::App& app, Context& context);  // sessions, live
void add_directory(CLI::App& app, Context& context);
void add_doctor(CLI::App& app, Context& context);
void add_redact(CLI::App& app, Context& context);
void add_export(CLI::App& app, Context& context);
// The process that serve starts for an export; the exit status. `channel` is its end of a connection to serve.
int run_export_worker(int channel);
void add_key(CLI::App& app, Context& context);
void add_backup(CLI::App& app, Context& context);  // backup, restore
void add_roles(CLI::App& app, Context& context);  // role, group, token
void add_review(CLI::App& app, Context& context);
void add_original(CLI::App& app, Context& context);
// As for an export.
int run_original_worker(int channel);
void add_retention(CLI::App& app, Context& context);  // retention, hold
void add_verify(CLI::App& app, Context& context);

}  // namespace frostgate::cli
