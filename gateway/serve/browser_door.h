// The way from a page of the portal into a session: tickets that are good for one connection of one web session, and whoever takes that
// connection over. Tickets live in memory alone. Thread-safe.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <mutex>
#include <string>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "gateway/base/descriptor.h"
#include "gateway/serve/session_origin.h"
#include "storage/crypto/hash.h"

namespace frostgate::serve {

class BrowserDoor {
 public:
  static constexpr auto kLifetime = std::chrono::seconds(30);
  static constexpr std::size_t kMostTickets = 1024;  // with one more the oldest is worth nothing

  // 256 bits as 64 lower-case hex digits.
  Result<std::string> issue(const BrowserVisit& visit, UtcTime now);

  // Uses the ticket up, whoever brings it. The descriptor is a stream socket to the session, which speaks RFB in WebSocket frames. Errors:
  // `denied` (no such ticket, or another visit's), `unavailable` (no session can begin).
  Result<Descriptor> enter(const std::string& ticket, const BrowserVisit& visit, UtcTime now);

  // Takes over a client whose user is known. Error: unavailable.
  using Take = std::function<Result<void>(Descriptor client, const BrowserVisit& visit)>;
  // close() returns when nobody is in `take` any more.
  void open(Take take);
  void close();

 private:
  struct Ticket {
    storage::Sha256Digest digest;
    BrowserVisit visit;
    UtcTime expires;
  };
  std::mutex mutex_;
  std::deque<Ticket> tickets_;  // oldest first
  Take take_;
};

}  // namespace frostgate::serve
