#include <iostream>
#include <memory>

#include "gateway/cli/commands.h"
#include "gateway/cli/control.h"

namespace frostgate::cli {
namespace {

using nlohmann::json;

struct RolesOptions {
  std::string role, user, group, scope = "*", id, name;
  std::vector<std::string> roles;
  int days = 90;
};

// Asks, and prints the answer: for programs as it is, for people by `sentence`.
template <class Sentence>
Result<void> ask(Context& context, const json& request, Sentence sentence) {
  const auto control = TRY(Control::connect(context.config_file));
  auto answer = TRY(control->ask(request));
  answer.body.erase("type");
  if (context.json) std::cout << answer.body.dump(2) << '\n';
  else sentence(answer.body);
  return {};
}

Result<void> bind(Context& context, const RolesOptions& options) {
  if (options.user.empty() == options.group.empty()) return Error{ErrorKind::invalid, "name either --user or --group"};
  const bool user = options.group.empty();
  const std::string& subject = user ? options.user : options.group;
  return ask(context, {{"type", "role.bind"}, {"role", options.role}, {"subject_kind", user ? "user" : "group"}, {"subject", subject}, {"scope", options.scope}},
             [&](const json& answer) { std::cout << answer["id"].get<std::string>() << ": " << subject << " is " << options.role << " on " << options.scope << '\n'; });
}

void print_bindings(const json& answer) {
  if (answer["bindings"].empty()) std::cout << "No roles.\n";
  for (const json& row : answer["bindings"]) {
    std::cout << row["id"].get<std::string>() << "  " << row["role"].get<std::string>() << "  " << row["subject_kind"].get<std::string>() << ' '
              << row["subject"].get<std::string>() << "  on " << row["scope"].get<std::string>() << '\n';
  }
}

void print_groups(const json& answer) {
  if (answer["groups"].empty()) std::cout << "No groups.\n";
  for (const auto& [name, members] : answer["groups"].items()) {
    std::cout << name << ':';
    for (const json& member : members) std::cout << ' ' << member.get<std::string>();
    std::cout << '\n';
  }
}

void print_tokens(const json& answer) {
  if (answer["tokens"].empty()) std::cout << "No tokens.\n";
  for (const json& row : answer["tokens"]) {
    std::cout << row["id"].get<std::string>() << "  " << row["user"].get<std::string>() << "  " << row["name"].get<std::string>() << "  "
              << row["roles"].get<std::string>() << "  until " << row["expires"].get<std::string>() << '\n';
  }
}

Result<void> create_token(Context& context, const RolesOptions& options) {
  std::string roles;
  for (const std::string& role : options.roles) roles += (roles.empty() ? "" : " ") + role;
  return ask(context, {{"type", "token.create"}, {"user", options.user}, {"name", options.name}, {"roles", roles}, {"days", options.days}},
             [](const json& answer) { std::cout << answer["value"].get<std::string>() << '\n'; });
}

void add_role(CLI::App& app, Context& context, const std::shared_ptr<RolesOptions>& options) {
  CLI::App* role = app.add_subcommand("role", "Who may do what in the portal and the API, on which targets")->require_subcommand(1);
  CLI::App* binds = role->add_subcommand("bind", "Gives a user or a group a role");
  binds->add_option("role", options->role, "operator, approver, auditor, compliance or admin")->required();
  binds->add_option("--user", options->user, "The user who gets it");
  binds->add_option("--group", options->group, "Or the group");
  binds->add_option("--scope", options->scope, "On the targets whose tags match: \"env=prod and team=db or env=test\", \"target=lab-*\"")->capture_default_str();
  binds->callback([&context, options] { context.finish(bind(context, *options)); });
  CLI::App* unbinds = role->add_subcommand("unbind", "Takes a role back");
  unbinds->add_option("id", options->id, "As `role list` shows it")->required();
  unbinds->callback([&context, options] {
    context.finish(ask(context, {{"type", "role.unbind"}, {"id", options->id}}, [&](const json&) { std::cout << options->id << " was taken back\n"; }));
  });
  CLI::App* lists = role->add_subcommand("list", "Shows all roles that were given");
  lists->callback([&context] { context.finish(ask(context, {{"type", "role.list"}}, print_bindings)); });
  for (CLI::App* command : {binds, unbinds, lists}) add_config_option(*command, context);
}

void add_group(CLI::App& app, Context& context, const std::shared_ptr<RolesOptions>& options) {
  CLI::App* group = app.add_subcommand("group", "Groups of users")->require_subcommand(1);
  CLI::App* adds = group->add_subcommand("add", "Adds a user to a group, which need not exist");
  CLI::App* removes = group->add_subcommand("remove", "Takes a user out of a group");
  for (auto [command, type] : {std::pair(adds, "group.add"), std::pair(removes, "group.remove")}) {
    command->add_option("group", options->group)->required();
    command->add_option("user", options->user)->required();
    command->callback([&context, options, type = type] {
      context.finish(ask(context, {{"type", type}, {"group", options->group}, {"user", options->user}},
                         [&](const json&) { std::cout << options->group << ": " << options->user << '\n'; }));
    });
  }
  CLI::App* lists = group->add_subcommand("list", "Shows the groups with their members");
  lists->callback([&context] { context.finish(ask(context, {{"type", "group.list"}}, print_groups)); });
  for (CLI::App* command : {adds, removes, lists}) add_config_option(*command, context);
}

void add_token(CLI::App& app, Context& context, const std::shared_ptr<RolesOptions>& options) {
  CLI::App* token = app.add_subcommand("token", "API tokens for programs")->require_subcommand(1);
  CLI::App* creates = token->add_subcommand("create", "Prints a new token; it is shown this once");
  creates->add_option("--user", options->user, "Whose it is: it may do nothing that this user may not")->required();
  creates->add_option("--name", options->name, "What it is for")->required();
  creates->add_option("--role", options->roles, "Of the user's roles those that it has")->required();
  creates->add_option("--days", options->days, "How long it is worth something")->check(CLI::Range(1, 366))->capture_default_str();
  creates->callback([&context, options] { context.finish(create_token(context, *options)); });
  CLI::App* lists = token->add_subcommand("list", "Shows the tokens, without their values");
  lists->callback([&context] { context.finish(ask(context, {{"type", "token.list"}}, print_tokens)); });
  CLI::App* revokes = token->add_subcommand("revoke", "Makes a token worthless");
  revokes->add_option("id", options->id)->required();
  revokes->callback([&context, options] {
    context.finish(ask(context, {{"type", "token.revoke"}, {"id", options->id}}, [&](const json&) { std::cout << options->id << " was revoked\n"; }));
  });
  for (CLI::App* command : {creates, lists, revokes}) add_config_option(*command, context);
}

}  // namespace

void add_roles(CLI::App& app, Context& context) {
  auto options = std::make_shared<RolesOptions>();
  add_role(app, context, options);
  add_group(app, context, options);
  add_token(app, context, options);
}

}  // namespace frostgate::cli
