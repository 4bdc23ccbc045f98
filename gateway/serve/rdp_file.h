// A file for mstsc that opens one session. Pure: the same wish gives the same text.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "gateway/base/redirections.h"
#include "gateway/crypto/tls_identity.h"

namespace frostgate::serve {

struct RdpFile {
  std::string address;      // the gateway's, HOST:PORT
  std::string user;         // what stands in the file: user@target#ticket (one click), or user@target (NLA)
  bool nla = false;         // CredSSP, the ticket is the password; otherwise TLS, and nobody is asked for anything
  bool clipboard = false;   // the Grant lets something of it pass in one direction at least
  Redirections redirections;  // as the Grant has them
  bool comes_back = false;  // and the ticket bring its user back after a lost connection: the client tries by itself
  bool trusted = false;     // the gateway's certificate is the organisation's: a client that cannot verify it must not go on
};

// The whole file, UTF-16LE with byte order mark, signed by `signer` as rdpsign does: `signscope` names the settings that a
// stranger must not change, `signature` is PKCS#7 over them in that order. Errors: invalid (a text with a line end, or a
// signer that cannot sign).
Result<std::vector<std::byte>> signed_rdp_file(const RdpFile& wish, const crypto::PemIdentity& signer);

}  // namespace frostgate::serve
