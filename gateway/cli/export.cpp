// `frostgate export`: a clip of a redacted film as a bundle that proves itself; and the process that serve starts for one that was asked for
// over HTTP.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <iostream>

#include "gateway/base/log.h"
#include "gateway/cli/bundle_maker.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/progress.h"

namespace frostgate::cli {
namespace {

using nlohmann::json;

constexpr auto kStartPatience = std::chrono::seconds(30);

std::atomic<bool> cancelled = false;

Result<void> export_clip(Context& context, const BundleWish& wish) {
  const std::shared_ptr<Control> control = TRY(Control::connect(context.config_file));
  ProgressLine progress("cutting the clip");
  const MadeBundle made = TRY(make_bundle(control, wish, [&](double done) {
    progress.update(done);
    return !cancelled;
  }));
  progress.finish();
  const codec::ClipFacts& clip = made.clip;
  if (context.json) {
    std::cout << json{{"bundle", wish.output.string()}, {"from_us", clip.from.count()}, {"to_us", clip.to.count()},
                      {"pictures_copied", clip.copied}, {"pictures_encoded", clip.encoded}, {"fingerprint", made.fingerprint}}.dump(2) << '\n';
  } else {
    std::cout << wish.output.string() << ": " << clock_of(made.started + clip.from) << " to " << clock_of(made.started + clip.to) << '\n';
  }
  return {};
}

std::string seconds_text(std::int64_t microseconds) {
  char text[40];
  std::snprintf(text, sizeof text, "%lld.%06lld", static_cast<long long>(microseconds / 1000000), static_cast<long long>(microseconds % 1000000));
  return text;
}

Result<BundleWish> task_of(ipc::Channel& channel) {
  const std::optional<ipc::Message> start = TRY(channel.receive(kStartPatience));
  if (!start || start->type() != "start") return Error{ErrorKind::timeout, "serve gave no task"};
  constexpr std::int64_t kMax = std::int64_t{1} << 50;
  BundleWish wish;
  wish.id = TRY(start->text("recording", 64));
  wish.from = seconds_text(TRY(start->number("from_us", 0, kMax)));
  wish.to = seconds_text(TRY(start->number("to_us", 0, kMax)));
  wish.reason = TRY(start->text("reason"));
  wish.burn_in = TRY(start->number("burn_in", 0, 1)) == 1;
  wish.output = TRY(start->text("output"));
  return wish;
}

Result<void> work(const std::shared_ptr<Control>& control) {
  const BundleWish wish = TRY(task_of(control->channel()));
  double told = 0;
  const auto progress = [&](double done) {
    if (done < told + 0.01) return true;
    told = done;
    return control->channel().send({{"type", "progress"}, {"done", std::clamp(done, 0.0, 1.0)}}).has_value();
  };
  TRY(make_bundle(control, wish, progress));
  return control->channel().send({{"type", "done"}});
}

}  // namespace

int run_export_worker(int channel) {
  const auto control = std::make_shared<Control>(Descriptor(channel));
  const Result<void> worked = work(control);
  if (worked) return 0;
  log::warning("-", "export: {}", worked.error().message);
  // When serve has gone nobody wants to know.
  static_cast<void>(control->channel().send({{"type", "failed"}, {"message", worked.error().message}}));
  return 1;
}

void add_export(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("export", "Cuts a clip out of a redacted film, as a signed bundle");
  auto options = std::make_shared<BundleWish>();
  command->add_option("id", options->id, "The recording")->required();
  command->add_option("--from", options->from, "Its first moment: an offset (90, 1:30, 1:02:03.5) or UTC (2026-01-31T23:59:59Z)")->required();
  command->add_option("--to", options->to, "The moment after its last")->required();
  command->add_option("--output", options->output, "The folder to make")->required();
  command->add_option("--reason", options->reason, "Why; it stands in the bundle and in the log")->required();
  command->add_flag("--burn-in", options->burn_in, "Draw UTC time and the recording's id into the pictures (all are encoded again)");
  add_break_glass_option(*command, options->break_glass);
  add_config_option(*command, context);
  command->callback([&context, options] {
    for (const int ending : {SIGINT, SIGTERM}) signal(ending, [](int) { cancelled = true; });
    context.finish(export_clip(context, *options));
  });
}

}  // namespace frostgate::cli
