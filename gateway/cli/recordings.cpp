#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>

#include "codec/film_writer.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/control.h"
#include "gateway/cli/progress.h"
#include "gateway/cli/stored_film.h"
#include "storage/manifest/times.h"

namespace frostgate::cli {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxReportBytes = std::size_t{64} << 20;

struct RecordingsOptions {
  std::string id, user, target, rule, status, mask, text, since, until, reason, ticket;
  std::vector<std::string> tags;
  std::filesystem::path output;
  int limit = 50;
  std::string break_glass;
  bool parts = false;
};

// "2026-01-31", or with a time as in signed texts.
Result<std::int64_t> microseconds(const std::string& text) {
  const auto time = storage::utc_from_text(text.size() == 10 ? text + "T00:00:00.000000Z" : text);
  if (time) return std::int64_t{time->time_since_epoch().count()};
  return Error{ErrorKind::invalid, "\"" + text + "\" is no day like 2026-01-31 and no time like 2026-01-31T23:59:59.000000Z"};
}

Result<json> list_request(const RecordingsOptions& options) {
  json request{{"type", "recordings.list"}, {"limit", options.limit}, {"cursor", ""}};
  const std::pair<const char*, const std::string*> texts[] = {{"user", &options.user},     {"target", &options.target}, {"rule", &options.rule},
                                                              {"status", &options.status}, {"mask", &options.mask},     {"text", &options.text}};
  for (const auto& [name, value] : texts) {
    if (!value->empty()) request[name] = *value;
  }
  for (const std::string& tag : options.tags) {
    const std::size_t equal = tag.find('=');
    if (equal == std::string::npos) return Error{ErrorKind::invalid, "--tag wants NAME=VALUE, not \"" + tag + "\""};
    request["tags"][tag.substr(0, equal)] = tag.substr(equal + 1);
  }
  if (!options.since.empty()) request["since_us"] = TRY(microseconds(options.since));
  if (!options.until.empty()) request["until_us"] = TRY(microseconds(options.until));
  return request;
}

Result<void> list(Context& context, const RecordingsOptions& options) {
  const auto control = TRY(Control::connect(context.config_file));
  const json request = TRY(list_request(options));
  const auto answer = TRY(control->ask(request));
  const json& rows = answer.body["recordings"];
  if (context.json) {
    std::cout << rows.dump(2) << '\n';
    return {};
  }
  if (rows.empty()) std::cout << "No recordings.\n";
  for (const json& row : rows) {
    std::printf("%-25s  %-12s %-12s %s→%s  %6.1f s  %s%s", row["id"].get<std::string>().c_str(),
                row["user"].get<std::string>().c_str(), row["target"].get<std::string>().c_str(),
                row["front"].get<std::string>().c_str(), row["back"].get<std::string>().c_str(),
                row["duration_seconds"].get<double>(), row["status"].get<std::string>().c_str(),
                row["interrupted"].get<bool>() ? " (interrupted)" : "");
    if (row["status"] == "failed") std::printf(" (quarantined)");
    if (row["status"] == "redacting") std::printf(" %.0f %%", row["progress"].get<double>() * 100);
    std::printf("\n");
  }
  return {};
}

Result<json> full_record(Control& control, const std::string& id) {
  const auto answer = TRY(control.ask({{"type", "recordings.show"}, {"id", id}}));
  json record = answer.body["recording"];
  record["open"] = answer.body["open"];
  if (answer.descriptors.size() != 1) return Error{ErrorKind::corrupt, "serve sent no report"};
  const auto bytes = TRY(ipc::from_memory_file(answer.descriptors[0], kMaxReportBytes));
  const json reports = json::parse(reinterpret_cast<const char*>(bytes.data()),
                                   reinterpret_cast<const char*>(bytes.data()) + bytes.size(), nullptr, false);
  if (reports.is_object()) {
    if (reports.contains("redaction")) record["report"] = reports["redaction"];
    if (reports.contains("relay")) record["relay"] = reports["relay"];
  }
  return record;
}

void print_quarantine(const std::string& id, const json& report) {
  std::cout << "  failed    " << report.value("error", "the reason is not known") << "\n"
               "            Quarantined: nothing of it is published or handed out; its journal and keys are kept.\n"
               "            Look for " << id << " in the log of serve, mend the cause, then: frostgate recordings retry " << id << '\n';
}

void print_report(const json& report) {
  std::string reasons;
  for (const json& reason : report.value("reasons", json::array())) reasons += (reasons.empty() ? "" : ", ") + reason.get<std::string>();
  if (!reasons.empty()) std::cout << "  because   " << reasons << '\n';
  const auto by_rule = report.value("masks_by_rule", std::map<std::string, std::uint64_t>());
  std::cout << "  masked    ";
  if (by_rule.empty()) std::cout << "nothing";
  bool first = true;
  for (const auto& [rule, count] : by_rule) {
    std::cout << (first ? "" : ", ") << count << " × " << rule;
    first = false;
  }
  std::cout << '\n';
}

Result<void> show(Context& context, const RecordingsOptions& options) {
  const auto control = TRY(Control::connect(context.config_file));
  const json record = TRY(full_record(*control, options.id));
  if (context.json) {
    std::cout << record.dump(2) << '\n';
    return {};
  }
  const auto line = [&](const char* label, const std::string& value) {
    std::printf("  %-9s %s\n", label, value.c_str());
  };
  std::cout << record["id"].get<std::string>() << '\n';
  line("who", record["user"].get<std::string>() + " from " + record["peer"].get<std::string>());
  line("where", record["target"].get<std::string>() + " (" + record["front"].get<std::string>() + " → " +
                    record["back"].get<std::string>() + ")");
  line("when", record["started"].get<std::string>() + " to " +
                   (record["ended"].is_null() ? "now" : record["ended"].get<std::string>()));
  line("ended", record["end_reason"].get<std::string>());
  line("allowed", "rule \"" + record["rule"].get<std::string>() + "\" of policy " +
                      record["policy_digest"].get<std::string>().substr(0, 16));
  line("film", record["status"].get<std::string>() + ", " + std::to_string(record["width"].get<int>()) + "×" +
                   std::to_string(record["height"].get<int>()) + ", " +
                   std::to_string(record["duration_seconds"].get<double>()) + " s");
  if (record["status"] == "failed") print_quarantine(options.id, record.value("report", json::object()));
  else if (!record["open"].get<bool>()) line("masked", "is told to whoever may watch the film: frostgate request create --kind watch --recording " + options.id);
  else if (record.contains("report")) print_report(record["report"]);
  return {};
}

Result<void> retry(Context& context, const RecordingsOptions& options) {
  const auto control = TRY(Control::connect(context.config_file));
  const auto answer = TRY(control->ask({{"type", "recordings.retry"}, {"id", options.id}}));
  if (context.json) std::cout << json{{"id", answer.body["id"]}}.dump(2) << '\n';
  else std::cout << options.id << " is queued for redaction again.\n";
  return {};
}

Result<void> delete_early(Context& context, const RecordingsOptions& options) {
  const auto control = TRY(Control::connect(context.config_file));
  TRY(control->ask({{"type", "recordings.delete"}, {"id", options.id}, {"reason", options.reason}, {"ticket", options.ticket}}));
  if (context.json) std::cout << json{{"id", options.id}}.dump(2) << '\n';
  else std::cout << options.id << " is deleted.\n";
  return {};
}

Result<void> write_storyboard(Context& context, const RecordingsOptions& options) {
  const auto control = TRY(Control::connect(context.config_file));
  json question{{"type", "recordings.storyboard"}, {"id", options.id}};
  if (!options.break_glass.empty()) question["break_glass"] = options.break_glass;
  const auto answer = TRY(control->ask(question));
  std::error_code ignored;  // what cannot be made cannot be written to either
  std::filesystem::create_directories(options.output, ignored);
  json files = json::array();
  for (const json& row : answer.body["thumbnails"]) {
    const auto picture = TRY(control->ask({{"type", "recordings.thumbnail"}, {"id", options.id}, {"number", row["number"]}}));
    if (picture.descriptors.size() != 1) return Error{ErrorKind::corrupt, "serve sent no picture"};
    const auto jpeg = TRY(ipc::from_memory_file(picture.descriptors[0], kMaxReportBytes));
    char name[32];
    std::snprintf(name, sizeof name, "%09.1f.jpg", row["at_us"].get<double>() / 1e6);
    const std::filesystem::path file = options.output / name;
    std::ofstream out(file, std::ios::binary);
    out.write(reinterpret_cast<const char*>(jpeg.data()), static_cast<std::streamsize>(jpeg.size()));
    if (!out.flush()) return Error{ErrorKind::io, "cannot write " + file.string()};
    files.push_back(file.string());
  }
  if (context.json) std::cout << json{{"files", files}}.dump(2) << '\n';
  else std::cout << files.size() << " pictures in " << options.output.string() << ", by session time in seconds\n";
  return {};
}

Result<void> fetch(Context& context, const RecordingsOptions& options) {
  const std::shared_ptr<Control> control = TRY(Control::connect(context.config_file));
  const std::vector<codec::FilmPart> parts = TRY(stored_film(control, {options.id, std::nullopt, {}, options.break_glass}));
  ProgressLine progress("writing " + options.output.filename().string());
  const auto show_progress = [&](double done) {
    progress.update(done);
    return true;
  };
  std::vector<std::filesystem::path> files{options.output};
  if (options.parts) files = TRY(codec::write_parts(parts, options.output, show_progress));
  else TRY(codec::write_film(parts, options.output, show_progress));
  progress.finish();
  if (context.json) {
    json paths = json::array();
    for (const auto& file : files) paths.push_back(file.string());
    std::cout << json{{"files", paths}}.dump(2) << '\n';
  } else {
    for (const auto& file : files) std::cout << file.string() << '\n';
  }
  return {};
}

}  // namespace

void add_recordings(CLI::App& app, Context& context) {
  CLI::App* recordings = app.add_subcommand("recordings", "Recorded sessions and their films")->require_subcommand(1);
  auto options = std::make_shared<RecordingsOptions>();
  CLI::App* lists = recordings->add_subcommand("list", "Lists recordings, newest first");
  lists->add_option("--user", options->user, "Only this user's");
  lists->add_option("--target", options->target, "Only on this target");
  lists->add_option("--rule", options->rule, "Only what this rule of the policy allowed");
  lists->add_option("--status", options->status, "Only with this status");
  lists->add_option("--mask", options->mask, "Only whose film is open to you and where this rule of detection covered something");
  lists->add_option("--tag", options->tags, "Only with this tag of the target, NAME=VALUE; may be given again");
  lists->add_option("--text", options->text, "Only whose film is open to you and shows these words in one line; word* for what begins so");
  lists->add_option("--since", options->since, "Only begun on this day (UTC) or after");
  lists->add_option("--until", options->until, "Only begun before this day (UTC)");
  lists->add_option("--limit", options->limit, "At most so many")->check(CLI::Range(1, 500))->capture_default_str();
  lists->callback([&context, options] { context.finish(list(context, *options)); });
  CLI::App* shows = recordings->add_subcommand("show", "Who, where, when, and what was masked");
  shows->add_option("id", options->id)->required();
  shows->callback([&context, options] { context.finish(show(context, *options)); });
  CLI::App* fetches = recordings->add_subcommand("fetch", "Writes the redacted film as one MP4");
  fetches->add_option("id", options->id)->required();
  fetches->add_option("--output", options->output, "The MP4 to write")->required();
  fetches->add_flag("--parts", options->parts, "One file for each size the screen had, instead of one canvas");
  fetches->callback([&context, options] { context.finish(fetch(context, *options)); });
  CLI::App* storyboards = recordings->add_subcommand("storyboard", "Writes small pictures of the redacted film");
  storyboards->add_option("id", options->id)->required();
  storyboards->add_option("--output", options->output, "The folder to write them to")->required();
  storyboards->callback([&context, options] { context.finish(write_storyboard(context, *options)); });
  CLI::App* retries = recordings->add_subcommand("retry", "Redacts a recording again whose redaction failed");
  retries->add_option("id", options->id)->required();
  retries->callback([&context, options] { context.finish(retry(context, *options)); });
  for (CLI::App* command : {fetches, storyboards}) add_break_glass_option(*command, options->break_glass);
  CLI::App* deletes = recordings->add_subcommand("delete", "Deletes a recording before its retention is over, where its rule has a gate for that");
  deletes->add_option("id", options->id)->required();
  deletes->add_option("--reason", options->reason, "Kept in the tombstone")->required();
  deletes->add_option("--ticket", options->ticket);
  deletes->callback([&context, options] { context.finish(delete_early(context, *options)); });
  for (CLI::App* command : {lists, shows, fetches, storyboards, retries, deletes}) add_config_option(*command, context);
}

}  // namespace frostgate::cli
