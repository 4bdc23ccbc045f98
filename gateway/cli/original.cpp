// `frostgate original`: what is kept for custodians, handed to them and opened by them.
#include "gateway/cli/original.h"

#include <signal.h>
#include <sys/stat.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>

#include "gateway/cli/bundle_maker.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/control.h"
#include "gateway/cli/original_opening.h"
#include "gateway/cli/progress.h"
#include "gateway/export/time_point.h"
#include "storage/custody/shares.h"
#include "storage/file_system.h"

namespace frostgate::cli {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

std::atomic<bool> opening_cancelled = false;

struct OriginalOptions {
  std::string id, from, to, area, reason;
  std::vector<fs::path> shares;
  fs::path output;
};

Result<std::vector<std::byte>> enclosed_bytes(const json& share) {
  const std::string hex = share.at("enclosed").get<std::string>();
  std::vector<std::byte> out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) out.push_back(static_cast<std::byte>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  if (out.empty()) return Error{ErrorKind::corrupt, "serve sent an empty share"};
  return out;
}

Result<void> write_share(const fs::path& file, std::span<const std::byte> bytes) {
  const auto written = TRY(storage::real_file_system().create(file));
  TRY(written->append(bytes));
  return written->sync();
}

// One file for each custodian, and what they do with it.
Result<void> hand_out(Context& context, const OriginalOptions& options) {
  const auto control = TRY(Control::connect(context.config_file));
  const auto answer = TRY(control->ask({{"type", "original.shares"}, {"id", options.id}}));
  TRY(storage::real_file_system().make_directories(options.output));
  json listing = json::array();
  int number = 0;
  for (const json& share : answer.body["shares"]) {
    const fs::path file = options.output / (options.id + ".share-" + std::to_string(++number) + ".cms");
    const auto bytes = TRY(enclosed_bytes(share));
    TRY(write_share(file, bytes));
    listing.push_back({{"file", file.string()}, {"custodian", share["subject"]}, {"fingerprint", share["fingerprint"]}});
    if (context.json) continue;
    std::cout << file.string() << "  for " << share["subject"].get<std::string>() << ", who opens it with\n"
              << "    openssl cms -decrypt -inform DER -in " << file.filename().string() << " -recip CERTIFICATE.pem -inkey KEY.pem -out share-" << number << '\n';
  }
  if (context.json) std::cout << json{{"threshold", answer.body["threshold"]}, {"shares", std::move(listing)}}.dump(2) << '\n';
  else std::cout << answer.body["threshold"].get<int>() << " of these shares open the original: frostgate original open " << options.id << " --share share-1 ...\n";
  return {};
}

Result<std::vector<Secret>> read_shares(const std::vector<fs::path>& files) {
  std::vector<Secret> shares;
  for (const fs::path& file : files) {
    auto bytes = storage::real_file_system().read_whole(file, storage::kMaxShareBytes);
    if (!bytes && bytes.error().kind == ErrorKind::invalid) return Error{ErrorKind::invalid, file.string() + " is too large to be a share: is it still enclosed?"};
    if (!bytes) return bytes.error();
    shares.emplace_back(std::span<const std::byte>(bytes.value()));
    wipe_memory(bytes.value().data(), bytes.value().size());
  }
  return shares;
}

Result<OpeningTask> task_to_open(Control& control, const OriginalOptions& options) {
  const auto shown = TRY(control.ask({{"type", "original.shares"}, {"id", options.id}}));
  const UtcTime started(Microseconds(TRY(shown.number("started_us", 0, std::int64_t{1} << 60))));
  OpeningTask out;
  out.id = options.id;
  out.from = TRY(exporting::time_in_recording(options.from, started));
  out.to = TRY(exporting::time_in_recording(options.to, started));
  if (!options.area.empty()) out.area = TRY(area_from(options.area));
  out.reason = options.reason;
  return out;
}

Result<OpenedOriginal> opened_by_serve(const Context& context, const OriginalOptions& options) {
  std::vector<Secret> shares = TRY(read_shares(options.shares));
  const auto control = TRY(Control::connect(context.config_file));
  OpeningTask task = TRY(task_to_open(*control, options));
  task.shares = std::move(shares);
  return open_original(*control, task);
}

Result<void> film_original(Context& context, const OriginalOptions& options) {
  std::error_code ignored;
  if (fs::exists(options.output, ignored)) return Error{ErrorKind::exists, options.output.string() + " is there already"};
  OpenedOriginal opened = TRY(opened_by_serve(context, options));
  umask(077);
  ProgressLine progress("opening the original");
  opened.wish.output = options.output;
  opened.wish.progress = [&](double done) {
    progress.update(done);
    return !opening_cancelled;
  };
  storage::DirectoryJournalSource journal(storage::real_file_system(), opened.journal);
  const original::OriginalFacts facts = TRY(original::write_original(journal, opened.consent, opened.wish));
  progress.finish();
  if (!facts.damage.empty()) {
    std::cerr << "frostgate: the journal stops within the span: " << facts.damage << '\n';
    context.exit_status = kExitDegraded;
  }
  if (context.json) {
    std::cout << json{{"film", options.output.string()}, {"from_us", facts.from.count()}, {"to_us", facts.to.count()}, {"pictures", facts.pictures},
                      {"approval", opened.approval}}.dump(2) << '\n';
  } else {
    std::cout << options.output.string() << ": " << clock_of(opened.started + facts.from) << " to " << clock_of(opened.started + facts.to)
              << ", unredacted. Who has it has what the film covers.\n";
  }
  return {};
}

}  // namespace

Result<Rect> area_from(const std::string& text) {
  Rect area;
  int end = 0;
  const int read = std::sscanf(text.c_str(), "%5d,%5d,%5d,%5d%n", &area.x, &area.y, &area.width, &area.height, &end);
  if (read == 4 && static_cast<std::size_t>(end) == text.size() && area.x >= 0 && area.y >= 0 && !area.empty()) return area;
  return Error{ErrorKind::invalid, "the region is \"" + text + "\"; expected X,Y,WIDTH,HEIGHT in pixels"};
}

Result<json> area_json(const std::string& text) {
  const Rect area = TRY(area_from(text));
  return json{area.x, area.y, area.width, area.height};
}

void add_original(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("original", "Originals that are kept for custodians")->require_subcommand(1);
  auto options = std::make_shared<OriginalOptions>();
  CLI::App* shares = command->add_subcommand("shares", "Writes each custodian's share, which that custodian alone can open");
  shares->add_option("id", options->id, "The recording")->required();
  shares->add_option("--output", options->output, "The folder to write them to; made when missing")->required();
  add_config_option(*shares, context);
  shares->callback([&context, options] { context.finish(hand_out(context, *options)); });
  CLI::App* open = command->add_subcommand("open", "Makes a watermarked film of what was really on the screen, from shares that custodians have opened; needs an approval");
  open->add_option("id", options->id, "The recording")->required();
  open->add_option("--from", options->from, "Its first moment: an offset (90, 1:30, 1:02:03.5) or UTC (2026-01-31T23:59:59Z)")->required();
  open->add_option("--to", options->to, "The moment after its last")->required();
  open->add_option("--region", options->area, "X,Y,WIDTH,HEIGHT: this part of the screen only");
  open->add_option("--share", options->shares, "A share as its custodian has opened it; as many as are needed")->required();
  open->add_option("--reason", options->reason, "Why; it stands in every picture and in the audit log")->required();
  open->add_option("--output", options->output, "The MP4 to write")->required();
  add_config_option(*open, context);
  open->callback([&context, options] {
    for (const int ending : {SIGINT, SIGTERM}) signal(ending, [](int) { opening_cancelled = true; });
    context.finish(film_original(context, *options));
  });
}

}  // namespace frostgate::cli
