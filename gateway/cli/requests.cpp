// frostgate request: what nobody may do alone.
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>

#include "gateway/cli/commands.h"
#include "gateway/cli/control.h"
#include "gateway/cli/original.h"
#include "gateway/cli/secret_input.h"
#include "gateway/export/time_point.h"

namespace frostgate::cli {
namespace {

using nlohmann::json;

struct RequestsOptions {
  std::string id, as, comment, state, requester, kind = "start", user, target, recording, reason, ticket, from, to, area;
  int password_fd = STDIN_FILENO;
  std::string code;
  bool unreviewed = false;
};

std::string span_text(std::int64_t from_us, std::int64_t to_us) {
  char text[64];
  std::snprintf(text, sizeof text, "from %.3f to %.3f s", static_cast<double>(from_us) / 1e6, static_cast<double>(to_us) / 1e6);
  return text;
}

std::string line_of(const json& request) {
  std::string line = request["id"].get<std::string>() + "  " + request["state"].get<std::string>() + "  " + request["kind"].get<std::string>() + "  " +
                     request["requester"].get<std::string>() + (request["asked_by"].get<std::string>().empty() ? "" : " (asked for by " + request["asked_by"].get<std::string>() + ")") + " -> " + request["target"].get<std::string>();
  const auto approving = std::count_if(request["votes"].begin(), request["votes"].end(), [](const json& vote) { return vote["approves"].get<bool>(); });
  line += "  " + std::to_string(approving) + " of " + std::to_string(request["needed"].get<int>());
  if (request["to_us"].get<std::int64_t>() > 0) line += "  " + span_text(request["from_us"].get<std::int64_t>(), request["to_us"].get<std::int64_t>());
  if (!request["area"].is_null()) line += "  region " + request["area"].dump();
  if (request["emergency"].get<bool>()) line += request["reviewed"].is_null() ? "  EMERGENCY, not reviewed" : "  emergency, reviewed";
  if (!request["ticket"].get<std::string>().empty()) line += "  " + request["ticket"].get<std::string>();
  if (!request["reason"].get<std::string>().empty()) line += "  \"" + request["reason"].get<std::string>() + "\"";
  return line;
}

void print(const Context& context, const json& request) {
  if (context.json) std::cout << request.dump(2) << '\n';
  else std::cout << line_of(request) << '\n';
}

Result<void> list(Context& context, const RequestsOptions& options) {
  const auto control = TRY(Control::connect(context.config_file));
  json question{{"type", "request.list"}, {"limit", 200}};
  if (!options.state.empty()) question["state"] = options.state;
  if (!options.requester.empty()) question["requester"] = options.requester;
  if (options.unreviewed) question["unreviewed"] = 1;
  const auto answer = TRY(control->ask(question));
  const json& requests = answer.body["requests"];
  if (context.json) {
    std::cout << requests.dump(2) << '\n';
    return {};
  }
  if (requests.empty()) std::cout << "No requests.\n";
  for (const json& request : requests) std::cout << line_of(request) << '\n';
  return {};
}

Result<void> ask(Context& context, json question) {
  const auto control = TRY(Control::connect(context.config_file));
  const auto answer = TRY(control->ask(std::move(question)));
  print(context, answer.body["request"]);
  return {};
}

// A span is counted from the recording's start.
Result<void> add_span(Context& context, const RequestsOptions& options, json& question) {
  if (options.from.empty() != options.to.empty()) return Error{ErrorKind::invalid, "--from and --to go together"};
  if (!options.area.empty()) question["area"] = TRY(area_json(options.area));
  if (options.to.empty()) return {};
  const auto control = TRY(Control::connect(context.config_file));
  const auto shown = TRY(control->ask({{"type", "recordings.show"}, {"id", options.recording}}));
  const UtcTime started(Microseconds(shown.body["recording"]["started_us"].get<std::int64_t>()));
  question["from_us"] = TRY(exporting::time_in_recording(options.from, started)).count();
  question["to_us"] = TRY(exporting::time_in_recording(options.to, started)).count();
  return {};
}

Result<void> add_proof(const RequestsOptions& options, json& question) {
  const Secret password = TRY(read_secret(options.password_fd, "Password of " + options.as));
  question["as"] = options.as;
  question["password"] = password.text();
  question["code"] = options.code;
  return {};
}

Result<void> create_request(Context& context, const RequestsOptions& options) {
  json question{{"type", "request.create"}, {"kind", options.kind}, {"user", options.user}, {"target", options.target},
                {"recording", options.recording}, {"reason", options.reason}, {"ticket", options.ticket}};
  TRY(add_span(context, options, question));
  if (options.as.empty()) return ask(context, std::move(question));
  TRY(add_proof(options, question));
  return ask(context, std::move(question));
}

// As somebody who proves to be it.
Result<void> ask_as(Context& context, const RequestsOptions& options, json question) {
  question["id"] = options.id;
  question["comment"] = options.comment;
  TRY(add_proof(options, question));
  return ask(context, std::move(question));
}

}  // namespace

void add_requests(CLI::App& app, Context& context) {
  CLI::App* request = app.add_subcommand("request", "What the policy lets nobody do alone: requests and approvals")->require_subcommand(1);
  auto options = std::make_shared<RequestsOptions>();
  const auto command = [&](const char* name, const char* what, std::function<Result<void>()> run) {
    CLI::App* added = request->add_subcommand(name, what);
    added->callback([&context, run = std::move(run)] { context.finish(run()); });
    add_config_option(*added, context);
    return added;
  };
  CLI::App* lists = command("list", "Lists requests, newest first", [&context, options] { return list(context, *options); });
  lists->add_option("--state", options->state, "requested, approved, refused, expired, cancelled, used or revoked");
  lists->add_option("--user", options->requester, "Of this user");
  lists->add_flag("--unreviewed", options->unreviewed, "Emergencies that nobody has signed yet");
  CLI::App* show = command("show", "Shows one", [&context, options] { return ask(context, {{"type", "request.show"}, {"id", options->id}}); });
  CLI::App* create = command("create", "Asks for something before it is needed", [&context, options] { return create_request(context, *options); });
  create->add_option("--kind", options->kind, "start, pause, stop, join, watch, watch-original, export or delete-early")->capture_default_str();
  CLI::Option* user = create->add_option("--user", options->user, "For whom: noted as asked for by you in their name (without it and --as: for you, the administrator of this machine)");
  create->add_option("--as", options->as, "For whom, who proves it: their password is read from standard input")->excludes(user);
  create->add_option("--target", options->target, "For start: the machine");
  create->add_option("--recording", options->recording, "For the others: the recording, or the running session");
  create->add_option("--from", options->from, "Of the recording, from here on only: as for export");
  create->add_option("--to", options->to, "And up to here");
  create->add_option("--region", options->area, "For watch-original, X,Y,WIDTH,HEIGHT: this part of the screen only");
  create->add_option("--reason", options->reason);
  create->add_option("--ticket", options->ticket);
  CLI::App* approve = command("approve", "Approves; the approver's password is read from standard input",
                              [&context, options] { return ask_as(context, *options, {{"type", "request.decide"}, {"approve", 1}}); });
  CLI::App* refuse = command("refuse", "Refuses", [&context, options] { return ask_as(context, *options, {{"type", "request.decide"}, {"approve", 0}}); });
  CLI::App* review = command("review", "Signs for an emergency, with --comment for what was found",
                             [&context, options] { return ask_as(context, *options, {{"type", "request.review"}}); });
  CLI::App* cancel = command("cancel", "Takes a request back", [&context, options] {
    return ask(context, {{"type", "request.cancel"}, {"id", options->id}, {"comment", options->comment}});
  });
  CLI::App* revoke = command("revoke", "Takes an approval back: sessions that began with it end", [&context, options] {
    return ask(context, {{"type", "request.revoke"}, {"id", options->id}, {"comment", options->comment}});
  });
  for (CLI::App* one : {show, approve, refuse, review, cancel, revoke}) one->add_option("id", options->id)->required();
  for (CLI::App* one : {approve, refuse, review, cancel, revoke}) one->add_option("--comment", options->comment);
  for (CLI::App* one : {approve, refuse, review}) one->add_option("--as", options->as, "Who decides: has the role approver there, and is named by the rule")->required();
  for (CLI::App* one : {create, approve, refuse, review}) {
    one->add_option("--code", options->code, "Of the second factor, for who has one");
    one->add_option("--password-fd", options->password_fd, "Read the password from this descriptor instead");
  }
}

}  // namespace frostgate::cli
