#include "gateway/http/routes.h"

#include "gateway/http/handlers.h"
#include "gateway/http/versions.h"

namespace frostgate::http {
namespace {

using enum access::Role;
using enum Method;

const Route kRoutes[] = {
    {get, "/setup", "setup_state", Who::anyone, {}, setup_state},
    {post, "/setup", "set_up", Who::anyone, {}, set_up, Pace::waits},
    {get, "/session", "who_am_i", Who::user, {}, who_am_i},
    {post, "/session", "sign_in", Who::anyone, {}, sign_in, Pace::waits},
    {del, "/session", "sign_out", Who::user, {}, sign_out},
    {get, "/sign-in-providers", "sign_in_providers", Who::anyone, {}, sign_in_providers},
    {post, "/sign-in-providers/{name}", "begin_provider_sign_in", Who::anyone, {}, begin_provider_sign_in, Pace::waits},
    {post, "/session/provider", "finish_provider_sign_in", Who::anyone, {}, finish_provider_sign_in, Pace::waits},
    {put, "/session/password", "change_password", Who::user, {}, change_password, Pace::waits},
    {post, "/session/totp", "begin_totp", Who::user, {}, begin_totp},
    {put, "/session/totp", "confirm_totp", Who::user, {}, confirm_totp},
    {get, "/web-sessions", "web_sessions", Who::user, {}, web_sessions},
    {del, "/web-sessions/{id}", "end_web_session", Who::user, {}, end_web_session},

    {get, "/targets", "targets", Who::roles, {operator_, admin}, targets},
    {post, "/targets", "add_target", Who::roles, {admin}, add_target},
    {get, "/targets/{name}", "target", Who::roles, {operator_, admin}, target},
    {del, "/targets/{name}", "remove_target", Who::roles, {admin}, remove_target, Pace::quick, nullptr, target_version},
    {put, "/targets/{name}/credential", "set_target_credential", Who::roles, {admin}, set_target_credential, Pace::quick, nullptr, target_version},
    {put, "/targets/{name}/account", "set_target_account", Who::roles, {admin}, set_target_account, Pace::quick, nullptr, target_version},
    {get, "/targets/{name}/credentials", "personal_credentials", Who::roles, {admin}, personal_credentials},
    {put, "/targets/{name}/credentials/{user}", "set_personal_credential", Who::roles, {operator_, admin}, set_personal_credential},
    {del, "/targets/{name}/credentials/{user}", "withdraw_personal_credential", Who::roles, {operator_, admin}, withdraw_personal_credential},
    {post, "/targets/{name}/test", "test_target", Who::roles, {admin}, test_target, Pace::waits},
    {put, "/targets/{name}/pin", "pin_target", Who::roles, {admin}, pin_target, Pace::quick, nullptr, target_version},
    {post, "/targets/{name}/tickets", "issue_ticket", Who::roles, {operator_}, issue_ticket},
    {post, "/targets/{name}/rdp-file", "rdp_file", Who::roles, {operator_}, rdp_file},
    {post, "/targets/{name}/screen-ticket", "issue_screen_ticket", Who::roles, {operator_}, issue_screen_ticket},
    {get, "/targets/{name}/screen", "screen", Who::roles, {operator_}, screen},

    {get, "/live-sessions", "live_sessions", Who::roles, {operator_, auditor, admin}, live_sessions},
    {post, "/live-sessions/{id}/end", "end_live_session", Who::roles, {operator_, auditor, admin}, end_live_session},
    {put, "/live-sessions/{id}/input", "lock_input", Who::roles, {auditor, admin}, lock_input},
    {put, "/live-sessions/{id}/recording", "pause_recording", Who::roles, {operator_, auditor, admin}, pause_recording},
    {get, "/live-sessions/{id}/film", "live_film", Who::roles, {auditor}, live_film},
    {post, "/live-sessions/{id}/screen-ticket", "issue_join_ticket", Who::roles, {operator_, auditor}, issue_join_ticket},
    {get, "/live-sessions/{id}/screen", "join", Who::roles, {operator_, auditor}, join},

    {get, "/recordings", "recordings", Who::roles, {auditor, compliance}, recordings, Pace::quick, "q"},
    {get, "/search", "search", Who::roles, {auditor, compliance}, search, Pace::works},
    {get, "/recordings/export", "export_recordings", Who::roles, {auditor, compliance}, export_recordings, Pace::quick, "q"},
    {get, "/recordings/{id}", "recording", Who::roles, {auditor, compliance}, recording},
    {get, "/recordings/{id}/report", "recording_report", Who::roles, {auditor, compliance}, recording_report},
    {get, "/recordings/{id}/events", "recording_events", Who::roles, {auditor, compliance}, recording_events},
    {get, "/recordings/{id}/index", "film_index", Who::roles, {auditor, compliance}, film_index},
    {get, "/recordings/{id}/segments/{generation}/{part}/{index}", "film_segment", Who::roles, {auditor, compliance}, film_segment},
    {get, "/recordings/{id}/film/{part}", "film", Who::roles, {auditor, compliance}, film},
    {get, "/recordings/{id}/storyboard", "storyboard", Who::roles, {auditor, compliance}, storyboard},
    {get, "/recordings/{id}/thumbnails/{number}", "thumbnail", Who::roles, {auditor, compliance}, thumbnail},
    {get, "/recordings/{id}/views", "recording_views", Who::roles, {auditor, compliance}, recording_views},
    {get, "/recordings/{id}/remarks", "remarks", Who::roles, {auditor, compliance}, remarks},
    {post, "/recordings/{id}/remarks", "add_remark", Who::roles, {auditor, compliance}, add_remark},
    {del, "/recordings/{id}/remarks/{number}", "remove_remark", Who::roles, {auditor, compliance}, remove_remark},
    {post, "/recordings/{id}/retry", "retry_recording", Who::roles, {admin}, retry_recording},

    {get, "/recordings/{id}/original", "original_state", Who::roles, {approver, auditor, compliance}, original_state},
    {get, "/recordings/{id}/original/shares/{number}", "original_share", Who::roles, {approver, auditor, compliance}, original_share},
    {post, "/recordings/{id}/original/openings/{request}/shares", "give_original_share", Who::roles, {approver, auditor, compliance}, give_original_share},
    {post, "/recordings/{id}/original/openings/{request}", "open_original", Who::roles, {auditor, compliance}, open_original},
    {del, "/recordings/{id}/original/openings/{request}", "close_original", Who::roles, {auditor, compliance}, close_original},
    {get, "/recordings/{id}/original/openings/{request}/index", "original_index", Who::roles, {auditor, compliance}, original_index},
    {get, "/recordings/{id}/original/openings/{request}/segments/{part}/{index}", "original_segment", Who::roles, {auditor, compliance}, original_segment},

    {get, "/retention/plan", "retention_plan", Who::roles, {auditor, compliance}, retention_plan, Pace::works},
    {post, "/recordings/{id}/deletion", "delete_recording", Who::roles, {compliance}, delete_recording},
    {get, "/holds", "holds", Who::roles, {auditor, compliance}, holds},
    {put, "/recordings/{id}/hold", "place_hold", Who::roles, {compliance}, place_hold, Pace::quick, nullptr, hold_version},
    {post, "/recordings/{id}/hold/release", "release_hold", Who::roles, {compliance}, release_hold, Pace::quick, nullptr, hold_version},

    {get, "/exports", "exports", Who::roles, {compliance}, exports},
    {post, "/exports", "begin_export", Who::roles, {compliance}, begin_export},
    {get, "/exports/{id}", "export_state", Who::roles, {compliance}, export_state},
    {del, "/exports/{id}", "remove_export", Who::roles, {compliance}, remove_export},
    {get, "/exports/{id}/bundle", "export_bundle", Who::roles, {compliance}, export_bundle},

    {get, "/requests", "requests", Who::roles, {operator_, approver, auditor, compliance}, requests},
    {post, "/requests", "create_request", Who::roles, {operator_, auditor, compliance}, create_request},
    {get, "/requests/{id}", "request", Who::roles, {operator_, approver, auditor, compliance}, request},
    {post, "/requests/{id}/decision", "decide_request", Who::roles, {approver}, decide_request},
    {post, "/requests/{id}/cancel", "cancel_request", Who::roles, {operator_, auditor, compliance}, cancel_request},
    {post, "/requests/{id}/revoke", "revoke_request", Who::roles, {approver}, revoke_request},
    {post, "/requests/{id}/review", "review_request", Who::roles, {approver}, review_request},

    {get, "/users", "users", Who::roles, {admin}, users},
    {post, "/users", "add_user", Who::roles, {admin}, add_user, Pace::works},
    {del, "/users/{name}", "disable_user", Who::roles, {admin}, disable_user, Pace::quick, nullptr, user_version},
    {put, "/users/{name}/enabled", "enable_user", Who::roles, {admin}, enable_user, Pace::quick, nullptr, user_version},
    {put, "/users/{name}/password", "set_user_password", Who::roles, {admin}, set_user_password, Pace::works, nullptr, user_version},
    {del, "/users/{name}/second-factor", "drop_second_factor", Who::roles, {admin}, drop_second_factor, Pace::quick, nullptr, user_version},
    {get, "/groups", "groups", Who::roles, {admin}, groups},
    {put, "/groups/{name}/members/{user}", "add_member", Who::roles, {admin}, add_member, Pace::quick, nullptr, group_version},
    {del, "/groups/{name}/members/{user}", "remove_member", Who::roles, {admin}, remove_member, Pace::quick, nullptr, group_version},
    {get, "/role-bindings", "role_bindings", Who::roles, {admin}, role_bindings},
    {post, "/role-bindings", "bind_role", Who::roles, {admin}, bind_role, Pace::quick, nullptr, role_bindings_version},
    {del, "/role-bindings/{id}", "unbind_role", Who::roles, {admin}, unbind_role, Pace::quick, nullptr, role_bindings_version},
    {get, "/tokens", "tokens", Who::user, {}, tokens},
    {post, "/tokens", "create_token", Who::user, {}, create_token},
    {del, "/tokens/{id}", "revoke_token", Who::user, {}, revoke_token},

    {get, "/policy", "policy", Who::roles, {admin, auditor, compliance}, policy},
    {get, "/policy/explain", "explain_policy", Who::roles, {admin}, explain_policy},
    {post, "/policy/simulation", "simulate_policy", Who::roles, {admin}, simulate_policy, Pace::works},
    {get, "/reviews", "reviews", Who::roles, {auditor, compliance, admin}, reviews},
    {post, "/reviews", "sign_review", Who::roles, {auditor, compliance}, sign_review},
    {get, "/alerts", "alerts", Who::roles, {auditor, compliance, admin}, alerts},
    {get, "/alert-sinks", "alert_sinks", Who::roles, {admin}, alert_sinks},
    {post, "/alert-sinks/test", "test_alert_sinks", Who::roles, {admin}, test_alert_sinks, Pace::works},
    {get, "/audit", "audit", Who::roles, {auditor, compliance, admin}, audit},
    {get, "/audit/export", "export_audit", Who::roles, {auditor, compliance, admin}, export_audit},
    {get, "/audit/verification", "verify_audit", Who::roles, {auditor, compliance, admin}, verify_audit, Pace::works},
    {get, "/jobs", "jobs", Who::roles, {admin}, jobs},
    {get, "/settings", "settings", Who::roles, {admin}, settings},
    {get, "/health", "health", Who::user, {}, health},
    {get, "/about", "about", Who::user, {}, about},
    {get, "/events", "events", Who::user, {}, events},
    {get, "/openapi.json", "openapi_json", Who::anyone, {}, openapi_json},
    {get, "/openapi.yaml", "openapi_yaml", Who::anyone, {}, openapi_yaml},
};

}  // namespace

std::span<const Route> routes() { return kRoutes; }

Pace pace_of(const Route& route, const std::map<std::string, std::string>& query) { return route.works_with && query.contains(route.works_with) ? Pace::works : route.pace; }

}  // namespace frostgate::http
