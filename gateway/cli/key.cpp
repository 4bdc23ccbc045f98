// `frostgate key`: the key that wraps all others. Needs no serve, and none may run.
#include <iostream>

#include <nlohmann/json.hpp>

#include "gateway/cli/commands.h"
#include "gateway/serve/key_provider.h"
#include "gateway/serve/key_rotation.h"

namespace frostgate::cli {
namespace {

Result<void> rotate(Context& context, const std::filesystem::path& previous) {
  const config::Config config = TRY(config::load(context.config_file));
  serve::KeyRotation done;
  if (previous.empty()) {
    done = TRY(serve::rotate_key(config));
  } else {
    const config::Config earlier = TRY(config::load(previous));
    done = TRY(serve::move_key(earlier, config));
  }
  if (context.json) {
    std::cout << nlohmann::json{{"before", done.before}, {"after", done.after}, {"rewrapped", done.rewrapped}}.dump(2) << '\n';
    return {};
  }
  std::cout << "key " << done.after << " takes the place of " << done.before << ": " << done.rewrapped << " keys and passwords are wrapped by it\n"
            << "Keep a copy of the " << serve::place_of_key(config) << " where you can. Backups from before need the old one.\n";
  return {};
}

Result<void> make_key_file(const std::filesystem::path& file) {
  storage::FileSystem& files = storage::real_file_system();
  if (files.status(file)) return Error{ErrorKind::exists, file.string() + " is there already"};
  TRY(storage::KeyEncryptionKey::load_or_create(files, file));
  return {};
}

}  // namespace

void add_key(CLI::App& app, Context& context) {
  CLI::App* key = app.add_subcommand("key", "The key-encryption key")->require_subcommand(1);
  CLI::App* rotates = key->add_subcommand("rotate", "Makes another one and wraps all keys by it; recordings stay as they are");
  auto previous = std::make_shared<std::filesystem::path>();
  rotates->add_option("--previous", *previous, "A configuration that says where the key was, when this one says that it is elsewhere now");
  rotates->callback([&context, previous] { context.finish(rotate(context, *previous)); });
  add_config_option(*rotates, context);
  CLI::App* makes = key->add_subcommand("make", "Makes a key in a new file, to be given to systemd-creds");
  auto file = std::make_shared<std::filesystem::path>();
  makes->add_option("file", *file)->required();
  makes->callback([&context, file] { context.finish(make_key_file(*file)); });
}

}  // namespace frostgate::cli
