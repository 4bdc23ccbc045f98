#include "gateway/serve/worker_report.h"

#include <chrono>

namespace frostgate::serve {
namespace {

constexpr auto kTick = std::chrono::milliseconds(500);
constexpr auto kWorkerSilence = std::chrono::minutes(5);

}  // namespace

Result<void> hear_worker(ipc::Channel& channel, std::stop_token stop, const std::function<void(double)>& progress, const std::function<Result<void>(ipc::Message&)>& other) {
  auto heard = std::chrono::steady_clock::now();
  while (true) {
    if (stop.stop_requested()) return Error{ErrorKind::cancelled, "it was ended"};
    std::optional<ipc::Message> message = TRY(channel.receive(kTick));
    if (!message) {
      if (std::chrono::steady_clock::now() - heard > kWorkerSilence) return Error{ErrorKind::timeout, "the worker has said nothing for 5 minutes"};
      continue;
    }
    heard = std::chrono::steady_clock::now();
    const std::string type = message->type();
    if (type == "done") return {};
    if (type == "failed") return Error{ErrorKind::io, TRY(message->text("message"))};
    if (type == "progress") progress(TRY(message->real("done", 0, 1)));
    else TRY(other(*message));
  }
}

}  // namespace frostgate::serve
