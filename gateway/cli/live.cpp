#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <memory>

#include "gateway/base/descriptor.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/control.h"

namespace frostgate::cli {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxPieces = std::size_t{512} << 20;

volatile sig_atomic_t interrupted = 0;

struct LiveOptions {
  std::string id;
  std::string output, break_glass;
};

Result<void> list(Context& context) {
  const auto control = TRY(Control::connect(context.config_file));
  const auto answer = TRY(control->ask({{"type", "sessions.list"}}));
  const json& rows = answer.body["sessions"];
  if (context.json) {
    std::cout << rows.dump(2) << '\n';
    return {};
  }
  if (rows.empty()) std::cout << "No session is running.\n";
  for (const json& row : rows) {
    std::printf("%-25s  %-12s %-12s %s→%s  from %s  %7.0f s  %s\n", row["id"].get<std::string>().c_str(),
                row["user"].get<std::string>().c_str(), row["target"].get<std::string>().c_str(),
                row["front"].get<std::string>().c_str(), row["back"].get<std::string>().c_str(),
                row["peer"].get<std::string>().c_str(), row["running_seconds"].get<double>(),
                row["live"].get<bool>() ? "live" : "not followed");
  }
  return {};
}

Result<Descriptor> open_output(const std::string& path) {
  if (path == "-") {
    if (isatty(STDOUT_FILENO)) return Error{ErrorKind::invalid, "standard output is a terminal; pipe it into a player, for example mpv -"};
    return Descriptor(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
  }
  Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file.valid()) return Error{ErrorKind::io, path + ": " + strerror(errno)};
  return file;
}

Result<void> write_all(const Descriptor& out, const std::vector<std::byte>& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t n = write(out.fd(), bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR && !interrupted) continue;
    if (n < 0) return Error{ErrorKind::io, std::string("the output: ") + strerror(errno)};
    done += static_cast<std::size_t>(n);
  }
  return {};
}

// On standard error: one line that is drawn over on a terminal, one for each piece with --json.
void show_status(const Context& context, const json& piece) {
  if (piece[0].get<bool>()) return;
  const double end = static_cast<double>(piece[2].get<std::int64_t>()) / 1e6;
  const double behind = static_cast<double>(piece[3].get<std::int64_t>()) / 1e6;
  if (context.json) std::fprintf(stderr, "%s\n", json{{"session_seconds", end}, {"behind_seconds", behind}}.dump().c_str());
  else if (isatty(STDERR_FILENO)) std::fprintf(stderr, "\rlive  %02d:%02d:%02d  %.1f s behind ", static_cast<int>(end) / 3600,
                                               static_cast<int>(end) / 60 % 60, static_cast<int>(end) % 60, behind);
}

Result<void> live(Context& context, const LiveOptions& options) {
  const auto control = TRY(Control::connect(context.config_file));
  json question{{"type", "live.watch"}, {"id", options.id}};
  if (!options.break_glass.empty()) question["break_glass"] = options.break_glass;
  const auto watch = TRY(control->ask(question));
  const auto watcher = TRY(watch.number("watcher", 1, std::int64_t{1} << 50));
  const Descriptor out = TRY(open_output(options.output));
  struct sigaction stop {};
  stop.sa_handler = [](int) { interrupted = 1; };
  sigaction(SIGINT, &stop, nullptr);
  sigaction(SIGTERM, &stop, nullptr);
  signal(SIGPIPE, SIG_IGN);
  for (bool over = false; !over && !interrupted;) {
    const auto next = TRY(control->ask({{"type", "live.next"}, {"watcher", watcher}}));
    if (next.descriptors.size() != 1) return Error{ErrorKind::corrupt, "serve sent no pieces"};
    const std::vector<std::byte> bytes = TRY(ipc::from_memory_file(next.descriptors[0], kMaxPieces));
    TRY(write_all(out, bytes));
    for (const json& piece : next.body["pieces"]) show_status(context, piece);
    over = next.body["over"].get<bool>();
  }
  if (!context.json && isatty(STDERR_FILENO)) std::fprintf(stderr, "\n");
  if (interrupted) TRY(control->ask({{"type", "live.leave"}, {"watcher", watcher}}));
  return {};
}

struct ControlOptions {
  std::string id, message, user;
};

bool by_approval(const std::string& type) { return type == "sessions.pause_recording" || type == "sessions.stop_recording"; }

Result<void> steer(Context& context, const ControlOptions& options, const char* type, const std::string& sentence) {
  const auto control = TRY(Control::connect(context.config_file));
  json request{{"type", type}, {"id", options.id}};
  if (std::string(type) == "sessions.end") request["message"] = options.message;
  if (by_approval(type)) request["user"] = options.user;
  auto answer = TRY(control->ask(request));
  answer.body.erase("type");
  if (context.json) std::cout << answer.body.dump(2) << '\n';
  else std::cout << sentence << '\n';
  return {};
}

void add_control(CLI::App& sessions, Context& context, const char* name, const char* help, const char* type, const char* sentence) {
  auto options = std::make_shared<ControlOptions>();
  CLI::App* command = sessions.add_subcommand(name, help);
  command->add_option("id", options->id, "As sessions list prints it")->required();
  if (std::string(type) == "sessions.end") command->add_option("--message", options->message, "What the user reads");
  if (by_approval(type)) command->add_option("--user", options->user, "Whose session it is, and who asked for it: frostgate request create --kind pause, or stop")->required();
  command->callback([&context, options, type, sentence] { context.finish(steer(context, *options, type, sentence)); });
  add_config_option(*command, context);
}

}  // namespace

void add_live(CLI::App& app, Context& context) {
  auto options = std::make_shared<LiveOptions>();
  CLI::App* sessions = app.add_subcommand("sessions", "Sessions that run now")->require_subcommand(1);
  CLI::App* lists = sessions->add_subcommand("list", "Lists them; those that are live can be watched");
  lists->callback([&context] { context.finish(list(context)); });
  add_control(*sessions, context, "end", "Ends one; its user reads the message", "sessions.end", "The session is being ended.");
  add_control(*sessions, context, "lock-input", "Lets its user look, but not type or click", "sessions.lock_input", "Input is locked.");
  add_control(*sessions, context, "unlock-input", "Lets its user type and click again", "sessions.unlock_input", "Input is unlocked.");
  add_control(*sessions, context, "pause-recording", "Records nothing for a while, by an approval; the film says so", "sessions.pause_recording", "The recording is being paused.");
  add_control(*sessions, context, "stop-recording", "Records nothing any more of a session that goes on, by an approval; the film says so", "sessions.stop_recording", "The recording is being stopped.");
  add_control(*sessions, context, "record-again", "Ends such a pause or stop", "sessions.record_again", "It is being recorded again.");
  CLI::App* watch = app.add_subcommand("live", "Watches a running session some seconds behind, strictly covered, until it ends or Ctrl-C");
  watch->add_option("id", options->id, "As sessions list prints it")->required();
  watch->add_option("--output", options->output, "A file, or - for a player: fragmented MP4")->required();
  add_break_glass_option(*watch, options->break_glass);
  watch->callback([&context, options] { context.finish(live(context, *options)); });
  for (CLI::App* command : {lists, watch}) add_config_option(*command, context);
}

}  // namespace frostgate::cli
