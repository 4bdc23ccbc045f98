// `frostgate verify`: whether what is stored is what was published. Needs the configuration and read access, no serve.
#include <iostream>

#include <nlohmann/json.hpp>

#include "gateway/cli/commands.h"
#include "gateway/config/config.h"
#include "gateway/evidence/trusted_signers.h"
#include "gateway/evidence/verification.h"
#include "gateway/serve/catalog_access.h"
#include "gateway/serve/key_provider.h"

namespace frostgate::cli {
namespace {

namespace fs = std::filesystem;

struct VerifyOptions {
  std::string id;
  bool all = false;
  std::vector<fs::path> heads;
};

Result<std::vector<std::byte>> whole(const fs::path& path) { return storage::real_file_system().read_whole(path, std::uint64_t{16} << 20); }

Result<std::string> text_of(const fs::path& path) {
  const auto bytes = TRY(whole(path));
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

Result<evidence::SignedHead> read_head(const fs::path& path) {
  fs::path signature = path;
  signature.replace_extension(".p7s");
  evidence::SignedHead head;
  head.text = TRY(whole(path));
  head.signature = TRY(whole(signature));
  return head;
}

nlohmann::json listed(const std::vector<evidence::Problem>& problems) {
  nlohmann::json out = nlohmann::json::array();
  for (const auto& problem : problems) out.push_back({{"where", problem.where}, {"problem", problem.sentence}});
  return out;
}

void print(Context& context, const evidence::Verification& found, bool all) {
  if (context.json) {
    std::cout << nlohmann::json{{"recordings", found.recordings}, {"films", found.films}, {"ledger_entries", found.ledger_entries},
                                {"problems", listed(found.problems)}, {"losses", listed(found.losses)}, {"notes", listed(found.notes)}}.dump(2) << '\n';
    return;
  }
  for (const auto& note : found.notes) std::cout << "  NOTE     " << note.where << ": " << note.sentence << '\n';
  for (const auto& loss : found.losses) std::cout << "  LOST     " << loss.where << ": " << loss.sentence << '\n';
  for (const auto& problem : found.problems) std::cout << "  PROBLEM  " << problem.where << ": " << problem.sentence << '\n';
  if (all) {
    std::cout << found.recordings << " recordings, " << found.films << " films, " << found.ledger_entries << " entries in the ledger: ";
  }
  if (!found.problems.empty()) std::cout << found.problems.size() << (found.problems.size() == 1 ? " problem" : " problems");
  else std::cout << (found.losses.empty() ? "nothing is missing, nothing was changed" : "nothing was changed");
  if (!found.losses.empty()) std::cout << "; " << found.losses.size() << (found.losses.size() == 1 ? " film is" : " films are") << " lost with a catalog that was given up";
  std::cout << '\n';
}

Result<void> verify(Context& context, const VerifyOptions& options) {
  const config::Config config = TRY(config::load(context.config_file));
  storage::FileSystem& files = storage::real_file_system();
  // Opening would make what is not there.
  TRY(files.status(config.vault_dir()));
  const auto catalog = TRY(serve::open_existing_catalog(config));
  auto objects = TRY(serve::open_objects(config, *catalog));
  const auto kek = serve::load_key(config);
  evidence::Holdings holdings{*catalog, objects, kek ? &kek.value() : nullptr, TRY(evidence::trusted_signers(config.signing_certificate(), config.evidence.earlier_certificates)), "", config.evidence.head_directory};
  if (!config.evidence.timestamp_certificates.empty()) holdings.timestamp_certificates = TRY(text_of(config.evidence.timestamp_certificates));
  evidence::Verification found;
  if (options.all) {
    std::vector<evidence::SignedHead> heads;
    for (const fs::path& file : options.heads) heads.push_back(TRY(read_head(file)));
    found = evidence::verify_everything(holdings, heads);
  } else {
    found.problems = evidence::verify_recording(holdings, options.id);
    found.recordings = 1;
  }
  if (!kek) found.problems.push_back({"keys", "the key file cannot be used, so sealed films were compared, but not opened: " + kek.error().message});
  print(context, found, options.all);
  if (!found.problems.empty()) context.exit_status = kExitFailed;
  else if (!found.losses.empty()) context.exit_status = kExitDegraded;
  return {};
}

}  // namespace

void add_verify(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("verify", "Checks that films, manifests and the ledger are as they were published");
  auto options = std::make_shared<VerifyOptions>();
  auto* id = command->add_option("id", options->id, "The recording");
  auto* all = command->add_flag("--all", options->all, "Every recording, and the ledger");
  command->add_option("--head", options->heads, "With --all: a signed head of the ledger (.json, its .p7s beside it) that was kept elsewhere; those in evidence.head_directory are compared without being named")->needs(all);
  id->excludes(all);
  add_config_option(*command, context);
  command->callback([&context, options] {
    if (options->id.empty() && !options->all) return context.fail({ErrorKind::invalid, "give a recording's ID, or --all"}, kExitUsage);
    context.finish(verify(context, *options));
  });
}

}  // namespace frostgate::cli
