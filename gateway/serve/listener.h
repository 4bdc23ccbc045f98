// Accepts users' connections and starts a relay process for each.
#pragma once

#include <atomic>
#include <chrono>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "gateway/base/descriptor.h"
#include "gateway/serve/core.h"
#include "gateway/serve/relay_broker.h"
#include "gateway/serve/spare_relay.h"

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
  explicit Sessions(Core& core);  // opens the browser's door
  // Ends every session with a message to its user; relays get 5 s for it.
  ~Sessions();

  // Takes an accepted connection over. One too many unauthenticated is closed at once, and logged.
  void take(Descriptor client, FrontKind front);

 private:
  // The same for what comes by the browser's door. Error: unavailable.
  Result<void> begin(Descriptor client, SessionOrigin origin);
  struct Session;
  struct Conversation;
  void run(Session& session, Descriptor client, std::stop_token stop);
  std::unique_ptr<Conversation> start_relay(RelayBroker& broker, Descriptor client);
  void converse(Session& session, std::unique_ptr<Conversation>& conversation, std::stop_token stop);
  using Deadline = std::optional<std::chrono::steady_clock::time_point>;
  void obey_orders(Session& session, Conversation& conversation, Deadline& goodbye);
  // Of a client that comes back: its connection waits for the thread that runs the session, which takes it or refuses it.
  void hand_over(RelayBroker::Reply reply, std::unique_ptr<Conversation> conversation);
  void refuse(std::unique_ptr<Conversation> conversation, const std::string& why);
  void consider_return(Session& session, Conversation& conversation, Deadline& goodbye);
  std::unique_ptr<Conversation> take_return(Session& session);
  std::unique_ptr<Conversation> await_return(Session& session, std::stop_token stop);
  bool admit_connection(const std::string& address);
  void leave_waiting_room(const std::string& address);
  void sweep();

  Core& core_;
  SpareRelay spare_;
  std::mutex mutex_;
  std::list<std::unique_ptr<Session>> sessions_;
  std::map<std::string, int> unauthenticated_;  // by address
  int unauthenticated_total_ = 0;
};

}  // namespace frostgate::serve
