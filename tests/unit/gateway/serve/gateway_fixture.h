// A gateway's core in a temporary directory: a real catalog, a real key, a policy, and a listening socket as target.
#pragma once

#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "gateway/crypto/passwords.h"
#include "gateway/serve/core.h"
#include "gateway/serve/listener.h"
#include "storage/catalog/recordings.h"
#include "storage/catalog/roles.h"
#include "storage/catalog/targets.h"
#include "storage/catalog/users.h"
#include "tests/unit/gateway/files.h"

namespace frostgate::serve {

inline constexpr UtcTime kNow{std::chrono::seconds(1'800'000'000)};
inline constexpr const char* kPassword = "correct horse";
inline constexpr const char* kCredential = "the-target's-own-credential";

// Users: anna and carl (both with kPassword), gone (disabled), nopass (without password). Targets, all at the same
// socket: dc1 (rdp) and kiosk (vnc), which the policy allows to anna (and to all who are called role-something); vault, which it allows to nobody; dead, allowed,
// where nobody listens.
class Gateway {
 public:
  explicit Gateway(alerts::Settings alerts = {}) {
    auto listening = listen_on({"127.0.0.1", 0});
    REQUIRE(listening);
    target_ = std::move(listening.value().socket);
    config::Config config;
    config.data_dir = folder_.path() / "data";
    config.run_dir = folder_.path() / "run";
    config.target_connect_seconds = 5;
    config.disk_reserve = 0;
    config.alerts = std::move(alerts);
    config.policy = write_file(folder_.path() / "policy.yaml", R"(rules:
  - {name: nobody opens the vault, users: "*", targets: vault}
  - {name: operators, users: [anna, gone, nopass, "role-*"], targets: "*", allow: true}
)");
    auto opened = Core::open(std::move(config));
    INFO((opened ? std::string() : opened.error().message));
    REQUIRE(opened);
    core = std::move(opened).value();

    static const std::string hash = crypto::hash_password(Secret::from_text(kPassword)).value();
    catalog::Users users(*core->catalog);
    for (const char* name : {"anna", "carl", "gone"}) REQUIRE(users.add(name, hash, kNow));
    REQUIRE(users.add("nopass", "", kNow));
    REQUIRE(users.disable("gone"));
    add_target("dc1", catalog::Protocol::rdp, listening.value().port);
    add_target("kiosk", catalog::Protocol::vnc, listening.value().port);
    add_target("vault", catalog::Protocol::rdp, listening.value().port);
    auto closed = listen_on({"127.0.0.1", 0});
    REQUIRE(closed);
    add_target("dead", catalog::Protocol::rdp, closed.value().port);
  }

  void add_target(const std::string& name, catalog::Protocol protocol, std::uint16_t port, const std::string& host = "127.0.0.1") {
    catalog::Target target;
    target.name = name;
    target.protocol = protocol;
    target.host = host;
    target.port = port;
    target.account = catalog::Account::shared;
    target.login_user = "Administrator";
    const auto wrapped = core->kek->wrap(Secret::from_text(kCredential), "credential of target " + name);
    REQUIRE(wrapped);
    target.wrapped_credential = wrapped.value();
    REQUIRE(catalog::Targets(*core->catalog).add(target, kNow));
  }

  void make_approver(const std::string& user) {
    REQUIRE(catalog::Roles(*core->catalog).bind({"", catalog::Role::approver, catalog::SubjectKind::user, user, "*"}, kNow));
  }

  std::vector<catalog::Recording> recordings() {
    const auto rows = catalog::Recordings(*core->catalog).list({});
    REQUIRE(rows);
    return rows.value();
  }
  // Whether somebody has connected to the target since the last call.
  bool target_was_called() {
    const Descriptor called(accept4(target_.fd(), nullptr, nullptr, SOCK_CLOEXEC));
    return called.valid();
  }

 private:
  storage::TemporaryDirectory folder_;
  Descriptor target_;

 public:
  std::unique_ptr<Core> core;
};

// Good for a minute.
inline std::string ticket_for(Gateway& gateway, const std::string& user, const std::string& target, UtcTime now = kNow,
                       catalog::Protocol front = catalog::Protocol::vnc, const std::string& source = "") {
  const auto issued = gateway.core->access->issue_ticket({user, target, front, std::chrono::seconds(60), source}, now);
  REQUIRE(issued);
  return std::string(issued.value().value.text());
}

inline ipc::Message message(nlohmann::json body) {
  ipc::Message out;
  out.body = std::move(body);
  return out;
}

}  // namespace frostgate::serve
