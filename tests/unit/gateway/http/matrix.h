// The rows of the matrix: every operation of the contract, what is sent to it, and what answers whom.
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
#include "tests/unit/gateway/http/api_fixture.h"

namespace frostgate::http::matrix {

// What answers whom. `own` is the answer to somebody whose role covers the object, `foreign` to one whose role covers others.
struct Row {
  const char* target;  // below /api/v1
  const char* body;
  int own, foreign;
  std::map<std::string, int> own_as{};  // the answer to these roles where it is another
};

// The answers to somebody whose role covers the object where the policy asks for somebody's approval for everything: before there is one, and with one. All that is
// about a recording or a target has a row; 0: the same as without gates.
struct WithGates {
  int without, with;
};
inline const std::map<std::string, WithGates>& gated_rows() {
  constexpr WithGates kSame{0, 0}, kShown{403, 0};
  static const std::map<std::string, WithGates> kRows{
      // Connecting asks its own gate when it comes to it; a ticket opens no more than a password.
      {"targets", kSame}, {"add_target", kSame}, {"target", kSame}, {"remove_target", kSame}, {"set_target_credential", kSame}, {"test_target", kSame}, {"pin_target", kSame}, {"issue_ticket", kSame},
      {"rdp_file", kSame}, {"issue_screen_ticket", kSame}, {"screen", kSame}, {"live_sessions", kSame}, {"explain_policy", kSame},
      {"create_request", {201, 201}},
      {"end_live_session", kSame}, {"lock_input", kSame}, {"pause_recording", kSame}, {"live_film", kShown},
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

// Asked in this order, so what destroys comes late: names beginning with z.
inline const std::map<std::string, Row>& rows() {
  static const std::map<std::string, Row> kRows{
      {"setup_state", {"/setup", "", 200, 200}},
      {"set_up", {"/setup", R"({"token":"x","user":"eve","password":"long enough it is"})", 403, 403}},
      {"who_am_i", {"/session", "", 200, 200}},
      {"sign_in", {"/session", R"({"user":"carl","password":"wrong"})", 401, 401}},
      {"sign_in_providers", {"/sign-in-providers", "", 200, 200}},
      {"begin_provider_sign_in", {"/sign-in-providers/nobody", "{}", 404, 404}},
      {"finish_provider_sign_in", {"/session/provider", R"({"state":"x","code":"y"})", 401, 401}},
      {"sign_out", {"/session", "", 204, 204}},
      {"change_password", {"/session/password", R"({"current":"correct horse","password":"battery staple 9"})", 204, 204}},
      {"begin_totp", {"/session/totp", "", 201, 201}},
      {"confirm_totp", {"/session/totp", R"({"code":"000000"})", 403, 403}},
      {"web_sessions", {"/web-sessions", "", 200, 200}},
      {"end_web_session", {"/web-sessions/w99999", "", 404, 404}},
      {"targets", {"/targets", "", 200, 200}},
      {"add_target", {"/targets", R"({"name":"kiosk","protocol":"vnc","host":"10.0.0.1","port":5900})", 409, 403}},
      {"target", {"/targets/dc1", "", 200, 404}},
      {"remove_target", {"/targets/kiosk", "", 204, 404}},
      {"set_target_credential", {"/targets/dc1/credential", R"({"credential":"new"})", 204, 404}},
      {"test_target", {"/targets/kiosk/test", "", 200, 404}},  // whose credential was refused: it is not tried
      {"pin_target", {"/targets/dc1/pin", R"({"certificate":""})", 204, 404}},
      {"issue_ticket", {"/targets/dc1/tickets", R"({"front":"rdp"})", 201, 404}},
      {"rdp_file", {"/targets/dc1/rdp-file", "", 200, 404}},
      {"issue_screen_ticket", {"/targets/dc1/screen-ticket", "", 201, 404}},
      {"screen", {"/targets/dc1/screen?ticket=x", "", 422, 404}},  // no WebSocket
      {"live_sessions", {"/live-sessions", "", 200, 200}},
      // An operator may end no session but the own one.
      {"end_live_session", {"/live-sessions/live1/end", R"({"message":"enough"})", 204, 404, {{"operator", 404}}}},
      {"lock_input", {"/live-sessions/live1/input", R"({"locked":true})", 204, 404}},
      {"pause_recording", {"/live-sessions/live1/recording", R"({"paused":false})", 200, 404, {{"operator", 404}}}},
      {"live_film", {"/live-sessions/live1/film", "", 200, 404}},
      {"recordings", {"/recordings", "", 200, 200}},
      {"search", {"/search?q=x", "", 200, 200}},
      {"export_recordings", {"/recordings/export", "", 200, 200}},
      {"recording", {"/recordings/r1", "", 200, 404}},
      {"recording_report", {"/recordings/r1/report", "", 200, 404}},
      {"recording_events", {"/recordings/r1/events", "", 200, 404}},
      {"remarks", {"/recordings/r1/remarks", "", 200, 404}},
      {"add_remark", {"/recordings/r1/remarks", R"({"at":0.5,"text":"look"})", 201, 404}},
      {"remove_remark", {"/recordings/r1/remarks/999", "", 404, 404}},
      {"film_index", {"/recordings/r1/index", "", 200, 404}},
      {"film_segment", {"/recordings/r1/segments/2/0/1", "", 200, 404}},
      {"film", {"/recordings/r1/film/0", "", 200, 404}},
      {"storyboard", {"/recordings/r1/storyboard", "", 200, 404}},
      {"thumbnail", {"/recordings/r1/thumbnails/0", "", 200, 404}},
      {"recording_views", {"/recordings/r1/views", "", 200, 404}},
      {"retry_recording", {"/recordings/r1/retry", "", 409, 404}},
      {"original_state", {"/recordings/r1/original", "", 200, 404}},
      {"original_share", {"/recordings/r1/original/shares/1", "", 404, 404}},  // nothing is sealed
      {"open_original", {"/recordings/r1/original/openings/q1", "", 404, 404}},  // q1 is for something else
      {"close_original", {"/recordings/r1/original/openings/q1", "", 404, 404}},
      {"give_original_share", {"/recordings/r1/original/openings/q1/shares", R"({"share":"00"})", 404, 404}},
      {"original_index", {"/recordings/r1/original/openings/q1/index", "", 404, 404}},
      {"original_segment", {"/recordings/r1/original/openings/q1/segments/0/0", "", 404, 404}},
      {"retention_plan", {"/retention/plan", "", 200, 200}},
      {"delete_recording", {"/recordings/r1/deletion", R"({"reason":"a mistake"})", 403, 404}},  // the rule does not allow it, nor has anybody agreed
      {"holds", {"/holds", "", 200, 200}},
      {"place_hold", {"/recordings/r1/hold", R"({"reason":"a lawsuit"})", 204, 404}},
      {"release_hold", {"/recordings/r1/hold/release", R"({"reason":"settled"})", 204, 404}},
      {"exports", {"/exports", "", 200, 200}},
      {"begin_export", {"/exports", R"({"recording":"r1","from":0,"to":0.5,"reason":"court"})", 202, 404}},
      // Everybody sees the own ones only.
      {"export_state", {"/exports/e1", "", 404, 404}},
      {"remove_export", {"/exports/e1", "", 404, 404}},
      {"export_bundle", {"/exports/e1/bundle", "", 404, 404}},
      {"requests", {"/requests", "", 200, 200}},
      // Nobody has to agree to it, so there is nothing to ask; and only an operator connects.
      {"create_request", {"/requests", R"({"kind":"start","target":"dc1"})", 422, 404, {{"auditor", 404}, {"compliance", 404}}}},
      // An operator sees the own ones, and this is somebody else's.
      {"request", {"/requests/q1", "", 200, 404, {{"operator", 404}}}},
      {"decide_request", {"/requests/q1/decision", R"({"approve":true})", 200, 404}},
      {"cancel_request", {"/requests/q1/cancel", "", 404, 404}},
      {"revoke_request", {"/requests/q1/revoke", "{}", 200, 404}},
      {"review_request", {"/requests/q1/review", R"({"text":"looked into"})", 409, 404}},
      {"users", {"/users", "", 200, 200}},
      // Handing out rights takes an administrator of everything; these administer some targets.
      {"add_user", {"/users", R"({"name":"new"})", 403, 403}},
      {"disable_user", {"/users/anna", "", 403, 403}},
      {"enable_user", {"/users/anna/enabled", "", 403, 403}},
      {"set_user_password", {"/users/anna/password", R"({"password":"another long one"})", 403, 403}},
      {"drop_second_factor", {"/users/anna/second-factor", "", 403, 403}},
      {"groups", {"/groups", "", 200, 200}},
      {"add_member", {"/groups/g/members/anna", "", 403, 403}},
      {"remove_member", {"/groups/g/members/anna", "", 403, 403}},
      {"role_bindings", {"/role-bindings", "", 200, 200}},
      {"bind_role", {"/role-bindings", R"({"role":"admin","subject_kind":"user","subject":"anna","scope":"*"})", 403, 403}},
      {"unbind_role", {"/role-bindings/b1", "", 403, 403}},
      {"tokens", {"/tokens", "", 200, 200}},
      {"create_token", {"/tokens", R"({"name":"t","roles":["compliance"],"days":1})", 403, 403, {{"compliance", 201}}}},
      {"revoke_token", {"/tokens/t999", "", 404, 404}},
      {"policy", {"/policy", "", 200, 200}},
      {"explain_policy", {"/policy/explain?user=anna&target=dc1", "", 200, 404}},
      {"reviews", {"/reviews", "", 403, 403}},
      {"sign_review", {"/reviews", R"({"kind":"access","digest":"0"})", 403, 403}},
      {"simulate_policy", {"/policy/simulation", R"({"text":"rules: []"})", 403, 403}},
      // What everybody did everywhere is for those whose role is not bound to some targets.
      {"alerts", {"/alerts", "", 403, 403}},
      {"alert_sinks", {"/alert-sinks", "", 403, 403}},
      {"test_alert_sinks", {"/alert-sinks/test", "", 403, 403}},
      {"audit", {"/audit", "", 403, 403}},
      {"export_audit", {"/audit/export", "", 403, 403}},
      {"verify_audit", {"/audit/verification", "", 403, 403}},
      {"jobs", {"/jobs", "", 200, 200}},
      {"settings", {"/settings", "", 403, 403}},
      {"health", {"/health", "", 200, 200}},
      {"about", {"/about", "", 200, 200}},
      {"events", {"/events", "", 200, 200}},
      {"openapi_json", {"/openapi.json", "", 200, 200}},
      {"openapi_yaml", {"/openapi.yaml", "", 200, 200}},
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
    source = std::make_unique<serve::LiveHub::Source>(core->live, "live1");
  }

  // From now on the policy asks for the approval of carl for all that a gate knows.
  void close_gates() {
    std::string gates;
    for (const char* kind : {"watch", "watch-original", "export", "delete"}) gates += (gates.empty() ? "" : ", ") + std::string(kind) + ": {approval: {users: [carl], use: window}}";
    auto policy = policy::Policy::parse("rules:\n  - {name: operators, users: \"*\", targets: \"*\", allow: true, approval: {users: [carl], use: window}, gates: {" + gates + "}}\n", "test");
    INFO((policy ? std::string() : policy.error().message));
    REQUIRE(policy);
    core->policy.replace(std::move(policy).value());
  }
  // carl agrees to what this user may want of the film and of the session that runs.
  void approve(const std::string& user) {
    for (const auto kind : {approvals::Kind::watch, approvals::Kind::watch_original, approvals::Kind::export_film}) {
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
