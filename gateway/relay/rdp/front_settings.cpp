#include "gateway/relay/rdp/front_settings.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "gateway/crypto/library_server.h"
#include "gateway/relay/rdp_library.h"
#include "gateway/relay/size_wish.h"

namespace frostgate::relay::rdp {
namespace {

std::string text_of(const rdpSettings* settings, size_t id) {
  const char* text = freerdp_settings_get_string(settings, id);
  return text ? text : "";
}

// Who has several monitors names each of them (MS-RDPBCGR 2.2.1.3.6), and is shown one surface around them.
Size wished_size(const rdpSettings* settings) {
  const auto* defined = static_cast<const rdpMonitor*>(freerdp_settings_get_pointer(settings, FreeRDP_MonitorDefArray));
  const UINT32 count = std::min(freerdp_settings_get_uint32(settings, FreeRDP_MonitorCount), freerdp_settings_get_uint32(settings, FreeRDP_MonitorDefArraySize));
  std::vector<Monitor> monitors;
  for (UINT32 i = 0; defined && i < count; ++i)
    monitors.push_back({defined[i].x, defined[i].y, static_cast<std::uint32_t>(defined[i].width), static_cast<std::uint32_t>(defined[i].height)});
  if (const auto around = monitors.size() > 1 ? size_around(monitors) : std::nullopt) return *around;
  return desktop_size(settings);
}

}  // namespace

Size desktop_size(const rdpSettings* settings) {
  return {static_cast<int>(freerdp_settings_get_uint32(settings, FreeRDP_DesktopWidth)),
          static_cast<int>(freerdp_settings_get_uint32(settings, FreeRDP_DesktopHeight))};
}

Result<void> apply(const std::string& certificate, Security security, rdpSettings* settings) {
  bool ok = set_server_identity(settings, certificate.c_str(), crypto::kKeyIsElsewhere);
  const size_t off[] = {FreeRDP_RdpSecurity,
                        FreeRDP_RemoteFxCodec, FreeRDP_NSCodec,        FreeRDP_AudioPlayback,
                        FreeRDP_AudioCapture,  FreeRDP_NetworkAutoDetect};
  for (const size_t id : off) ok = ok && freerdp_settings_set_bool(settings, id, FALSE);
  const size_t on[] = {FreeRDP_SupportGraphicsPipeline, FreeRDP_RefreshRect,  FreeRDP_SuppressOutput,
                       FreeRDP_DesktopResize, FreeRDP_UnicodeInput, FreeRDP_HasExtendedMouseEvent,
                       FreeRDP_HasHorizontalWheel};
  for (const size_t id : on) ok = ok && freerdp_settings_set_bool(settings, id, TRUE);
  // One of them: the client's choice was made from its request.
  ok = ok && freerdp_settings_set_bool(settings, FreeRDP_TlsSecurity, security == Security::tls) &&
       freerdp_settings_set_bool(settings, FreeRDP_NlaSecurity, security == Security::nla);
  ok = ok && freerdp_settings_set_uint32(settings, FreeRDP_ColorDepth, 32) &&
       freerdp_settings_set_uint32(settings, FreeRDP_MultifragMaxRequestSize, 0x3F0000) &&
       freerdp_settings_set_uint32(settings, FreeRDP_LargePointerFlag, 3);
  if (!ok) return Error{ErrorKind::unsupported, "this libfreerdp does not take the settings of a relay"};
  return {};
}

PasswordLogin take_login(rdpSettings* settings) {
  // In place: their memory is the library's.
  const auto text = [&](size_t id) { return const_cast<char*>(freerdp_settings_get_string(settings, id)); };
  PasswordLogin login;
  login.user = text_of(settings, FreeRDP_Username);
  login.domain = text_of(settings, FreeRDP_Domain);
  if (char* name = text(FreeRDP_Username)) {
    if (char* ticket = std::strchr(name, '#')) wipe_memory(ticket, std::strlen(ticket));
  }
  if (char* password = text(FreeRDP_Password)) {
    login.password = Secret::from_text(password);
    wipe_memory(password, std::strlen(password));
  }
  forget_streams();
  return login;
}

void forget_ticket(std::string& user) {
  const std::size_t ticket = std::min(user.find('#'), user.size());
  wipe_memory(user.data() + ticket, user.size() - ticket);
  user.resize(ticket);
}

ClientProfile profile_of(const rdpSettings* settings) {
  ClientProfile profile;
  profile.size = wished_size(settings);
  profile.scale = DisplayScale::checked(freerdp_settings_get_uint32(settings, FreeRDP_DesktopScaleFactor),
                                        freerdp_settings_get_uint32(settings, FreeRDP_DeviceScaleFactor));
  profile.keyboard_layout = freerdp_settings_get_uint32(settings, FreeRDP_KeyboardLayout);
  profile.name = text_of(settings, FreeRDP_ClientHostname);
  return profile;
}

NtlmExchange exchange_of(const NtlmQuestion& question) {
  const auto bytes_of = [](const SecBuffer* buffer) {
    const auto* data = static_cast<const std::byte*>(buffer->pvBuffer);
    return std::vector<std::byte>(data, data + buffer->cbBuffer);
  };
  NtlmExchange out;
  out.user = utf8_of(question.identity->User, question.identity->UserLength);
  out.domain = utf8_of(question.identity->Domain, question.identity->DomainLength);
  out.challenge = bytes_of(question.challenge);
  out.messages = bytes_of(question.messages);
  std::memcpy(out.session_key.data(), question.session_key, out.session_key.size());
  std::memcpy(out.mic.data(), question.mic, out.mic.size());
  return out;
}

UINT32 error_info_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::denied: return ERRINFO_SERVER_DENIED_CONNECTION;
    case ErrorKind::not_found:
    case ErrorKind::unavailable:
    case ErrorKind::timeout: return ERRINFO_CB_DESTINATION_NOT_FOUND;
    default: return ERRINFO_RPC_INITIATED_DISCONNECT;
  }
}

}  // namespace frostgate::relay::rdp
