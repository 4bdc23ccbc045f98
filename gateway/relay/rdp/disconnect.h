// libfreerdp's reasons for an ended connection, as errors with a sentence for people.
#pragma once

#include <string>

#include "codec/base/result.h"
#include "gateway/relay/rdp/freerdp_compat.h"

namespace frostgate::relay::rdp {

// How far freerdp_connect() came, when it failed: the library itself has forgotten by then.
struct Progress {
  bool encrypted = false;                           // the target had shown its certificate, so it does speak RDP
  int state = CONNECTION_STATE_INITIAL;  // the furthest
};

// Why freerdp_connect() failed.
Error connect_error(rdpContext* context, const std::string& host, const Progress& progress);

// Whether a target that was offered bitmaps alone has ended the connection because it wants the graphics pipeline. It says so by its error info; or, as all servers that are made of
// libfreerdp do, it refuses what the client can do: after it has signed in and before the target says what it can do itself, which is where nobody else breaks off.
bool wants_pipeline(rdpContext* context, const Progress& progress);

// Why an established session ended (`io`: nobody said why, the connection broke): the server's error info (MS-RDPBCGR 2.2.5.1.1) or its MCS disconnect ultimatum.
Error disconnect_error(rdpContext* context, const std::string& host);

// How a client's connection ended, over `socket`, which may still be open: then libfreerdp broke it off, for what the client sent, with words, or because a client
// that closes asks for that (MS-RDPBCGR 2.2.2.2, shutdown request). Errors: denied, corrupt with what it sent, unavailable when the connection was lost.
Result<void> client_end(rdpContext* context, int socket, bool admitted);

// Whether the peer could still be heard on that socket: then it was the library that broke the connection off.
bool is_open(int socket);

}  // namespace frostgate::relay::rdp
