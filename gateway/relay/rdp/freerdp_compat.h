// FreeRDP's headers, and every difference between 2.11 and 3.x that this room meets.
#pragma once

#include <freerdp/channels/wtsvc.h>
#include <freerdp/channels/channels.h>
#include <freerdp/client.h>
#include <freerdp/codec/color.h>
#include <freerdp/codec/interleaved.h>
#include <freerdp/codec/planar.h>
#include <freerdp/codec/progressive.h>
#include <freerdp/codec/region.h>
#include <freerdp/error.h>
#include <freerdp/event.h>
#include <freerdp/freerdp.h>
#include <freerdp/gdi/gdi.h>
#include <freerdp/graphics.h>
#include <freerdp/input.h>
#include <freerdp/peer.h>
#include <freerdp/pointer.h>
#include <freerdp/primitives.h>
#include <freerdp/server/disp.h>
#include <freerdp/server/rdpgfx.h>
#include <freerdp/session.h>
#include <freerdp/settings.h>
#include <freerdp/update.h>
#include <freerdp/version.h>
#include <winpr/crypto.h>
#include <winpr/handle.h>
#include <winpr/ntlm.h>
#include <winpr/ssl.h>
#include <winpr/string.h>
#include <winpr/synch.h>
#include <winpr/wlog.h>
#include <winpr/wtsapi.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

#include "codec/base/frame.h"
#include "gateway/relay/rdp/chunk_header.h"
#if FREERDP_VERSION_MAJOR >= 3
#include <freerdp/crypto/certificate.h>
#include <freerdp/crypto/privatekey.h>
#endif

namespace frostgate::relay::rdp {

// The listener's certificate and what stands for its key (gateway/crypto/library_server.h), null-terminated.
inline bool set_server_identity(rdpSettings* settings, const char* certificate, const char* key) {
#if FREERDP_VERSION_MAJOR >= 3
  rdpCertificate* parsed_certificate = freerdp_certificate_new_from_pem(certificate);
  rdpPrivateKey* parsed_key = freerdp_key_new_from_pem(key);
  return parsed_certificate && parsed_key &&
         freerdp_settings_set_pointer_len(settings, FreeRDP_RdpServerCertificate, parsed_certificate, 1) &&
         freerdp_settings_set_pointer_len(settings, FreeRDP_RdpServerRsaKey, parsed_key, 1);
#else
  return freerdp_settings_set_string(settings, FreeRDP_CertificateContent, certificate) &&
         freerdp_settings_set_string(settings, FreeRDP_PrivateKeyContent, key);
#endif
}

// The parts of a client's NTLM messages that libfreerdp asks the hash callback about.
struct NtlmQuestion {
  const SEC_WINNT_AUTH_IDENTITY* identity;
  const SecBuffer* challenge;
  const BYTE* session_key;  // 16 bytes each
  const BYTE* mic;
  const SecBuffer* messages;
};

// Installs the NLA hash callback: a lambda without captures, bool(freerdp_peer*, const NtlmQuestion&, BYTE* hash), that
// fills in the hash and says whether it did. Without a callback libfreerdp asks the
// machine's own SAM file. The values that mean "unknown user" are each other's opposite: 2.11 takes any non-zero for
// success (and would go on with the hash left at zero), 3.x takes zero (SEC_E_OK) for success. Where there is no answer
// the hash is random besides, so that nothing matches it.
template <class Answer>
void answer_ntlm_hash(freerdp_peer* peer, Answer) {
  const auto callback = [](void* of, const SEC_WINNT_AUTH_IDENTITY* identity, const SecBuffer* challenge,
                           const BYTE* session_key, const BYTE* mic, const SecBuffer* messages,
                           BYTE* hash) -> SECURITY_STATUS {
    const bool known = Answer()(static_cast<freerdp_peer*>(of), {identity, challenge, session_key, mic, messages}, hash);
    if (!known) winpr_RAND(hash, 16);
#if FREERDP_VERSION_MAJOR >= 3
    return known ? SEC_E_OK : SEC_E_LOGON_DENIED;
#else
    return known ? 1 : 0;
#endif
  };
#if FREERDP_VERSION_MAJOR >= 3
  peer->SspiNtlmHashCallback = callback;
#else
  peer->ComputeNtlmHash = callback;
#endif
}

// Names a static virtual channel (MS-RDPBCGR 2.2.1.3.4) that we want from a server, before connecting.
inline bool add_static_channel(rdpSettings* settings, std::string_view name) {
  CHANNEL_DEF channel{};
  name.copy(channel.name, sizeof channel.name - 1);
  channel.options = CHANNEL_OPTION_INITIALIZED | CHANNEL_OPTION_ENCRYPT_RDP | CHANNEL_OPTION_COMPRESS_RDP | CHANNEL_OPTION_SHOW_PROTOCOL;
  const UINT32 count = freerdp_settings_get_uint32(settings, FreeRDP_ChannelCount);
#if FREERDP_VERSION_MAJOR >= 3
  if (!freerdp_settings_set_pointer_array(settings, FreeRDP_ChannelDefArray, count, &channel)) return false;
#else
  if (count >= settings->ChannelDefArraySize) return false;
  settings->ChannelDefArray[count] = channel;
#endif
  return freerdp_settings_set_uint32(settings, FreeRDP_ChannelCount, count + 1);
}

// One chunk of a static virtual channel, with its CHANNEL_FLAG_* and the length of the whole message, from a freerdp_peer or freerdp. False: the connection is broken.
template <class Connection>
bool send_chunk(Connection* connection, UINT16 channel, std::span<const std::byte> chunk, std::uint32_t flags, std::size_t total) {
  const auto* data = reinterpret_cast<const BYTE*>(chunk.data());
#if FREERDP_VERSION_MAJOR >= 3
  return connection->SendChannelPacket(connection, channel, total, flags, data, chunk.size());
#else
  ChunkHeader header{static_cast<std::uint32_t>(chunk.size()), static_cast<std::uint32_t>(total), flags};
  chunk_header = &header;
  const bool sent = connection->SendChannelData(connection, channel, data, chunk.size());
  chunk_header = nullptr;
  return sent && header.written;
#endif
}

// So that a client's changes of state can be subscribed to: 2.11 tells of them, but has left them out of the events that it knows.
inline void know_state_changes(rdpContext* context) {
#if FREERDP_VERSION_MAJOR < 3
  static wEventType events[] = {DEFINE_EVENT_ENTRY(ConnectionStateChange)};
  PubSub_AddEventTypes(context->pubSub, events, std::size(events));
#else
  (void)context;
#endif
}

// Whether a client in this state of its connection is licensed and waits for what the server can do (Demand Active, MS-RDPBCGR 2.2.1.13.1).
inline bool awaits_capabilities(int state) {
#if FREERDP_VERSION_MAJOR >= 3
  return state == CONNECTION_STATE_CAPABILITIES_EXCHANGE_DEMAND_ACTIVE;
#else
  return state == CONNECTION_STATE_CAPABILITIES_EXCHANGE;
#endif
}

// How long a chunk of a static channel may be, as a client's server has said.
#if FREERDP_VERSION_MAJOR >= 3
inline constexpr auto kChannelChunk = FreeRDP_VCChunkSize;
#else
inline constexpr std::size_t kChannelChunk = FreeRDP_VirtualChannelChunkSize;
#endif

// `region` of a picture by RemoteFX Progressive; valid until the next call, empty when it failed.
inline std::span<const std::uint8_t> compress_progressive(PROGRESSIVE_CONTEXT* context, FrameView picture, const REGION16& region) {
  const auto width = static_cast<UINT32>(picture.size.width), height = static_cast<UINT32>(picture.size.height), stride = static_cast<UINT32>(picture.stride);
  BYTE* coded = nullptr;
  UINT32 size = 0;
#if FREERDP_VERSION_MAJOR >= 3
  const int status = progressive_compress(context, picture.pixels, stride * height, PIXEL_FORMAT_BGRX32, width, height, stride, &region, &coded, &size);
#else
  const int status = progressive_compress_ex(context, picture.pixels, stride * height, PIXEL_FORMAT_BGRX32, width, height, stride, &region, &coded, &size);
#endif
  return status < 0 ? std::span<const std::uint8_t>() : std::span<const std::uint8_t>(coded, size);
}

// UTF-8 of a UTF-16 text that need not be terminated; empty when it is none.
inline std::string utf8_of(const void* text, std::size_t units) {
  if (!text || units == 0) return {};
  char* converted = nullptr;
#if FREERDP_VERSION_MAJOR >= 3
  size_t size = 0;
  converted = ConvertWCharNToUtf8Alloc(static_cast<const WCHAR*>(text), units, &size);
  std::string out = converted ? std::string(converted, size) : std::string();
#else
  const int size = ConvertFromUnicode(CP_UTF8, 0, static_cast<LPCWSTR>(text), static_cast<int>(units), &converted, 0,
                                      nullptr, nullptr);
  std::string out = converted && size > 0 ? std::string(converted, static_cast<std::size_t>(size)) : std::string();
#endif
  std::free(converted);
  return out;
}

}  // namespace frostgate::relay::rdp
