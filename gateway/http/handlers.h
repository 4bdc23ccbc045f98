// The operations of the API, by the names they have in openapi.yaml. Each checks that its object is the caller's to see or change.
#pragma once

#include "gateway/http/call.h"

namespace frostgate::http {

// sign_in_handlers.cpp
Result<Response> setup_state(Call& call);
Result<Response> set_up(Call& call);
Result<Response> who_am_i(Call& call);
Result<Response> sign_in(Call& call);
Result<Response> sign_out(Call& call);
Result<Response> change_password(Call& call);
Result<Response> begin_totp(Call& call);
Result<Response> confirm_totp(Call& call);
Result<Response> web_sessions(Call& call);
Result<Response> end_web_session(Call& call);
Result<Response> tokens(Call& call);
Result<Response> create_token(Call& call);
Result<Response> revoke_token(Call& call);

// provider_handlers.cpp
Result<Response> sign_in_providers(Call& call);
Result<Response> begin_provider_sign_in(Call& call);
Result<Response> finish_provider_sign_in(Call& call);

// target_handlers.cpp
Result<Response> targets(Call& call);
Result<Response> target(Call& call);
Result<Response> add_target(Call& call);
Result<Response> remove_target(Call& call);
Result<Response> set_target_credential(Call& call);
Result<Response> set_target_account(Call& call);
Result<Response> personal_credentials(Call& call);
Result<Response> set_personal_credential(Call& call);
Result<Response> withdraw_personal_credential(Call& call);
Result<Response> test_target(Call& call);
Result<Response> pin_target(Call& call);
Result<Response> issue_ticket(Call& call);
Result<Response> rdp_file(Call& call);
Result<Response> issue_screen_ticket(Call& call);
Result<Response> screen(Call& call);
Result<Response> upgraded_to_screen(Call& call, const serve::BrowserVisit& visit);  // by the ticket of the query

// live_handlers.cpp
Result<Response> live_sessions(Call& call);
Result<Response> end_live_session(Call& call);
Result<Response> lock_input(Call& call);
Result<Response> pause_recording(Call& call);
Result<Response> live_film(Call& call);
Result<Response> issue_join_ticket(Call& call);
Result<Response> join(Call& call);

// recording_handlers.cpp
Result<Response> recordings(Call& call);
Result<Response> export_recordings(Call& call);
Result<Response> search(Call& call);
Result<Response> recording(Call& call);
Result<Response> recording_report(Call& call);
Result<Response> recording_views(Call& call);
Result<Response> retry_recording(Call& call);

// remark_handlers.cpp
Result<Response> remarks(Call& call);
Result<Response> add_remark(Call& call);
Result<Response> remove_remark(Call& call);

// recording_events.cpp
Result<Response> recording_events(Call& call);

// film_handlers.cpp
Result<Response> film_index(Call& call);
Result<Response> film_segment(Call& call);
Result<Response> film(Call& call);
Result<Response> storyboard(Call& call);
Result<Response> thumbnail(Call& call);

// export_handlers.cpp
Result<Response> exports(Call& call);
Result<Response> begin_export(Call& call);
Result<Response> export_state(Call& call);
Result<Response> remove_export(Call& call);
Result<Response> export_bundle(Call& call);

// original_handlers.cpp
Result<Response> original_state(Call& call);
Result<Response> original_share(Call& call);
Result<Response> give_original_share(Call& call);
Result<Response> open_original(Call& call);
Result<Response> close_original(Call& call);
Result<Response> original_index(Call& call);
Result<Response> original_segment(Call& call);

// request_handlers.cpp
Result<Response> requests(Call& call);
Result<Response> request(Call& call);
Result<Response> create_request(Call& call);
Result<Response> decide_request(Call& call);
Result<Response> cancel_request(Call& call);
Result<Response> revoke_request(Call& call);
Result<Response> review_request(Call& call);

// retention_handlers.cpp
Result<Response> retention_plan(Call& call);
Result<Response> delete_recording(Call& call);
Result<Response> holds(Call& call);
Result<Response> place_hold(Call& call);
Result<Response> release_hold(Call& call);

// people_handlers.cpp
Result<Response> users(Call& call);
Result<Response> add_user(Call& call);
Result<Response> disable_user(Call& call);
Result<Response> enable_user(Call& call);
Result<Response> set_user_password(Call& call);
Result<Response> drop_second_factor(Call& call);
Result<Response> groups(Call& call);
Result<Response> add_member(Call& call);
Result<Response> remove_member(Call& call);
Result<Response> role_bindings(Call& call);
Result<Response> bind_role(Call& call);
Result<Response> unbind_role(Call& call);

// alert_handlers.cpp
Result<Response> alerts(Call& call);
Result<Response> alert_sinks(Call& call);
Result<Response> test_alert_sinks(Call& call);

// audit_handlers.cpp
Result<Response> audit(Call& call);
Result<Response> export_audit(Call& call);
Result<Response> verify_audit(Call& call);

// system_handlers.cpp
Result<Response> policy(Call& call);
Result<Response> explain_policy(Call& call);
Result<Response> simulate_policy(Call& call);
Result<Response> reviews(Call& call);
Result<Response> sign_review(Call& call);
Result<Response> jobs(Call& call);
Result<Response> health(Call& call);
Result<Response> about(Call& call);
Result<Response> events(Call& call);
Result<Response> openapi_json(Call& call);
Result<Response> openapi_yaml(Call& call);
Result<Response> settings(Call& call);  // settings_handlers.cpp

}  // namespace frostgate::http
