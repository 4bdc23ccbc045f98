// Accepts users' connections and starts a relay process for each.
#pragma once

#include <atomic>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "gateway/base/descriptor.h"
#include "gateway/serve/core.h"
#include "gateway/serve/relay_broker.h"

namespace frostgate::serve {

// A listening TCP socket; `port` is the one it really has.
struct ListeningSocket {
  Descriptor socket;
  std::uint16_t port = 0;
};
Result<ListeningSocket> listen_on(const config::ListenAddress& address);

// Runs one thread for each connection; the thread talks with the relay until that has gone. Thread-safe.
class Sessions {
 public:
  explicit Sessions(Core& core);
  // Ends every session with a message to its user; relays get 5 s for it.
  ~Sessions();

  // Takes an accepted connection over. One too many unauthenticated is closed at once, and logged.
  void take(Descriptor client, FrontKind front);

 private:
  struct Session;
  struct Conversation;
  void run(Session& session, Descriptor client, std::stop_token stop);
  void converse(Session& session, Conversation& conversation, std::stop_token stop);
  bool admit_connection(const std::string& address);
  void leave_waiting_room(const std::string& address);
  void sweep();

  Core& core_;
  std::mutex mutex_;
  std::list<std::unique_ptr<Session>> sessions_;
  std::map<std::string, int> unauthenticated_;  // by address
  int unauthenticated_total_ = 0;
};

}  // namespace frostgate::serve
