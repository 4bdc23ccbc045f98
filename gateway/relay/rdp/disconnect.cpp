#include "gateway/relay/rdp/disconnect.h"

#include <sys/socket.h>

#include <cerrno>

#include "gateway/relay/complaint.h"

namespace frostgate::relay::rdp {
namespace {

bool credential_refused(UINT32 error) {
  switch (error) {
    case FREERDP_ERROR_AUTHENTICATION_FAILED:
    case FREERDP_ERROR_CONNECT_LOGON_FAILURE:
    case FREERDP_ERROR_CONNECT_WRONG_PASSWORD:
    case FREERDP_ERROR_CONNECT_ACCESS_DENIED:
    case FREERDP_ERROR_CONNECT_ACCOUNT_RESTRICTION:
    case FREERDP_ERROR_CONNECT_ACCOUNT_LOCKED_OUT:
    case FREERDP_ERROR_CONNECT_ACCOUNT_EXPIRED:
    case FREERDP_ERROR_CONNECT_ACCOUNT_DISABLED:
    case FREERDP_ERROR_CONNECT_PASSWORD_EXPIRED:
    case FREERDP_ERROR_CONNECT_PASSWORD_CERTAINLY_EXPIRED:
    case FREERDP_ERROR_CONNECT_PASSWORD_MUST_CHANGE:
    case FREERDP_ERROR_CONNECT_LOGON_TYPE_NOT_GRANTED:
    case FREERDP_ERROR_INSUFFICIENT_PRIVILEGES:
    case FREERDP_ERROR_SERVER_DENIED_CONNECTION:
    case FREERDP_ERROR_SERVER_INSUFFICIENT_PRIVILEGES:
    case FREERDP_ERROR_SERVER_FRESH_CREDENTIALS_REQUIRED:
      return true;
    default:
      return false;
  }
}

// MS-RDPBCGR 2.2.5.1.1, the codes that people meet.
std::string error_info_sentence(UINT32 code) {
  switch (code) {
    case ERRINFO_RPC_INITIATED_DISCONNECT:
    case ERRINFO_RPC_INITIATED_LOGOFF: return "an administrator ended the session";
    case ERRINFO_IDLE_TIMEOUT: return "the session was idle for too long";
    case ERRINFO_LOGON_TIMEOUT: return "the session's time limit is over";
    case ERRINFO_DISCONNECTED_BY_OTHER_CONNECTION: return "another connection took the session over";
    case ERRINFO_OUT_OF_MEMORY: return "the target is out of memory";
    case ERRINFO_SERVER_DENIED_CONNECTION: return "the target refused the connection";
    case ERRINFO_RPC_INITIATED_DISCONNECT_BY_USER: return "the user disconnected the session";
    case ERRINFO_LOGOFF_BY_USER: return "the user logged off";
    case ERRINFO_GRAPHICS_MODE_NOT_SUPPORTED:
    case ERRINFO_GRAPHICS_SUBSYSTEM_RESET_FAILED:
    case ERRINFO_GRAPHICS_SUBSYSTEM_FAILED: return "it cannot show its screen in a way that the gateway reads";
    default: return freerdp_get_error_info_string(code);
  }
}

// Only with CredSSP, before the session begins.
bool checks_credential(const rdpContext* context) {
  constexpr UINT32 kHybrid = 2, kHybridEx = 8;  // MS-RDPBCGR 2.2.1.2.1
  return (freerdp_settings_get_uint32(context->settings, FreeRDP_SelectedProtocol) & (kHybrid | kHybridEx)) != 0;
}

}  // namespace

Result<void> client_end(rdpContext* context, int socket, bool admitted) {
  const bool goodbye = freerdp_get_disconnect_ultimatum(context) != 0, broken_off = !goodbye && is_open(socket);
  // So libfreerdp calls what serve refused, and has said.
  if (!admitted && last_complaint() == "client authentication failure") return Error{ErrorKind::denied, "the client was not admitted"};
  if (broken_off && !last_complaint().empty()) return Error{ErrorKind::corrupt, "the client sent what cannot be: " + last_complaint()};
  if (!admitted) return Error{ErrorKind::unavailable, "the client left before it was admitted"};
  if (goodbye || broken_off) return {};
  return Error{ErrorKind::unavailable, "the connection to the client is lost"};
}

bool is_open(int socket) {
  char byte = 0;
  const ssize_t more = recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return more > 0 || (more < 0 && errno == EAGAIN);
}

Error connect_error(rdpContext* context, const std::string& host, const Progress& progress) {
  const UINT32 error = freerdp_get_last_error(context);
  if (credential_refused(error)) return {ErrorKind::denied, host + " refused the credential"};
  switch (error) {
    case FREERDP_ERROR_SECURITY_NEGO_CONNECT_FAILED:
      return {ErrorKind::unsupported, host + " offers neither NLA nor TLS"};
    case FREERDP_ERROR_TLS_CONNECT_FAILED:
      return {ErrorKind::unavailable, "TLS with " + host + " failed"};
    default:
      break;
  }
  // What was delegated may be checked only when all of CredSSP has been said.
  if (progress.state <= CONNECTION_STATE_MCS_CONNECT) {
    if (!progress.encrypted) return {ErrorKind::corrupt, host + " does not speak RDP with TLS or NLA"};
    // Servers with FreeRDP's own NLA say no by hanging up: MS-CSSP's error code is optional.
    if (checks_credential(context)) return {ErrorKind::denied, host + " broke off while checking the credential"};
    return {ErrorKind::unavailable, host + " broke off while connecting"};
  }
  if (error == FREERDP_ERROR_CONNECT_TRANSPORT_FAILED || error == FREERDP_ERROR_CONNECT_FAILED) return {ErrorKind::unavailable, host + " broke off while connecting"};
  const char* text = error == FREERDP_ERROR_SUCCESS ? nullptr : freerdp_get_last_error_string(error);
  return {ErrorKind::unavailable, "connecting to " + host + " failed" + (text ? std::string(": ") + text : "")};
}

bool wants_pipeline(rdpContext* context, const Progress& progress) {
  switch (freerdp_error_info(context->instance)) {
    case ERRINFO_GRAPHICS_MODE_NOT_SUPPORTED:
    case ERRINFO_GRAPHICS_SUBSYSTEM_RESET_FAILED:
    case ERRINFO_GRAPHICS_SUBSYSTEM_FAILED: return true;
    default: return awaits_capabilities(progress.state) && !credential_refused(freerdp_get_last_error(context));
  }
}

Error disconnect_error(rdpContext* context, const std::string& host) {
  const UINT32 info = freerdp_error_info(context->instance);
  if (info != ERRINFO_SUCCESS && info != ERRINFO_NONE)
    return {ErrorKind::unavailable, host + " ended the session: " + error_info_sentence(info)};
  switch (freerdp_get_disconnect_ultimatum(context)) {
    case Disconnect_Ultimatum_provider_initiated:
      return {ErrorKind::unavailable, host + " ended the session"};
    case Disconnect_Ultimatum_user_requested:
      return {ErrorKind::unavailable, host + " ended the session: the user logged off or disconnected"};
    default:
      return {ErrorKind::io, "the connection to " + host + " is lost"};
  }
}

}  // namespace frostgate::relay::rdp
