#include "gateway/relay/probe.h"

#include "gateway/base/log.h"
#include "gateway/relay/target_settings.h"

namespace frostgate::relay {
namespace {

constexpr int kSeconds = 10;

Result<void> try_target(ServeLink& link, ipc::Message& message) {
  const std::string protocol = TRY(message.text("protocol", 8));
  BackSettings settings = TRY(target_settings(message));
  settings.on_clipboard = [](const std::string&) {};
  const std::string known = settings.pinned_certificate;
  const std::unique_ptr<Back> back = TRY(make_back(protocol, std::move(settings)));
  Surface surface;
  const Result<void> connected = back->connect(surface, kSeconds);
  nlohmann::json answer{{"type", "probed"}, {"certificate", back->certificate()}, {"outcome", "works"}, {"reason", ""}, {"wants", static_cast<int>(back->wants().value_or(Graphics::bitmaps))}};
  if (!connected) {
    const ErrorKind kind = connected.error().kind;
    answer["outcome"] = kind == ErrorKind::denied ? "credential" : back->certificate_refused() ? "certificate" : "protocol";
    answer["reason"] = connected.error().message;
  }
  return link.tell(answer);
}

}  // namespace

int probe(ServeLink& link, ipc::Message message) {
  const Result<void> done = try_target(link, message);
  if (done) return 0;
  log::error("-", "a target could not be tried: {}", done.error().message);
  return 1;
}

}  // namespace frostgate::relay
