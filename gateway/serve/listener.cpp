#include "gateway/serve/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include <atomic>
#include <condition_variable>

#include "gateway/base/log.h"
#include "gateway/base/source_network.h"
#include "gateway/base/process.h"
#include "gateway/serve/client_line.h"
#include "gateway/serve/joining.h"

namespace frostgate::serve {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kGoodbye = std::chrono::seconds(5);
constexpr auto kFarewell = std::chrono::seconds(1);
constexpr auto kDeadSilence = ClientLine::kProbe + std::chrono::seconds(2);  // of a client that is dead
constexpr int kLoginScreenSeconds = 120;

std::string address_of(int socket) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  char text[INET6_ADDRSTRLEN] = "?";
  if (getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return text;
  if (peer.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<sockaddr_in*>(&peer)->sin_addr, text, sizeof text);
  } else if (peer.ss_family == AF_INET6) {
    inet_ntop(AF_INET6, &reinterpret_cast<sockaddr_in6*>(&peer)->sin6_addr, text, sizeof text);
  }
  return text;
}

bool send_reply(ipc::Channel& channel, RelayBroker::Reply&& reply) {
  std::vector<int> descriptors;
  for (const Descriptor& descriptor : reply.descriptors) descriptors.push_back(descriptor.fd());
  return channel.send(std::move(reply.body), descriptors).has_value();
}

}  // namespace

Result<ListeningSocket> listen_on(const config::ListenAddress& address) {
  sockaddr_storage where{};
  socklen_t size = 0;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&where);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&where);
  if (inet_pton(AF_INET, address.host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(address.port);
    size = sizeof *v4;
  } else if (inet_pton(AF_INET6, address.host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(address.port);
    size = sizeof *v6;
  } else {
    return Error{ErrorKind::invalid, address.host + " is no numeric address"};
  }
  ListeningSocket out;
  out.socket = Descriptor(socket(where.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  setsockopt(out.socket.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(out.socket.fd(), reinterpret_cast<sockaddr*>(&where), size) != 0 || listen(out.socket.fd(), 128) != 0) {
    return Error{ErrorKind::unavailable, "cannot listen on " + address.host + " port " + std::to_string(address.port) +
                                             ": " + strerror(errno)};
  }
  getsockname(out.socket.fd(), reinterpret_cast<sockaddr*>(&where), &size);
  out.port = ntohs(where.ss_family == AF_INET ? v4->sin_port : v6->sin6_port);
  return out;
}

// The relay process of one connection and the channel to it.
struct Sessions::Conversation {
  std::string connection;  // the number that its relay was started with
  ChildProcess relay;
  ipc::Channel channel;
  std::optional<ClientLine> client;
  // Of one that comes back:
  nlohmann::json admission{};  // the answer that its relay waits for
  Clock::time_point since{};
};

struct Sessions::Session {
  Session(Core& core, SessionOrigin origin) : broker(core, std::move(origin)) {}
  RelayBroker broker;
  std::unique_ptr<Conversation> returning;  // guarded by Sessions::mutex_, as is the next
  bool over_for_good = false;               // nobody comes back any more
  std::atomic<bool> over = false;
  std::jthread thread;  // last: joined before the rest goes
};

Sessions::Sessions(Core& core) : core_(core) {
  spare_.refill();
  core_.browser_door.open([this](Descriptor client, const BrowserVisit& visit) -> Result<void> {
    if (!visit.joins.empty()) return join_session(core_, std::move(client), visit, utc_now());
    return begin(std::move(client), {"", FrontKind::browser, visit.peer_address, visit});
  });
}

Sessions::~Sessions() {
  core_.browser_door.close();
  std::list<std::unique_ptr<Session>> all;
  {
    const std::lock_guard lock(mutex_);
    all.swap(sessions_);
  }
  for (const auto& session : all) session->thread.request_stop();
}

bool Sessions::admit_connection(const std::string& address) {
  const std::lock_guard lock(mutex_);
  if (unauthenticated_total_ >= core_.config.max_unauthenticated) return false;
  int& from_here = unauthenticated_[source_network(address)];
  if (from_here >= core_.config.max_unauthenticated_per_address) return false;
  ++from_here;
  ++unauthenticated_total_;
  return true;
}

void Sessions::leave_waiting_room(const std::string& address) {
  // For the next client, now that this one does not wait for the processor any more.
  spare_.refill();
  const std::lock_guard lock(mutex_);
  --unauthenticated_total_;
  const std::string network = source_network(address);
  if (--unauthenticated_[network] <= 0) unauthenticated_.erase(network);
}

void Sessions::sweep() {
  std::list<std::unique_ptr<Session>> done;
  const std::lock_guard lock(mutex_);
  for (auto it = sessions_.begin(); it != sessions_.end();) {
    const auto next = std::next(it);
    if ((*it)->over) done.splice(done.end(), sessions_, it);
    it = next;
  }
}

void Sessions::take(Descriptor client, FrontKind front) {
  const std::string address = address_of(client.fd());
  (void)begin(std::move(client), {"", front, address}).has_value();
}

Result<void> Sessions::begin(Descriptor client, SessionOrigin origin) {
  sweep();
  Result<std::string> id = new_session_id(utc_now());
  if (!id) {
    log::error("-", "no session number: {}", id.error().message);
    return Error{ErrorKind::unavailable, "no session can begin"};
  }
  origin.id = std::move(id).value();
  if (!admit_connection(origin.peer_address)) {
    log::warning(origin.id, "refused a connection from {}: too many that have not logged in yet (limits in "
                            "the configuration)", origin.peer_address);
    return Error{ErrorKind::unavailable, "too many connections from there have not logged in yet"};
  }
  auto session = std::make_unique<Session>(core_, std::move(origin));
  Session& started = *session;
  const std::lock_guard lock(mutex_);
  sessions_.push_back(std::move(session));
  started.thread = std::jthread([this, &started, socket = std::move(client)](std::stop_token stop) mutable {
    run(started, std::move(socket), stop);
    started.over = true;
  });
  return {};
}

std::unique_ptr<Sessions::Conversation> Sessions::start_relay(RelayBroker& broker, Descriptor client) {
  const SessionOrigin& origin = broker.origin();
  Result<StartedRelay> started = spare_.take();
  if (!started) {
    log::error(origin.id, "no relay: {}", started.error().message);
    return nullptr;
  }
  std::unique_ptr<Conversation> conversation(
      new Conversation{origin.id, std::move(started.value().process), ipc::Channel(std::move(started.value().channel)), ClientLine(client.fd())});
  const int on = 1;
  setsockopt(client.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  nlohmann::json start{{"type", "start"}, {"session", origin.id}, {"front", to_string(origin.front)}};
  // A browser's TLS ends here, in serve.
  if (origin.front != FrontKind::browser) {
    if (const Result<void> identified = broker.identify_relay(start); !identified) {
      log::error(origin.id, "no relay: {}", identified.error().message);
      return nullptr;
    }
  }
  if (origin.front == FrontKind::vnc) start["plaintext_tickets"] = core_.policy->any_vnc_plaintext() ? 1 : 0;
  const int fd = client.fd();
  if (const auto sent = conversation->channel.send(std::move(start), {&fd, 1}); !sent) {
    log::error(origin.id, "the relay did not start: {}", sent.error().message);
  }
  return conversation;
}

void Sessions::run(Session& session, Descriptor client, std::stop_token stop) {
  RelayBroker& broker = session.broker;
  const SessionOrigin& origin = broker.origin();
  log::info(origin.id, "{} connection from {}", to_string(origin.front), origin.peer_address);
  std::unique_ptr<Conversation> conversation = start_relay(broker, std::move(client));
  if (!conversation) leave_waiting_room(origin.peer_address);
  while (conversation) {
    converse(session, conversation, stop);
    if (!conversation) return;  // another session's by now
    conversation->client.reset();
    // It has closed its channel or broken the rules; what remains is to die.
    auto exit = conversation->relay.wait(broker.recording() ? kGoodbye : std::chrono::seconds(1));
    if (!exit) {
      conversation->relay.terminate();
      exit = conversation->relay.wait(std::chrono::milliseconds(-1));
    }
    broker.relay_ended(exit->description, exit->cpu_seconds, utc_now());
    log::info(origin.id, "connection from {} is over ({})", origin.peer_address, exit->description);
    conversation = await_return(session, stop);
  }
}

void Sessions::obey_orders(Session& session, Conversation& conversation, std::optional<Clock::time_point>& goodbye) {
  for (const nlohmann::json& order : core_.sessions.take_orders(session.broker.origin().id)) {
    session.broker.ordered(order, utc_now());
    if (order["type"] == "end") {
      if (!goodbye) goodbye = Clock::now() + std::chrono::seconds(order["seconds"].get<int>()) + kGoodbye;
    }
    (void)conversation.channel.send(order).has_value();
  }
  for (SessionControl::Guest& guest : core_.sessions.take_guests(session.broker.origin().id)) {
    (void)send_reply(conversation.channel, session.broker.guests().invitation(std::move(guest)));
  }
}

void Sessions::converse(Session& session, std::unique_ptr<Conversation>& conversation, std::stop_token stop) {
  RelayBroker& broker = session.broker;
  ipc::Channel& channel = conversation->channel;
  const SessionOrigin& origin = broker.origin();
  const Clock::time_point began = Clock::now();
  std::optional<Clock::time_point> goodbye;
  bool waiting_room = !broker.admitted();
  while (true) {
    if (waiting_room && broker.admitted()) {
      waiting_room = false;
      leave_waiting_room(origin.peer_address);
    }
    if (stop.stop_requested() && !goodbye) {
      broker.end_was_ordered();
      goodbye = Clock::now() + kGoodbye;
      (void)channel.send({{"type", "end"}, {"message", "The gateway is shutting down."}, {"seconds", 3}}).has_value();
    }
    obey_orders(session, *conversation, goodbye);
    consider_return(session, *conversation, goodbye);
    RelayBroker::Reply due = broker.poll(utc_now());
    if (due.end_relay) conversation->relay.terminate();
    if (due.end_relay || (!due.body.is_null() && !send_reply(channel, std::move(due)))) break;
    // Its relay ends it in time; one that does not is broken.
    if (!goodbye && broker.overdue()) {
      log::error(origin.id, "the session outlives its time; ending it");
      goodbye = Clock::now();
    }
    const int patience = broker.asks_on_screen() ? kLoginScreenSeconds : core_.config.handshake_seconds;
    const bool too_slow = waiting_room && Clock::now() > began + std::chrono::seconds(patience);
    if (too_slow) log::warning(origin.id, "{} did not log in within {} s", origin.peer_address, patience);
    if (too_slow || (goodbye && Clock::now() > *goodbye)) {
      conversation->relay.terminate();
      break;
    }
    auto message = channel.receive(std::chrono::milliseconds(200));
    if (!message) {
      // Closing the channel is its way to go. Anything else is no message, and no relay that we wrote.
      if (message.error().kind == ErrorKind::unavailable) break;
      log::error(origin.id, "the relay sent what is no message ({}); ending it", message.error().message);
      conversation->relay.terminate();
      break;
    }
    if (!message.value()) continue;
    RelayBroker::Reply reply = broker.handle(*message.value(), utc_now());
    if (reply.end_relay) {
      conversation->relay.terminate();
      break;
    }
    if (!reply.comes_back_to.empty()) {
      hand_over(std::move(reply), std::move(conversation));
      break;
    }
    if (!reply.body.is_null() && !send_reply(channel, std::move(reply))) break;
  }
  if (waiting_room) leave_waiting_room(origin.peer_address);
}

void Sessions::refuse(std::unique_ptr<Conversation> conversation, const std::string& why) {
  log::warning(conversation->connection, "denied: {}", why);
  (void)conversation->channel.send({{"type", "denied"}}).has_value();
  conversation->client.reset();
  (void)conversation->relay.wait(kFarewell);  // so that its client hears of it
}

void Sessions::hand_over(RelayBroker::Reply reply, std::unique_ptr<Conversation> conversation) {
  conversation->admission = std::move(reply.body);
  conversation->since = Clock::now();
  {
    const std::lock_guard lock(mutex_);
    for (const auto& session : sessions_) {
      if (session->broker.origin().id != reply.comes_back_to || session->over_for_good || session->returning) continue;
      session->returning = std::move(conversation);
      return;
    }
  }
  refuse(std::move(conversation), "session " + reply.comes_back_to + " is over, or another connection comes back to it");
}

// While the session's own client may still be there. A second use of the ticket is a theft unless the first connection is dead:
// it is, when its client's machine answers nothing from the moment that the second has come.
void Sessions::consider_return(Session& session, Conversation& conversation, std::optional<Clock::time_point>& goodbye) {
  std::optional<Clock::time_point> since;
  {
    const std::lock_guard lock(mutex_);
    if (session.returning) since = session.returning->since;
  }
  if (!since || goodbye) return;
  const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - *since);
  if (conversation.client->heard_within(waited)) {
    return refuse(take_return(session), "the ticket is in use in session " + session.broker.origin().id + ", whose client is there");
  }
  if (waited < kDeadSilence) return;
  log::warning(session.broker.origin().id, "the client has fallen silent, and its user is back: ending the old connection");
  goodbye = Clock::now() + kGoodbye;
  (void)conversation.channel.send({{"type", "end"}, {"message", "The connection was lost."}, {"seconds", 0}, {"client_lost", 1}}).has_value();
}

std::unique_ptr<Sessions::Conversation> Sessions::take_return(Session& session) {
  const std::lock_guard lock(mutex_);
  return std::move(session.returning);
}

std::unique_ptr<Sessions::Conversation> Sessions::await_return(Session& session, std::stop_token stop) {
  RelayBroker& broker = session.broker;
  std::mutex mutex;
  std::condition_variable_any wake;
  while (broker.awaits_return()) {
    if (stop.stop_requested()) broker.conclude("the gateway stopped while the user's connection was lost", utc_now());
    for (const nlohmann::json& order : core_.sessions.take_orders(broker.origin().id)) {
      if (order["type"] == "pause_recording" || order["type"] == "stop_recording") broker.cannot_pause(order, utc_now());
      if (order["type"] == "end" && broker.awaits_return()) broker.conclude("ended by the gateway: " + order["message"].get<std::string>(), utc_now());
    }
    for (SessionControl::Guest& guest : core_.sessions.take_guests(broker.origin().id)) broker.guests().turned_away(broker.origin().id, guest, utc_now());
    if (!broker.awaits_return()) break;
    if (std::unique_ptr<Conversation> back = take_return(session)) {
      broker.resume(back->connection);
      (void)back->channel.send(std::exchange(back->admission, {})).has_value();  // a relay that has gone shows when it is heard
      // A new relay knows of no order, and who may only look may not type for having come back.
      if (core_.sessions.input_locked(broker.origin().id)) (void)back->channel.send(SessionControl::lock_order(true)).has_value();
      return back;
    }
    broker.wait_for_return(utc_now());
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, std::chrono::milliseconds(100), [] { return false; });
  }
  std::unique_ptr<Conversation> late;
  {
    const std::lock_guard lock(mutex_);
    session.over_for_good = true;
    late = std::move(session.returning);
  }
  if (late) refuse(std::move(late), "session " + broker.origin().id + " is over");
  return nullptr;
}

}  // namespace frostgate::serve
