// The rows of the matrix: what is sent to every operation of the contract, and what answers whom.
#pragma once

#include <map>
#include <string>

namespace frostgate::http::matrix {

// What answers whom. `own` is the answer to somebody whose role covers the object, `foreign` to one whose role covers others.
struct Row {
  const char* target;  // below /api/v1
  const char* body;
  int own, foreign;
  std::map<std::string, int> own_as{};  // the answer to these roles where it is another
};

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
      {"set_target_account", {"/targets/dc1/account", R"({"account":"personal"})", 204, 404}},
      {"personal_credentials", {"/targets/dc1/credentials", "", 200, 404}},
      // An operator's own account only.
      {"set_personal_credential", {"/targets/dc1/credentials/anna", R"({"user":"a.smith","credential":"new"})", 204, 404, {{"operator", 403}}}},
      {"withdraw_personal_credential", {"/targets/dc1/credentials/anna", "", 204, 404, {{"operator", 403}}}},
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
      {"issue_join_ticket", {"/live-sessions/live1/screen-ticket", "", 403, 404}},  // no gate
      {"join", {"/live-sessions/live1/screen?ticket=x", "", 403, 404}},
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

}  // namespace frostgate::http::matrix
