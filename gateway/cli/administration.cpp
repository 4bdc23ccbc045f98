#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <charconv>
#include <iostream>
#include <memory>
#include <optional>
#include <span>

#include "codec/base/secret.h"
#include "gateway/base/descriptor.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/control.h"
#include "gateway/cli/secret_input.h"
#include "gateway/ipc/channel.h"

namespace frostgate::cli {
namespace {

using nlohmann::json;

void print(const Context& context, json body, const std::string& sentence) {
  body.erase("type");
  if (context.json) std::cout << body.dump(2) << '\n';
  else std::cout << sentence << '\n';
}

struct UserOptions {
  std::string name;
  int password_fd = STDIN_FILENO;
  bool no_password = false;
};

Result<void> user_add(Context& context, const UserOptions& options) {
  const auto control = TRY(Control::connect(context.config_file));
  Secret password;
  if (!options.no_password) {
    password = TRY(read_secret(options.password_fd, "Password for " + options.name));
    if (password.empty()) {
      return Error{ErrorKind::invalid, "the password is empty; give one on standard input, or say --no-password"};
    }
  }
  const auto answer = TRY(control->ask(
      {{"type", "user.add"}, {"name", options.name}, {"password", password.text()}}));
  print(context, answer.body, "User " + options.name + " added.");
  return {};
}

Result<void> user_password(Context& context, const UserOptions& options) {
  const auto control = TRY(Control::connect(context.config_file));
  const Secret password = TRY(read_secret(options.password_fd, "New password for " + options.name));
  const auto answer = TRY(control->ask({{"type", "user.password"}, {"name", options.name}, {"password", password.text()}}));
  print(context, answer.body, "User " + options.name + " has another password.");
  return {};
}

Result<void> user_list(Context& context) {
  const auto control = TRY(Control::connect(context.config_file));
  const auto answer = TRY(control->ask({{"type", "user.list"}}));
  const json& users = answer.body["users"];
  if (context.json) {
    std::cout << users.dump(2) << '\n';
    return {};
  }
  if (users.empty()) std::cout << "No users yet; add one with: frostgate user add NAME\n";
  for (const json& user : users) {
    std::cout << user["name"].get<std::string>() << (user["disabled"].get<bool>() ? "  disabled" : "")
              << (user["password"].get<bool>() ? "" : "  tickets only") << '\n';
  }
  return {};
}

Result<void> simple(Context& context, const char* type, const std::string& name, const std::string& sentence) {
  const auto control = TRY(Control::connect(context.config_file));
  const auto answer = TRY(control->ask({{"type", type}, {"name", name}}));
  print(context, answer.body, sentence);
  return {};
}

struct TargetOptions {
  std::string name, protocol, address, user, domain, certificate, account = "shared", of;
  std::optional<std::string> new_user, new_domain;
  std::vector<std::string> tags;
  int credential_fd = STDIN_FILENO;
  bool no_credential = false, forget = false;
};

Result<json> target_request(const TargetOptions& options) {
  const std::size_t colon = options.address.rfind(':');
  int port = options.protocol == "rdp" ? 3389 : 5900;
  std::string host = options.address.substr(0, colon);
  if (colon != std::string::npos) {
    const char* end = options.address.data() + options.address.size();
    const auto [stop, failure] = std::from_chars(options.address.data() + colon + 1, end, port);
    if (failure != std::errc() || stop != end) {
      return Error{ErrorKind::invalid, "--address " + options.address + ": expected HOST or HOST:PORT"};
    }
  }
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  json tags = json::object();
  for (const std::string& tag : options.tags) {
    const std::size_t equals = tag.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Error{ErrorKind::invalid, "--tag " + tag + ": expected NAME=VALUE"};
    }
    tags[tag.substr(0, equals)] = tag.substr(equals + 1);
  }
  return json{{"type", "target.add"}, {"name", options.name}, {"protocol", options.protocol}, {"host", host},
              {"port", port}, {"account", options.account}, {"user", options.user}, {"domain", options.domain},
              {"certificate", options.certificate}, {"tags", std::move(tags)}};
}

Result<void> target_add(Context& context, const TargetOptions& options) {
  json request = TRY(target_request(options));
  const auto control = TRY(Control::connect(context.config_file));
  Secret credential;
  if (!options.no_credential && options.account == "shared") {
    credential = TRY(read_secret(options.credential_fd, "Password on " + options.name));
    if (credential.empty()) {
      return Error{ErrorKind::invalid, "the credential is empty; give one on standard input, or say --no-credential"};
    }
  }
  request["credential"] = credential.text();
  const auto answer = TRY(control->ask(std::move(request)));
  print(context, answer.body, "Target " + options.name + " added.");
  return {};
}

Result<void> target_credential(Context& context, const TargetOptions& options) {
  const auto control = TRY(Control::connect(context.config_file));
  if (options.forget) {
    const auto answer = TRY(control->ask({{"type", "target.forget_credential"}, {"name", options.name}, {"of", options.of}}));
    print(context, answer.body, options.of + " has no account of their own on " + options.name + " any more.");
    return {};
  }
  const Secret credential = TRY(read_secret(options.credential_fd, "Password " + (options.of.empty() ? "" : "of " + options.of + " ") + "on " + options.name));
  if (credential.empty()) return Error{ErrorKind::invalid, "the credential is empty; give one on standard input"};
  json request{{"type", "target.credential"}, {"name", options.name}, {"credential", credential.text()}};
  if (!options.of.empty()) request.update({{"of", options.of}, {"user", options.user}, {"domain", options.domain}});
  const auto answer = TRY(control->ask(std::move(request)));
  print(context, answer.body, options.of.empty() ? "Target " + options.name + " has another credential." : options.of + " has an account of their own on " + options.name + ".");
  return {};
}

Result<void> target_account(Context& context, const TargetOptions& options) {
  const auto control = TRY(Control::connect(context.config_file));
  json request{{"type", "target.account"}, {"name", options.name}, {"account", options.account}};
  if (options.new_user) request["user"] = *options.new_user;
  if (options.new_domain) request["domain"] = *options.new_domain;
  if (options.no_credential) request["credential"] = "";
  const auto answer = TRY(control->ask(std::move(request)));
  print(context, answer.body, "Sessions sign in to " + options.name + " with an account that is " + options.account + ".");
  return {};
}

// With the member that says whose account is meant, where one was named.
json about_account(const char* type, const TargetOptions& options) {
  json request{{"type", type}, {"name", options.name}};
  if (!options.of.empty()) request["of"] = options.of;
  return request;
}

Result<void> target_retry(Context& context, const TargetOptions& options) {
  const auto control = TRY(Control::connect(context.config_file));
  const auto answer = TRY(control->ask(about_account("target.retry", options)));
  print(context, answer.body, "The credential of " + (options.of.empty() ? "" : options.of + " on ") + options.name + " will be tried again.");
  return {};
}

std::string set_aside_since(const json& refused) { return "credential set aside: refused at " + refused.get<std::string>(); }

std::string account_of(const json& target) {
  const std::string account = target["account"];
  if (account == "asked") return "asks its users for their own password";
  if (account == "shared") {
    return !target["credential"].get<bool>() ? "no credential" : target["credential_refused"].is_null() ? "credential stored" : set_aside_since(target["credential_refused"]);
  }
  std::string list;
  for (const json& one : target["personal"]) {
    list += (list.empty() ? "" : ", ") + one["of"].get<std::string>() + (one["refused"].is_null() ? "" : " (" + set_aside_since(one["refused"]) + ")");
  }
  return "accounts of " + (list.empty() ? "nobody" : list);
}

Result<void> target_list(Context& context) {
  const auto control = TRY(Control::connect(context.config_file));
  const auto answer = TRY(control->ask({{"type", "target.list"}}));
  const json& targets = answer.body["targets"];
  if (context.json) {
    std::cout << targets.dump(2) << '\n';
    return {};
  }
  if (targets.empty()) std::cout << "No targets yet; add one with: frostgate target add NAME --protocol rdp --address HOST\n";
  for (const json& target : targets) {
    std::cout << target["name"].get<std::string>() << "  " << target["protocol"].get<std::string>() << "  "
              << target["host"].get<std::string>() << ':' << target["port"] << "  "
              << account_of(target);
    for (const auto& [name, value] : target["tags"].items()) std::cout << "  " << name << '=' << value.get<std::string>();
    std::cout << '\n';
  }
  return {};
}

Result<void> target_pin(Context& context, const TargetOptions& options) {
  const auto control = TRY(Control::connect(context.config_file));
  const auto answer = TRY(control->ask({{"type", "target.pin"}, {"name", options.name}, {"certificate", options.certificate}}));
  print(context, answer.body, options.certificate.empty() ? "Target " + options.name + " is trusted with the next certificate that it shows."
                                                          : "Target " + options.name + " is trusted with this certificate only.");
  return {};
}

Result<void> target_test(Context& context, const TargetOptions& options) {
  const auto control = TRY(Control::connect(context.config_file));
  const auto answer = TRY(control->ask(about_account("target.test", options)));
  const bool works = answer.body["outcome"] == "works";
  print(context, answer.body, works ? options.name + " can be used." : options.name + " cannot be used: " + answer.body["reason"].get<std::string>() + ".");
  if (!works) context.exit_status = kExitError;
  return {};
}

struct TicketOptions {
  std::string user, target, front = "vnc", source_address, rdp_file, address;
  bool nla = false;
  int seconds = 60;
};

// For its user's eyes only: as good as a password until it is used. Refuses to replace what is there.
Result<void> write_private_file(const std::string& path, std::span<const std::byte> bytes) {
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.valid() || write(file.fd(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
    return Error{ErrorKind::io, path + " cannot be written: " + strerror(errno)};
  }
  return {};
}

Result<void> rdp_file_issue(Context& context, const TicketOptions& options) {
  const auto control = TRY(Control::connect(context.config_file));
  auto answer = TRY(control->ask({{"type", "ticket.issue"}, {"user", options.user}, {"target", options.target},
                                  {"seconds", options.seconds}, {"front", "rdp"}, {"source_address", options.source_address},
                                  {"rdp_file", options.nla ? "nla" : "one-click"}, {"address", options.address}}));
  if (answer.descriptors.size() != 1) return Error{ErrorKind::corrupt, "the gateway sent no file"};
  const std::vector<std::byte> bytes = TRY(ipc::from_memory_file(answer.descriptors[0], 1 << 20));
  TRY(write_private_file(options.rdp_file, bytes));
  if (options.nla) {
    print(context, answer.body, TRY(answer.text("ticket", 64)));
    if (!context.json) {
      std::cerr << "This is the password for " << options.rdp_file << ". It works once, until "
                << TRY(answer.text("expires")) << ", and is not shown again.\n";
    }
    return {};
  }
  answer.body.erase("ticket");
  print(context, answer.body, options.rdp_file + " opens " + options.target + " for " + options.user + ", once, until " +
                                  TRY(answer.text("expires")) + ".");
  return {};
}

Result<void> ticket_issue(Context& context, const TicketOptions& options) {
  if (!options.rdp_file.empty()) return rdp_file_issue(context, options);
  const auto control = TRY(Control::connect(context.config_file));
  auto answer = TRY(control->ask({{"type", "ticket.issue"}, {"user", options.user}, {"target", options.target},
                                  {"seconds", options.seconds}, {"front", options.front},
                                  {"source_address", options.source_address}}));
  const std::string ticket = TRY(answer.text("ticket", 64));
  print(context, answer.body, ticket);
  if (!context.json) {
    const std::string kind = options.front == "vnc" ? "VNC password" : "RDP ticket";
    std::cerr << "This is the " << kind << " of " << options.user << " for target " << options.target
              << ". It works once, until " << TRY(answer.text("expires")) << ".\n";
  }
  return {};
}

}  // namespace

void add_administration(CLI::App& app, Context& context) {
  CLI::App* user = app.add_subcommand("user", "People who may connect through the gateway")->require_subcommand(1);
  auto user_options = std::make_shared<UserOptions>();
  CLI::App* add = user->add_subcommand("add", "Adds a user; the password is read from standard input");
  add->add_option("name", user_options->name, "Letters, digits, '.', '_' and '-'")->required();
  add->add_option("--password-fd", user_options->password_fd, "Read the password from this descriptor instead");
  add->add_flag("--no-password", user_options->no_password, "The user can use tickets only");
  add->callback([&context, user_options] { context.finish(user_add(context, *user_options)); });
  CLI::App* list = user->add_subcommand("list", "Lists the users");
  list->callback([&context] { context.finish(user_list(context)); });
  CLI::App* disable = user->add_subcommand("disable", "Locks a user out; recordings keep the name");
  disable->add_option("name", user_options->name)->required();
  disable->callback([&context, user_options] {
    context.finish(simple(context, "user.disable", user_options->name, "User " + user_options->name + " disabled."));
  });

  CLI::App* enable = user->add_subcommand("enable", "Lets a user in again who was disabled");
  enable->add_option("name", user_options->name)->required();
  enable->callback([&context, user_options] { context.finish(simple(context, "user.enable", user_options->name, "User " + user_options->name + " enabled.")); });
  CLI::App* password = user->add_subcommand("password", "Gives a user another password, read from standard input");
  password->add_option("name", user_options->name)->required();
  password->add_option("--password-fd", user_options->password_fd, "Read the password from this descriptor instead");
  password->callback([&context, user_options] { context.finish(user_password(context, *user_options)); });
  CLI::App* drop = user->add_subcommand("drop-second-factor", "Takes away the second factor of a user who has lost it");
  drop->add_option("name", user_options->name)->required();
  drop->callback([&context, user_options] {
    context.finish(simple(context, "user.drop_second_factor", user_options->name, "User " + user_options->name + " signs in without a second factor now."));
  });
  CLI::App* target = app.add_subcommand("target", "Machines behind the gateway")->require_subcommand(1);
  auto target_options = std::make_shared<TargetOptions>();
  CLI::App* target_adds = target->add_subcommand("add", "Adds a target; its password is read from standard input");
  target_adds->add_option("name", target_options->name, "What users type after the '@'")->required();
  target_adds->add_option("--protocol", target_options->protocol, "How the target is spoken to")
      ->required()->check(CLI::IsMember({"rdp", "vnc"}));
  target_adds->add_option("--address", target_options->address, "HOST or HOST:PORT")->required();
  const std::string accounts = "shared: one, whose password the gateway keeps; personal: each user's own (target credential --of); asked: what the user types on a screen of the gateway's, kept nowhere";
  target_adds->add_option("--account", target_options->account, "Whose account sessions sign in with. " + accounts)
      ->check(CLI::IsMember({"shared", "personal", "asked"}))->capture_default_str();
  target_adds->add_option("--user", target_options->user, "The account on the target; where it is asked for, what is proposed");
  target_adds->add_option("--domain", target_options->domain, "Its domain");
  target_adds->add_option("--certificate", target_options->certificate,
                          "SHA-256 of the target's certificate, 64 hexadecimal digits; others are refused then");
  target_adds->add_option("--tag", target_options->tags, "NAME=VALUE, for the policy; may be repeated");
  target_adds->add_option("--credential-fd", target_options->credential_fd, "Read the password from this descriptor instead");
  target_adds->add_flag("--no-credential", target_options->no_credential, "The target asks for none");
  target_adds->callback([&context, target_options] { context.finish(target_add(context, *target_options)); });
  CLI::App* target_lists = target->add_subcommand("list", "Lists the targets");
  target_lists->callback([&context] { context.finish(target_list(context)); });
  CLI::App* remove = target->add_subcommand("remove", "Removes a target; recordings keep its name");
  remove->add_option("name", target_options->name)->required();
  remove->callback([&context, target_options] {
    context.finish(simple(context, "target.remove", target_options->name, "Target " + target_options->name + " removed."));
  });

  CLI::App* account = target->add_subcommand("account", "Says whose account sessions sign in to a target with");
  account->add_option("name", target_options->name)->required();
  account->add_option("account", target_options->account, accounts)->required()->check(CLI::IsMember({"shared", "personal", "asked"}));
  account->add_option("--user", target_options->new_user, "The shared account's name on the target from now on; where it is asked for, what is proposed");
  account->add_option("--domain", target_options->new_domain, "Its domain from now on");
  account->add_flag("--no-credential", target_options->no_credential, "The target asks for no password: the one that is stored for all is forgotten");
  account->callback([&context, target_options] { context.finish(target_account(context, *target_options)); });
  CLI::App* credential = target->add_subcommand("credential", "Gives a target, or a user of it, another password, read from standard input");
  credential->add_option("name", target_options->name)->required();
  CLI::Option* of = credential->add_option("--of", target_options->of, "The user of the gateway whose own account on the target this is");
  credential->add_option("--user", target_options->user, "With --of: the account's name there")->needs(of);
  credential->add_option("--domain", target_options->domain, "With --of: its domain")->needs(of);
  credential->add_flag("--forget", target_options->forget, "With --of: the gateway keeps it no longer")->needs(of);
  credential->add_option("--credential-fd", target_options->credential_fd, "Read the password from this descriptor instead");
  credential->callback([&context, target_options] { context.finish(target_credential(context, *target_options)); });
  CLI::App* retry = target->add_subcommand("retry", "Tries a credential again that the target has refused");
  retry->add_option("name", target_options->name)->required();
  retry->add_option("--of", target_options->of, "The user whose own account was refused");
  retry->callback([&context, target_options] { context.finish(target_retry(context, *target_options)); });
  CLI::App* test = target->add_subcommand("test", "Reaches a target and signs in once, as a session would, and says what is wrong");
  test->add_option("name", target_options->name)->required();
  test->add_option("--of", target_options->of, "The user whose own account is tried");
  test->callback([&context, target_options] { context.finish(target_test(context, *target_options)); });
  CLI::App* pin = target->add_subcommand("pin", "Says which certificate a target has; without --certificate: the next that it shows");
  pin->add_option("name", target_options->name)->required();
  pin->add_option("--certificate", target_options->certificate, "SHA-256 of it, 64 hexadecimal digits");
  pin->callback([&context, target_options] { context.finish(target_pin(context, *target_options)); });

  CLI::App* ticket = app.add_subcommand("ticket", "One-time tickets")->require_subcommand(1);
  auto ticket_options = std::make_shared<TicketOptions>();
  CLI::App* issue = ticket->add_subcommand("issue", "Prints what opens one session, once: a VNC password, or an RDP ticket");
  issue->add_option("--user", ticket_options->user)->required();
  issue->add_option("--target", ticket_options->target)->required();
  issue->add_option("--front", ticket_options->front, "What the user's client speaks")
      ->check(CLI::IsMember({"vnc", "rdp"}))->capture_default_str();
  CLI::Option* rdp = issue->add_option("--rdp", ticket_options->rdp_file,
                                       "Write a signed .rdp file for mstsc that opens the session with one click");
  issue->add_flag("--nla", ticket_options->nla, "With --rdp: for NLA; the ticket is the password and is printed")->needs(rdp);
  issue->add_option("--address", ticket_options->address, "With --rdp: HOST:PORT of the gateway as users reach it")->needs(rdp);
  issue->add_option("--from", ticket_options->source_address, "The only address that it works from");
  issue->add_option("--ttl", ticket_options->seconds, "Seconds until it expires; for VNC 60 at most")->check(CLI::Range(1, 86400))->capture_default_str();
  issue->callback([&context, ticket_options] { context.finish(ticket_issue(context, *ticket_options)); });

  for (CLI::App* command : {add, list, disable, enable, password, drop, target_adds, target_lists, remove, account, credential, retry, test, pin, issue}) {
    add_config_option(*command, context);
  }
}

}  // namespace frostgate::cli
