#include "gateway/serve/target_probe.h"

#include <chrono>
#include <optional>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "gateway/base/log.h"
#include "gateway/base/process.h"
#include "gateway/base/tcp_client.h"
#include "gateway/serve/target_trust.h"
#include "storage/catalog/targets.h"

namespace frostgate::serve {
namespace {

using nlohmann::json;

constexpr auto kPatience = std::chrono::seconds(15);  // the relay gives up after ten

json outcome(const char* what, const std::string& reason) { return {{"outcome", what}, {"reason", reason}, {"certificate", ""}}; }

// By a relay, which handles hostile bytes: what it says is one of the words that it may say.
Result<json> tried(const Core& core, const catalog::Target& target, const TargetAccount& account, const std::string& known, std::optional<std::int64_t> graphics, const Descriptor& socket) {
  json question = target_login(core, target, account, known);
  if (graphics) question["graphics"] = *graphics;
  question["type"] = "probe";
  auto ends = TRY(ipc::make_pair());
  ChildProcess relay = TRY(ChildProcess::start({"relay"}, ends.second));
  ends.second = Descriptor();
  ipc::Channel channel(std::move(ends.first));
  const int fd = socket.fd();
  TRY(channel.send(std::move(question), {&fd, 1}));
  const auto answer = TRY(channel.receive(kPatience));
  if (!answer) return outcome("protocol", target.name + " did not finish connecting in time");
  static const std::set<std::string> kOutcomes{"works", "certificate", "credential", "protocol"};
  const std::string word = TRY(answer->text("outcome", 16)), reason = TRY(answer->text("reason", 1024)), certificate = TRY(answer->text("certificate", 64));
  const std::int64_t wants = TRY(answer->number("wants", 0, KnownGraphics::kMost));
  if (!kOutcomes.contains(word)) return Error{ErrorKind::corrupt, "the relay that tried the target makes no sense"};
  return json{{"outcome", word}, {"reason", reason}, {"certificate", certificate}, {"wants", wants}};
}

Result<Descriptor> reached(const Core& core, const catalog::Target& target) {
  return connect_tcp(target.host, target.port, std::chrono::seconds(core.config.target_connect_seconds));
}

// Once more for each kind of graphics that it wants to be offered instead, as a session does.
Result<json> tried_with_graphics(Core& core, const catalog::Target& target, const TargetAccount& account, const std::string& known, Descriptor socket) {
  json answer = TRY(tried(core, target, account, known, std::nullopt, socket));
  std::int64_t graphics = 0;
  while (answer["outcome"] == "protocol" && answer.value("wants", std::int64_t{0}) > graphics) {
    graphics = answer["wants"].get<std::int64_t>();
    socket = TRY(reached(core, target));
    answer = TRY(tried(core, target, account, known, graphics, socket));
  }
  if (answer["outcome"] == "works" && graphics > 0) graphics_seen(core, target.name, graphics);
  answer.erase("wants");
  return answer;
}

}  // namespace

Result<AdminReply> target_test(Core& core, ipc::Message& request, UtcTime now) {
  const std::string name = TRY(request.text("name", 64));
  const catalog::Target target = TRY(catalog::Targets(*core.catalog).find(name));
  AdminReply out;
  const std::string of = request.body.contains("of") ? TRY(request.text("of", 64)) : "";
  if (!of.empty() && target.account != catalog::Account::personal) return Error{ErrorKind::invalid, "nobody has an account of their own on " + name};
  const TargetAccount account = TRY(account_for(core, target, of));
  if (account.kind == catalog::Account::asked) return Error{ErrorKind::invalid, "who connects to " + name + " types their own password: try it with a client"};
  if (account.refused) {
    out.body = outcome("set_aside", "the stored credential was refused at " + to_text(*account.refused));
    return out;
  }
  Result<Descriptor> socket = reached(core, target);
  if (!socket) {
    out.body = outcome(socket.error().kind == ErrorKind::not_found ? "name" : "port", socket.error().message);
    return out;
  }
  const std::string known = known_certificate(core, target);
  out.body = TRY(tried_with_graphics(core, target, account, known, std::move(socket).value()));
  const std::string word = out.body["outcome"], shown = out.body["certificate"];
  // Its own part of the relay lets in no other.
  if (word == "works" && !known.empty() && !shown.empty() && shown != known) return Error{ErrorKind::corrupt, "the relay that tried the target accepted a certificate that it may not"};
  if (word == "works") certificate_seen(core, "-", target.name, shown, now);
  if (word == "certificate") certificate_refused(core, target.name, shown, now);
  if (word == "credential") account_refused(core, "-", account, now);
  log::info("-", "target {} was tried: {} {}", target.name, word, out.body["reason"].get<std::string>());
  return out;
}

}  // namespace frostgate::serve
