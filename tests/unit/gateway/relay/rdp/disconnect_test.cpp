#include "gateway/relay/rdp/disconnect.h"

#include <catch2/catch.hpp>

using namespace frostgate;
using namespace frostgate::relay;

namespace {

struct Context {
  Context() : instance(freerdp_new()) { REQUIRE(freerdp_context_new(instance)); }
  ~Context() {
    freerdp_context_free(instance);
    freerdp_free(instance);
  }
  freerdp* instance;
};

// What a session's end reads like, when the target has said this as its reason.
Error ended_with(UINT32 error_info) {
  const Context context;
  freerdp_set_error_info(context.instance->context->rdp, error_info);
  return rdp::disconnect_error(context.instance->context, "lab-1");
}

// Of a target that broke off in this state, and may have said why.
bool asks_for_pipeline(int state, UINT32 error_info = ERRINFO_SUCCESS, UINT32 last_error = FREERDP_ERROR_CONNECT_TRANSPORT_FAILED) {
  const Context context;
  freerdp_set_error_info(context.instance->context->rdp, error_info);
  freerdp_set_last_error(context.instance->context, last_error);
  return rdp::wants_pipeline(context.instance->context, {true, state});
}

}  // namespace

TEST_CASE("a target wants the graphics pipeline when it says so, or breaks off at what the client can do") {
  for (const UINT32 code : {ERRINFO_GRAPHICS_MODE_NOT_SUPPORTED, ERRINFO_GRAPHICS_SUBSYSTEM_RESET_FAILED, ERRINFO_GRAPHICS_SUBSYSTEM_FAILED}) {
    CHECK(asks_for_pipeline(CONNECTION_STATE_ACTIVE, code));
    CHECK_THAT(ended_with(code).message, Catch::Matchers::StartsWith("lab-1 ended the session: it cannot show its screen in a way that the gateway reads"));
  }
  CHECK(asks_for_pipeline(CONNECTION_STATE_CAPABILITIES_EXCHANGE));
  for (const int state : {CONNECTION_STATE_NLA, CONNECTION_STATE_MCS_CHANNEL_JOIN, CONNECTION_STATE_LICENSING, CONNECTION_STATE_FINALIZATION, CONNECTION_STATE_ACTIVE})
    CHECK_FALSE(asks_for_pipeline(state));
  CHECK_FALSE(asks_for_pipeline(CONNECTION_STATE_ACTIVE, ERRINFO_IDLE_TIMEOUT));
}

TEST_CASE("a target that refuses the credential when the client is connected wants no other graphics") {
  for (const UINT32 error : {FREERDP_ERROR_SERVER_DENIED_CONNECTION, FREERDP_ERROR_CONNECT_LOGON_FAILURE, FREERDP_ERROR_INSUFFICIENT_PRIVILEGES})
    CHECK_FALSE(asks_for_pipeline(CONNECTION_STATE_CAPABILITIES_EXCHANGE, ERRINFO_SUCCESS, error));
}

TEST_CASE("a session's end reads like what the target said") {
  CHECK(ended_with(ERRINFO_IDLE_TIMEOUT).message == "lab-1 ended the session: the session was idle for too long");
}

TEST_CASE("a connection that ends without a reason is lost, and may be had again") {
  CHECK(ended_with(ERRINFO_SUCCESS).kind == ErrorKind::io);
}
