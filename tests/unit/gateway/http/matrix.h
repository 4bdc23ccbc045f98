// The matrix: every operation of the contract with its row (matrix_rows.h), what answers where somebody has to agree, and a gateway to ask.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gateway/http/document.h"
#include "gateway/http/routes.h"
#include "gateway/serve/decision.h"
#include "gateway/serve/event_hub.h"
#include "storage/catalog/personal_credentials.h"
#include "tests/unit/gateway/http/api_fixture.h"
#include "tests/unit/gateway/http/matrix_rows.h"

namespace frostgate::http::matrix {

// The answers to somebody whose role covers the object where the policy asks for somebody's approval for everything: before there is one, and with one. All that is
// about a recording or a target has a row; 0: the same as without gates.
struct WithGates {
  int without, with;
};
inline const std::map<std::string, WithGates>& gated_rows() {
  constexpr WithGates kSame{0, 0}, kShown{403, 0};
  static const std::map<std::string, WithGates> kRows{
      // Connecting asks its own gate when it comes to it; a ticket opens no more than a password.
      {"targets", kSame}, {"add_target", kSame}, {"target", kSame}, {"remove_target", kSame}, {"set_target_credential", kSame}, {"set_target_account", kSame}, {"personal_credentials", kSame}, {"set_personal_credential", kSame}, {"withdraw_personal_credential", kSame}, {"test_target", kSame}, {"pin_target", kSame}, {"issue_ticket", kSame},
      {"rdp_file", kSame}, {"issue_screen_ticket", kSame}, {"screen", kSame}, {"live_sessions", kSame}, {"explain_policy", kSame},
      {"create_request", {201, 201}},
      {"end_live_session", kSame}, {"lock_input", kSame}, {"pause_recording", kSame}, {"live_film", kShown},
      {"issue_join_ticket", {403, 201}}, {"join", {403, 422}},  // no WebSocket
      // That a session was is known by the role alone.
      {"recordings", kSame}, {"recording", kSame}, {"recording_views", kSame}, {"search", kSame}, {"export_recordings", kSame}, {"retry_recording", kSame}, {"retention_plan", kSame}, {"holds", kSame},
      {"place_hold", kSame}, {"release_hold", kSame}, {"delete_recording", kSame},
      {"recording_report", kShown}, {"recording_events", kShown}, {"film_index", kShown}, {"film_segment", kShown}, {"film", kShown}, {"storyboard", kShown}, {"thumbnail", kShown},
      {"remarks", kShown}, {"add_remark", kShown},
      {"remove_remark", {403, 0}},
      {"begin_export", kShown},
      {"original_state", kSame}, {"original_share", kSame}, {"open_original", kSame}, {"close_original", kSame}, {"give_original_share", kSame}, {"original_index", kSame},
      {"original_segment", kSame},
  };
  return kRows;
}


inline Method method_named(const std::string& word) {
  return word == "get" ? Method::get : word == "post" ? Method::post : word == "put" ? Method::put : word == "delete" ? Method::del : Method::other;
}

struct Operation {
  std::string id, path;
  Method method = Method::other;
  std::set<std::string> roles;
  json responses;
  std::string scope;
  json document;  // as the contract has it
  bool versioned = false;  // knows If-Match
};

inline std::vector<Operation> operations() {
  std::vector<Operation> out;
  const json document = json::parse(document_json());
  for (const auto& [path, item] : document["paths"].items()) {
    for (const auto& [word, operation] : item.items()) {
      if (word == "parameters" || operation.value("x-planned", false)) continue;
      out.push_back({operation["operationId"], path, method_named(word), operation["x-roles"].get<std::set<std::string>>(), operation["responses"], operation["x-scope"], operation,
                     operation.value("parameters", json::array()).dump().find("/if_match\"") != std::string::npos});
    }
  }
  return out;
}

// A film, a session that runs and is followed, and a request, all on dc1.
struct Scene : ApiGateway {
  Scene() {
    publish_film(*core, "r1");
    REQUIRE(catalog::Targets(*core->catalog).set_credential_aside("kiosk", kNow));
    catalog::Recording live;
    live.id = "live1";
    live.user = "anna";
    live.target = "dc1";
    live.rule = "operators";
    live.policy_digest = core->policy->digest();
    live.node = core->node;
    live.started = kNow;
    REQUIRE(catalog::Recordings(*core->catalog).create(live));
    REQUIRE(core->sessions.enter("live1", "anna", "dc1", {}));
    core->rdp_port = 3389;
    catalog::ApprovalRequest question;
    question.id = "q1";
    question.requester = "anna";
    question.target = "dc1";
    question.rule = "operators";
    question.policy_digest = core->policy->digest();
    question.users = {"role-approver-*"};
    question.created = kNow;
    question.expires = kNow + std::chrono::hours(1);
    question.validity = std::chrono::hours(1);
    REQUIRE(catalog::ApprovalRequests(*core->catalog).create(question));
    REQUIRE(catalog::PersonalCredentials(*core->catalog).set({"dc1", "anna", "a.smith", "", std::vector<std::byte>(40), {}}));
    source = std::make_unique<serve::LiveHub::Source>(core->live, "live1");
  }

  // From now on the policy asks for the approval of carl for all that a gate knows.
  void close_gates() {
    std::string gates;
    for (const char* kind : {"watch", "watch-original", "export", "delete", "join"}) gates += (gates.empty() ? "" : ", ") + std::string(kind) + ": {approval: {users: [carl], use: window}}";
    auto policy = policy::Policy::parse("rules:\n  - {name: operators, users: \"*\", targets: \"*\", allow: true, approval: {users: [carl], use: window}, gates: {" + gates + "}}\n", "test");
    INFO((policy ? std::string() : policy.error().message));
    REQUIRE(policy);
    core->policy.replace(std::move(policy).value());
  }
  // carl agrees to what this user may want of the film and of the session that runs.
  void approve(const std::string& user) {
    for (const auto kind : {approvals::Kind::watch, approvals::Kind::watch_original, approvals::Kind::export_film, approvals::Kind::join}) {
      for (const char* id : {"r1", "live1"}) {
        approvals::Wish wish;
        wish.kind = kind;
        wish.requester = user;
        REQUIRE(serve::aim_at_film(*core, wish, catalog::Recordings(*core->catalog).find(id).value()));
        const auto asked = core->approvals->ask(wish, now);
        INFO((asked ? std::string() : asked.error().message));
        REQUIRE(asked);
        REQUIRE(core->approvals->decide(asked.value().id, serve::actor_named(*core, "carl"), true, "", now));
      }
    }
  }

  std::unique_ptr<serve::LiveHub::Source> source;
};

}  // namespace frostgate::http::matrix
