// FreeRDP's headers, and every difference between 2.11 and 3.x that this room meets.
#pragma once

#include <freerdp/client.h>
#include <freerdp/codec/color.h>
#include <freerdp/codec/interleaved.h>
#include <freerdp/codec/planar.h>
#include <freerdp/codec/region.h>
#include <freerdp/error.h>
#include <freerdp/freerdp.h>
#include <freerdp/gdi/gdi.h>
#include <freerdp/graphics.h>
#include <freerdp/input.h>
#include <freerdp/peer.h>
#include <freerdp/pointer.h>
#include <freerdp/settings.h>
#include <freerdp/update.h>
#include <freerdp/version.h>
#include <winpr/crypto.h>
#include <winpr/handle.h>
#include <winpr/ntlm.h>
#include <winpr/ssl.h>
#include <winpr/synch.h>
#include <winpr/wlog.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#if FREERDP_VERSION_MAJOR >= 3
#include <freerdp/crypto/certificate.h>
#include <freerdp/crypto/privatekey.h>
#endif

namespace frostgate::relay::rdp {

// The listener's certificate and key as PEM texts, null-terminated.
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

// Installs an NLA hash callback that knows nobody. Without one libfreerdp asks the machine's own SAM file. The values
// that mean "unknown user" are each other's opposite: 2.11 takes any non-zero for success (and would go on with the
// hash left at zero), 3.x takes zero (SEC_E_OK) for success. The hash is random besides, so that nothing matches it.
inline void refuse_every_ntlm_hash(freerdp_peer* peer) {
#if FREERDP_VERSION_MAJOR >= 3
  peer->SspiNtlmHashCallback = [](void*, const SEC_WINNT_AUTH_IDENTITY*, const SecBuffer*, const BYTE*, const BYTE*,
                                  const SecBuffer*, BYTE* hash) -> SECURITY_STATUS {
    winpr_RAND(hash, 16);
    return SEC_E_LOGON_DENIED;
  };
#else
  peer->ComputeNtlmHash = [](void*, const SEC_WINNT_AUTH_IDENTITY*, const SecBuffer*, const BYTE*, const BYTE*,
                             const SecBuffer*, BYTE* hash) -> SECURITY_STATUS {
    winpr_RAND(hash, 16);
    return 0;
  };
#endif
}

}  // namespace frostgate::relay::rdp
