// `frostgate backup` and `frostgate restore`. Neither talks to serve; only the first works beside one.
#include <iostream>

#include <nlohmann/json.hpp>

#include "gateway/backup/backup.h"
#include "gateway/backup/restore.h"
#include "gateway/cli/commands.h"
#include "gateway/serve/key_provider.h"
#include "gateway/serve/core.h"

namespace frostgate::cli {
namespace {

Result<void> back_up(Context& context, const std::filesystem::path& folder) {
  const config::Config config = TRY(config::load(context.config_file));
  const backup::Backup made = TRY(backup::write_backup(config, context.config_file, folder, serve::host_name(), serve::utc_now()));
  if (context.json) {
    std::cout << nlohmann::json{{"folder", folder.string()}, {"files", made.files}, {"bytes", made.bytes}, {"ledger_entries", made.entries}}.dump(2) << '\n';
    return {};
  }
  std::cout << folder.string() << ": the catalog and " << made.files - 1 << " files, " << made.bytes << " bytes, with " << made.entries << " entries in the ledger\n"
            << "It opens with the " << serve::place_of_key(config) << " alone: keep a copy of that somewhere else, and one of the vault (" << config.vault_dir().string() << ").\n"
            << "What is deleted from now on could be opened with this backup and a copy of the vault: keep it no longer than you must.\n";
  return {};
}

nlohmann::json texts(const std::vector<std::filesystem::path>& paths) {
  nlohmann::json out = nlohmann::json::array();
  for (const auto& path : paths) out.push_back(path.string());
  return out;
}

Result<void> bring_back(Context& context, backup::Restore& wanted) {
  wanted.config_file = context.config_file;
  wanted.node = serve::host_name();
  const backup::Restored done = TRY(backup::restore(wanted, serve::utc_now()));
  if (context.json) {
    std::cout << nlohmann::json{{"backup_made", serve::to_text(done.made)}, {"ledger_entries", done.entries}, {"files", texts(done.files)},
                                {"deleted_since", done.deleted}, {"problems", done.problems}}.dump(2) << '\n';
  } else {
    for (const auto& file : done.files) std::cout << "restored " << file.string() << '\n';
    for (const auto& recording : done.deleted) std::cout << "deleted  " << recording << ": its tombstone says so\n";
    for (const auto& problem : done.problems) std::cout << "PROBLEM  " << problem << '\n';
    std::cout << "The catalog is that of " << serve::to_text(done.made) << ". Users, roles and targets are as they were then: look whom you have to disable again.\n"
              << "Tickets, API tokens, sign-ins and approvals are void. Start serve, which takes over newer films from the vault, then run `frostgate verify --all`.\n";
  }
  if (!done.problems.empty()) context.exit_status = kExitDegraded;
  return {};
}

}  // namespace

void add_backup(CLI::App& app, Context& context) {
  CLI::App* backs_up = app.add_subcommand("backup", "Copies catalog, keys (wrapped) and configuration to a folder, sealed by the key-encryption key; not the films");
  auto folder = std::make_shared<std::filesystem::path>();
  backs_up->add_option("--output", *folder, "A new or empty folder")->required();
  add_config_option(*backs_up, context);
  backs_up->callback([&context, folder] { context.finish(back_up(context, *folder)); });

  CLI::App* restores = app.add_subcommand("restore", "Puts a backup back, beside the vault that is there; while serve does not run");
  auto wanted = std::make_shared<backup::Restore>();
  restores->add_option("backup", wanted->folder, "The backup's folder")->required();
  auto* key_file = restores->add_option("--key-file", wanted->key_file, "Your copy of the key-encryption key");
  auto* key_config = restores->add_option("--key-config", wanted->key_config, "Or a configuration that says in which token or credential it is")->excludes(key_file);
  restores->add_flag("--replace", wanted->replace, "Throw away the catalog and the files that are there");
  add_config_option(*restores, context);
  restores->callback([&context, wanted, key_file, key_config] {
    if (key_file->empty() && key_config->empty()) return context.fail({ErrorKind::invalid, "give --key-file or --key-config"}, kExitUsage);
    context.finish(bring_back(context, *wanted));
  });
}

}  // namespace frostgate::cli
