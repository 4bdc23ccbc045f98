#include "gateway/alerts/delivery.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include <memory>
#include <optional>
#include <vector>

#include "gateway/alerts/command.h"
#include "gateway/alerts/curl_transfer.h"
#include "gateway/alerts/message.h"
#include "gateway/base/descriptor.h"
#include "gateway/base/whole_file.h"

namespace frostgate::alerts {
namespace {

constexpr std::size_t kMaxSecret = 4096;

struct FreeAddresses {
  void operator()(addrinfo* addresses) const { freeaddrinfo(addresses); }
};

// One datagram to the first address that takes it.
Result<void> send_datagram(const Sink& sink, const std::string& text) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  const int failure = getaddrinfo(sink.host.c_str(), std::to_string(sink.port).c_str(), &wanted, &found);
  const std::unique_ptr<addrinfo, FreeAddresses> addresses(found);
  const std::string where = "syslog at " + sink.host + " port " + std::to_string(sink.port) + ": ";
  if (failure != 0) return Error{ErrorKind::unavailable, where + gai_strerror(failure)};
  std::string why = "no address";
  for (const addrinfo* one = addresses.get(); one; one = one->ai_next) {
    const Descriptor socket(::socket(one->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, one->ai_protocol));
    if (sendto(socket.fd(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL, one->ai_addr, one->ai_addrlen) == static_cast<ssize_t>(text.size())) return {};
    why = strerror(errno);
  }
  return Error{ErrorKind::unavailable, where + why};
}

Result<void> send_syslog(const Sink& sink, const catalog::Alert& alert, const std::string& node, const Patience& patience) {
  const std::string text = to_syslog(alert, node, sink.cef);
  if (sink.transport == Sink::Transport::udp) return send_datagram(sink, text);
  return send_stream(sink, std::to_string(text.size()) + " " + text, patience);
}

Result<std::string> secret_of(const Sink& sink) {
  if (sink.secret.empty()) return std::string();
  const std::optional<std::vector<std::byte>> bytes = TRY(read_whole_file(sink.secret, kMaxSecret));
  if (!bytes) return Error{ErrorKind::not_found, "sink " + sink.name + ": there is no file " + sink.secret.string()};
  std::string secret(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  if (secret.empty()) return Error{ErrorKind::invalid, "sink " + sink.name + ": the file " + sink.secret.string() + " is empty"};
  return secret;
}

}  // namespace

Result<void> deliver(const Sink& sink, const catalog::Alert& alert, const std::string& node, UtcTime now, const Patience& patience) {
  switch (sink.type) {
    case Sink::Type::webhook: {
      const std::string body = to_json(alert, node), key = TRY(secret_of(sink));
      const std::int64_t seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
      return post(sink, body, key.empty() ? "" : signature(key, seconds, body), patience);
    }
    case Sink::Type::syslog: return send_syslog(sink, alert, node, patience);
    case Sink::Type::email: {
      const std::string password = TRY(secret_of(sink));
      return send_mail(sink, to_mail(alert, node, sink, now), password, patience);
    }
    case Sink::Type::command: return run_command(sink.command, to_json(alert, node) + "\n", patience);
  }
  return Error{ErrorKind::unsupported, "no such kind of sink"};
}

}  // namespace frostgate::alerts
