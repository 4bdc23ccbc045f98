#include "gateway/relay/rdp/back_settings.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "gateway/relay/rdp/channel_bridge.h"
#include "gateway/relay/rdp/clipboard_channel.h"
#include "gateway/relay/rdp/dynamic_channels.h"

namespace frostgate::relay::rdp {
namespace {

constexpr Size kSizeWithoutWish{1280, 800};
// US: what keys that come as keysyms are typed on (keyboard_layouts.h). With no word about it a Windows target takes its own
// default layout, where the same scan codes are other characters.
constexpr UINT32 kLayoutWithoutName = 0x409;

bool apply_security(rdpSettings* settings) {
  // One negotiation offers both, so that the target's choice needs no second connection: the descriptor is used up.
  return freerdp_settings_set_bool(settings, FreeRDP_NegotiateSecurityLayer, TRUE) &&
         freerdp_settings_set_bool(settings, FreeRDP_NlaSecurity, TRUE) &&
         freerdp_settings_set_bool(settings, FreeRDP_TlsSecurity, TRUE) &&
         freerdp_settings_set_bool(settings, FreeRDP_RdpSecurity, FALSE) &&
         // Certificates go to our callback alone: no prompt, no known-hosts file in a home directory.
         freerdp_settings_set_bool(settings, FreeRDP_ExternalCertificateManagement, TRUE) &&
         freerdp_settings_set_bool(settings, FreeRDP_AutoReconnectionEnabled, FALSE);
}

bool apply_graphics(Graphics graphics, rdpSettings* settings) {
  // Without the codecs below a server falls back to bitmap updates: planar or interleaved, both exact at 32 bits.
  const size_t off[] = {FreeRDP_RemoteFxCodec,        FreeRDP_NSCodec,            FreeRDP_JpegCodec,
                        FreeRDP_BitmapCacheV3Enabled, FreeRDP_BitmapCacheEnabled, FreeRDP_CompressionEnabled,
                        FreeRDP_DrawAllowColorSubsampling, FreeRDP_DrawAllowDynamicColorFidelity};
  for (const size_t id : off) {
    if (!freerdp_settings_set_bool(settings, id, FALSE)) return false;
  }
  const size_t on[] = {FreeRDP_SoftwareGdi, FreeRDP_FastPathOutput, FreeRDP_SurfaceFrameMarkerEnabled,
                       FreeRDP_FrameMarkerCommandEnabled, FreeRDP_DrawAllowSkipAlpha, FreeRDP_DesktopResize,
                       FreeRDP_AllowFontSmoothing};
  for (const size_t id : on) {
    if (!freerdp_settings_set_bool(settings, id, TRUE)) return false;
  }
  // The drawing orders that fill and move; those that need caches and fonts stay off.
  auto* orders = static_cast<BYTE*>(const_cast<void*>(freerdp_settings_get_pointer(settings, FreeRDP_OrderSupport)));
  if (!orders) return false;
  std::memset(orders, FALSE, 32);
  for (const int order : {NEG_DSTBLT_INDEX, NEG_PATBLT_INDEX, NEG_SCRBLT_INDEX, NEG_OPAQUE_RECT_INDEX})
    orders[order] = TRUE;
  return freerdp_settings_set_bool(settings, FreeRDP_SupportGraphicsPipeline, graphics != Graphics::bitmaps) &&
         freerdp_settings_set_uint32(settings, FreeRDP_GlyphSupportLevel, GLYPH_SUPPORT_NONE) &&
         freerdp_settings_set_uint32(settings, FreeRDP_ColorDepth, 32) &&
         freerdp_settings_set_uint32(settings, FreeRDP_LargePointerFlag, 3);  // 96x96 and 384x384
}

bool apply_channels(const ChannelBridge* bridge, rdpSettings* settings) {
  const size_t off[] = {FreeRDP_RedirectClipboard,     FreeRDP_DeviceRedirection,   FreeRDP_RedirectDrives,
                        FreeRDP_RedirectPrinters,      FreeRDP_RedirectSmartCards,  FreeRDP_RedirectSerialPorts,
                        FreeRDP_RedirectParallelPorts, FreeRDP_AudioCapture,        FreeRDP_SupportDynamicChannels,
                        FreeRDP_SupportMultitransport, FreeRDP_NetworkAutoDetect,
                        FreeRDP_SupportHeartbeatPdu};
  for (const size_t id : off) {
    if (!freerdp_settings_set_bool(settings, id, FALSE)) return false;
  }
  const bool devices = bridge && bridge->passes(BridgedChannel::devices), sound = bridge && bridge->passes(BridgedChannel::sound);
  // None of libfreerdp's own: RdpBack speaks on these channels.
  if (!add_static_channel(settings, ClipboardChannel::kName) || !add_static_channel(settings, DynamicChannels::kName)) return false;
  // Said in the Client Info PDU: without it a target plays none.
  if (!freerdp_settings_set_bool(settings, FreeRDP_AudioPlayback, sound)) return false;
  if (devices && !add_static_channel(settings, ChannelBridge::name_of(BridgedChannel::devices))) return false;
  // Windows asks for no devices without a channel for sound beside theirs; what comes on it without the Grant is dropped.
  return !(devices || sound) || add_static_channel(settings, ChannelBridge::name_of(BridgedChannel::sound));
}

bool apply_login(const BackSettings& wanted, rdpSettings* settings) {
  std::string password(wanted.login.password.text());
  const bool ok = freerdp_settings_set_string(settings, FreeRDP_Username, wanted.login.user.c_str()) &&
                  freerdp_settings_set_string(settings, FreeRDP_Domain, wanted.login.domain.c_str()) &&
                  freerdp_settings_set_string(settings, FreeRDP_Password, password.c_str()) &&
                  freerdp_settings_set_string(settings, FreeRDP_ClientHostname, "frostgate") &&
                  freerdp_settings_set_bool(settings, FreeRDP_AutoLogonEnabled, !password.empty());
  wipe_memory(password.data(), password.size());
  return ok;
}

}  // namespace

Result<void> apply(const BackSettings& wanted, int descriptor, int seconds, rdpSettings* settings) {
  const Size size = wanted.wanted_size.empty() ? kSizeWithoutWish : wanted.wanted_size;
  if (!size.acceptable()) return Error{ErrorKind::invalid, "no screen can have the wanted size"};
  const bool ok =
      apply_security(settings) && apply_graphics(wanted.graphics, settings) && apply_channels(wanted.bridge.get(), settings) &&
      apply_login(wanted, settings) &&
      // "|" makes libfreerdp take the port for a connected socket's descriptor.
      freerdp_settings_set_string(settings, FreeRDP_ServerHostname, "|") &&
      freerdp_settings_set_uint32(settings, FreeRDP_ServerPort, static_cast<UINT32>(descriptor)) &&
      // rdp_client_connect() counts its sleeps as 100 ms each, also when they are short (fast_sleep.cpp).
      freerdp_settings_set_uint32(settings, FreeRDP_TcpAckTimeout, static_cast<UINT32>(seconds) * 1000 * 50) &&
      freerdp_settings_set_uint32(settings, FreeRDP_DesktopWidth, static_cast<UINT32>(size.width)) &&
      freerdp_settings_set_uint32(settings, FreeRDP_DesktopHeight, static_cast<UINT32>(size.height)) &&
      freerdp_settings_set_uint32(settings, FreeRDP_DesktopScaleFactor, wanted.scale.desktop) &&
      freerdp_settings_set_uint32(settings, FreeRDP_DeviceScaleFactor, wanted.scale.device) &&
      freerdp_settings_set_bool(settings, FreeRDP_UnicodeInput, TRUE) &&
      freerdp_settings_set_bool(settings, FreeRDP_HasExtendedMouseEvent, TRUE) &&
      freerdp_settings_set_bool(settings, FreeRDP_HasHorizontalWheel, TRUE) &&
      freerdp_settings_set_uint32(settings, FreeRDP_KeyboardLayout,
                                  wanted.keyboard_layout != 0 ? wanted.keyboard_layout : kLayoutWithoutName);
  if (!ok) return Error{ErrorKind::unsupported, "this libfreerdp does not take the settings of a relay"};
  return {};
}

void limit_channel_chunks(rdpSettings* settings) {
  constexpr UINT32 kShortest = 1600, kLongest = 16256;
  const UINT32 said = freerdp_settings_get_uint32(settings, kChannelChunk);
  if (said < kShortest || said > kLongest) (void)freerdp_settings_set_uint32(settings, kChannelChunk, std::clamp(said, kShortest, kLongest));
}

void wipe_password(rdpSettings* settings) {
  char* password = const_cast<char*>(freerdp_settings_get_string(settings, FreeRDP_Password));
  if (password) wipe_memory(password, std::strlen(password));
}

}  // namespace frostgate::relay::rdp
