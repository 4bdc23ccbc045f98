// The relay's side of its channel to serve.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include <nlohmann/json.hpp>

#include "codec/base/event.h"
#include "codec/base/result.h"
#include "gateway/ipc/channel.h"

namespace frostgate::relay {

// Thread-safe. One question at a time; others wait.
class ServeLink {
 public:
  // What serve says unasked, on the link's own thread. `on_end`: the session must end, with the text for the user and for how
  // long it may show; without a text serve has died. `on_orphaned`: it died some seconds ago, and the link still stands. `client_lost`: the client is gone, and its user goes on in another connection.
  // `on_lock`: whether the user may only look. `on_pause`: nothing is to be recorded for so long at most, or (nullopt) at all. `on_go_on`: it is to be again, and why.
  struct End {
    std::optional<std::string> text;
    std::chrono::seconds shown{};
    bool client_lost = false;
  };
  // Somebody whom serve has let in to look: by `client`, whose upgrade has been answered. `number` is serve's, of this session.
  struct Invitation {
    int number = 0;
    GuestSeen guest;
    Descriptor client;
  };
  struct Orders {
    std::function<void(const End& end)> on_end;
    std::function<void()> on_orphaned;
    std::function<void(bool locked)> on_lock;
    std::function<void(RecordingPaused pause, std::optional<std::chrono::seconds> longest)> on_pause;
    std::function<void(const std::string& why)> on_go_on;
    std::function<void(Invitation invitation)> on_join;
    std::function<void(int number)> on_show_out;
  };
  ServeLink(Descriptor socket, Orders orders);
  ~ServeLink();

  // Blocks until serve answers. Error: unavailable when serve has gone.
  Result<ipc::Message> ask(nlohmann::json question);
  // The next answer to a question that serve has answered with "wait".
  Result<ipc::Message> await_answer();
  void give_up();  // whoever waits for an answer gets an error, now and later
  Result<void> tell(const nlohmann::json& notice) { return channel_.send(notice); }

  // The first message, before listen().
  Result<ipc::Message> first_message();
  void listen();
  // Serve says nothing any more: no order comes after this. Not from an order.
  void close();

 private:
  void receive_all(std::stop_token stop);
  void await_close(const std::stop_token& stop);
  bool obeyed(ipc::Message& message);
  void pause(const ipc::Message& message, bool goes_on);
  void join(ipc::Message& message);

  ipc::Channel channel_;
  Orders orders_;
  std::mutex asking_;
  std::mutex mutex_;
  std::condition_variable answered_;
  std::optional<ipc::Message> answer_;
  bool gone_ = false;
  std::jthread thread_;
};

}  // namespace frostgate::relay
