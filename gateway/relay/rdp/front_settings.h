// What we tell a client that we can do, and what it told us.
#pragma once

#include "codec/base/result.h"
#include "gateway/relay/front.h"
#include "gateway/relay/rdp/freerdp_compat.h"
#include "gateway/relay/rdp/x224_peek.h"

namespace frostgate::relay::rdp {

// Fills in a peer's settings before Initialize(): TLS or NLA with this certificate (PEM) and the key of crypto::identify_servers(), bitmaps, no channel.
Result<void> apply(const std::string& certificate, Security security, rdpSettings* settings);

// The login of the Client Info PDU (MS-RDPBCGR 2.2.1.11); libfreerdp's copies of the password, and of a ticket behind the name, are overwritten.
PasswordLogin take_login(rdpSettings* settings);
// Overwrites and cuts off the ticket, from its '#' on.
void forget_ticket(std::string& user);

// Its size is what the client would like, which is more than desktop_size() where it has several monitors.
ClientProfile profile_of(const rdpSettings* settings);
// What client and server think the desktop's size is.
Size desktop_size(const rdpSettings* settings);

// What NLA delivered, as serve wants it; the bytes behind `question` stay libfreerdp's.
NtlmExchange exchange_of(const NtlmQuestion& question);

// The disconnect reason that a client is told (MS-RDPBCGR 2.2.5.1.1).
UINT32 error_info_of(ErrorKind kind);

}  // namespace frostgate::relay::rdp
