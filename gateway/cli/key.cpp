// `frostgate key`: the key that wraps all others. Needs no serve, and none may run.
#include <iostream>

#include <nlohmann/json.hpp>

#include "gateway/cli/commands.h"
#include "gateway/serve/key_rotation.h"

namespace frostgate::cli {
namespace {

Result<void> rotate(Context& context) {
  const config::Config config = TRY(config::load(context.config_file));
  const serve::KeyRotation done = TRY(serve::rotate_key(config));
  if (context.json) {
    std::cout << nlohmann::json{{"before", done.before}, {"after", done.after}, {"rewrapped", done.rewrapped}}.dump(2) << '\n';
    return {};
  }
  std::cout << "key " << done.after << " takes the place of " << done.before << ": " << done.rewrapped << " keys and passwords are wrapped by it\n"
            << "Keep a copy of " << config.key_file().string() << " somewhere else. Backups from before need your copy of the old one.\n";
  return {};
}

}  // namespace

void add_key(CLI::App& app, Context& context) {
  CLI::App* key = app.add_subcommand("key", "The key-encryption key")->require_subcommand(1);
  CLI::App* rotates = key->add_subcommand("rotate", "Makes another one and wraps all keys by it; recordings stay as they are");
  rotates->callback([&context] { context.finish(rotate(context)); });
  add_config_option(*rotates, context);
}

}  // namespace frostgate::cli
