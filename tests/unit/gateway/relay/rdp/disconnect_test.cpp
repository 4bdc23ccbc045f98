#include "gateway/relay/rdp/disconnect.h"

#include <catch2/catch.hpp>

using namespace frostgate;
using namespace frostgate::relay;

namespace {

// What a session's end reads like, when the target has said this as its reason.
Error ended_with(UINT32 error_info) {
  freerdp* instance = freerdp_new();
  REQUIRE(freerdp_context_new(instance));
  freerdp_set_error_info(instance->context->rdp, error_info);
  const Error error = rdp::disconnect_error(instance->context, "lab-1");
  freerdp_context_free(instance);
  freerdp_free(instance);
  return error;
}

}  // namespace

TEST_CASE("a target that shows its screen by the graphics pipeline alone is named as such") {
  for (const UINT32 code : {ERRINFO_GRAPHICS_MODE_NOT_SUPPORTED, ERRINFO_GRAPHICS_SUBSYSTEM_RESET_FAILED, ERRINFO_GRAPHICS_SUBSYSTEM_FAILED}) {
    const Error error = ended_with(code);
    CHECK(error.kind == ErrorKind::unavailable);
    CHECK_THAT(error.message, Catch::Matchers::StartsWith("lab-1 ended the session: it shows its screen only by the graphics pipeline"));
  }
  CHECK(ended_with(ERRINFO_IDLE_TIMEOUT).message == "lab-1 ended the session: the session was idle for too long");
}

TEST_CASE("a connection that ends without a reason is lost, and may be had again") {
  CHECK(ended_with(ERRINFO_SUCCESS).kind == ErrorKind::io);
}
