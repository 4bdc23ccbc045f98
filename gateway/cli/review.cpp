// frostgate review: what somebody has to look at again from time to time, and sign.
#include <unistd.h>

#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "gateway/cli/commands.h"
#include "gateway/cli/control.h"
#include "gateway/cli/secret_input.h"

namespace frostgate::cli {
namespace {

using nlohmann::json;

struct ReviewOptions {
  std::string what, as, comment, digest;
  int password_fd = STDIN_FILENO;
  std::string code;
};

std::string signed_words(const json& signature) {
  if (signature.is_null()) return "not signed";
  return "signed by " + signature["reviewer"].get<std::string>() + " on " + signature["at"].get<std::string>();
}

void print_reviews(const json& reviews) {
  std::cout << "Policy, digest " << reviews["policy_digest"].get<std::string>() << ":\n";
  if (reviews["policy"].empty()) std::cout << "  nothing has a review_by\n";
  for (const json& one : reviews["policy"]) {
    std::cout << "  " << one["what"].get<std::string>() << " (" << one["file"].get<std::string>() << ':' << one["line"] << "), by " << one["due"].get<std::string>() << ": "
              << signed_words(one["signature"]) << '\n';
  }
  const json& access = reviews["access"];
  std::cout << "Who may do what, digest " << access["digest"].get<std::string>() << ": last " << signed_words(access["last"]);
  if (!access["due"].is_null()) std::cout << ", next by " << access["due"].get<std::string>();
  std::cout << '\n';
  for (const json& binding : access["bindings"]) {
    std::cout << "  " << binding["role"].get<std::string>() << " on " << binding["scope"].get<std::string>() << ": " << binding["subject_kind"].get<std::string>() << ' '
              << binding["subject"].get<std::string>() << '\n';
    for (const json& user : binding["users"]) {
      std::cout << "      " << user["name"].get<std::string>() << " (" << user["from"].get<std::string>() << (user["disabled"].get<bool>() ? ", disabled" : "") << ")\n";
    }
  }
}

Result<void> list_reviews(Context& context, const ReviewOptions&) {
  const auto control = TRY(Control::connect(context.config_file));
  auto answer = TRY(control->ask({{"type", "review.list"}}));
  answer.body.erase("type");
  if (context.json) std::cout << answer.body.dump(2) << '\n';
  else print_reviews(answer.body);
  return {};
}

Result<void> sign(Context& context, const ReviewOptions& options, const char* kind) {
  const Secret password = TRY(read_secret(options.password_fd, "Password of " + options.as));
  const auto control = TRY(Control::connect(context.config_file));
  const auto answer = TRY(control->ask({{"type", "review.sign"}, {"kind", kind}, {"what", options.what}, {"digest", options.digest}, {"comment", options.comment},
                                        {"as", options.as}, {"code", options.code}, {"password", password.text()}}));
  if (!context.json) std::cout << "Signed by " << answer.body["reviewer"].get<std::string>() << ".\n";
  return {};
}

}  // namespace

void add_review(CLI::App& app, Context& context) {
  CLI::App* review = app.add_subcommand("review", "What is to be looked at again from time to time: rules, and who may do what")->require_subcommand(1);
  auto options = std::make_shared<ReviewOptions>();
  const auto command = [&](const char* name, const char* what, std::function<Result<void>()> run) {
    CLI::App* added = review->add_subcommand(name, what);
    added->callback([&context, run = std::move(run)] { context.finish(run()); });
    add_config_option(*added, context);
    return added;
  };
  command("list", "Lists what is to be reviewed, by when, and who signed", [&context, options] { return list_reviews(context, *options); });
  CLI::App* policy = command("sign-policy", "Signs for a rule or a policy that has a review_by; the reviewer's password is read from standard input",
                             [&context, options] { return sign(context, *options, "policy"); });
  policy->add_option("what", options->what, "As it is listed")->required();
  CLI::App* access = command("sign-access", "Signs for who may do what", [&context, options] { return sign(context, *options, "access"); });
  for (CLI::App* one : {policy, access}) {
    one->add_option("--digest", options->digest, "As it was listed: of what was looked at")->required();
    one->add_option("--as", options->as, "Who signs")->required();
    one->add_option("--comment", options->comment, "What was found");
    one->add_option("--code", options->code, "Of the second factor, for who has one");
    one->add_option("--password-fd", options->password_fd, "Read the password from this descriptor instead");
  }
}

}  // namespace frostgate::cli
