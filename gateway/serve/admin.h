// Administration over serve's Unix socket: one request, one answer, by whoever may open the socket (0600) and is this
// same user or root (peer credentials).
#pragma once

#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "gateway/base/descriptor.h"
#include "gateway/ipc/channel.h"
#include "gateway/serve/core.h"

namespace frostgate::serve {

struct AdminReply {
  nlohmann::json body = nlohmann::json::object();
  std::vector<Descriptor> descriptors;
};

// Carries one request out, and notes it in the audit log as done by `by`, whatever the request says about that (its member `by` is filled in). Thread-safe.
// The requests are those of gateway/ipc/FORMAT.md. What could not be noted is an error: nothing is handed out then, but what was to be changed is changed.
Result<AdminReply> administer(Core& core, ipc::Message& request, UtcTime now, const std::string& by = "the command line");

// The same for whoever has filled `by` in and asked the gates, and notes it.
Result<AdminReply> carry_out(Core& core, ipc::Message& request, UtcTime now);

// Of what was carried out or denied: in the audit log, and as an alert where it gives rights.
Result<void> note_request(Core& core, ipc::Message& request, const Result<AdminReply>& reply, const std::string& by, UtcTime now);

// Sends what a request came to, or why it came to nothing. Error: the peer has gone.
Result<void> answer(ipc::Channel& channel, const std::string& type, Result<AdminReply> reply);

// Listens until destroyed.
class AdminSocket {
 public:
  static Result<std::unique_ptr<AdminSocket>> open(Core& core);
  ~AdminSocket();

 private:
  AdminSocket(Core& core, Descriptor socket) : core_(core), socket_(std::move(socket)) {}
  void accept_all(std::stop_token stop);
  void serve_one(Descriptor connection, const std::string& by, std::stop_token stop);

  Core& core_;
  Descriptor socket_;
  std::jthread thread_;
};

}  // namespace frostgate::serve
