#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <list>
#include <optional>

#include "gateway/base/log.h"
#include "gateway/serve/admin.h"
#include "gateway/serve/announced_look.h"

namespace frostgate::serve {
namespace {

constexpr auto kIdle = std::chrono::seconds(30);
constexpr auto kTick = std::chrono::milliseconds(200);
constexpr std::size_t kMaxConnections = 32;

std::optional<uid_t> administrator(int connection) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
  return peer.uid == geteuid() || peer.uid == 0 ? std::optional(peer.uid) : std::nullopt;
}

// The local administrator, in the audit log and in requests; never a user's name, which has no blanks.
std::string local_administrator(uid_t account, const std::string& node) {
  passwd entry{};
  passwd* found = nullptr;
  char buffer[4096];
  const bool known = getpwuid_r(account, &entry, buffer, sizeof buffer, &found) == 0 && found;
  return (known ? std::string(entry.pw_name) : "uid " + std::to_string(account)) + "@" + node + " on the command line";
}

Result<void> sent(ipc::Channel& channel, Result<AdminReply> reply) {
  if (!reply) return reply.error();
  std::vector<int> descriptors;
  for (const Descriptor& descriptor : reply.value().descriptors) descriptors.push_back(descriptor.fd());
  reply.value().body["type"] = "ok";
  Result<void> done = channel.send(std::move(reply.value().body), descriptors);
  if (!done && done.error().kind == ErrorKind::invalid) return Error{ErrorKind::unsupported, "the answer is larger than a message (1 MiB)"};
  return done;
}

}  // namespace

Result<void> answer(ipc::Channel& channel, const std::string& type, Result<AdminReply> reply) {
  const Result<void> done = sent(channel, std::move(reply));
  if (done) return {};
  log::warning("-", "{}: {}", type, done.error().message);
  return channel.send({{"type", "error"}, {"kind", frostgate::to_string(done.error().kind)}, {"message", done.error().message}});
}

Result<std::unique_ptr<AdminSocket>> AdminSocket::open(Core& core) {
  const std::string path = core.config.control_socket().string();
  sockaddr_un where{};
  where.sun_family = AF_UNIX;
  if (path.size() >= sizeof where.sun_path) {
    return Error{ErrorKind::invalid, "run_dir is too long for a Unix socket: " + path};
  }
  memcpy(where.sun_path, path.c_str(), path.size() + 1);
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto* address = reinterpret_cast<const sockaddr*>(&where);
  // A socket that answers belongs to a running serve; one that does not is left over from a crash.
  const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (connect(probe.fd(), address, sizeof where) == 0) {
    return Error{ErrorKind::exists, "another frostgate serve runs with this run_dir (" + path + " answers)"};
  }
  unlink(path.c_str());
  const mode_t before = umask(0177);
  const int bound = bind(socket.fd(), address, sizeof where);
  umask(before);
  if (bound != 0 || listen(socket.fd(), 16) != 0) {
    return Error{ErrorKind::io, "cannot listen on " + path + ": " + strerror(errno)};
  }
  std::unique_ptr<AdminSocket> out(new AdminSocket(core, std::move(socket)));
  out->thread_ = std::jthread([raw = out.get()](std::stop_token stop) { raw->accept_all(stop); });
  return out;
}

AdminSocket::~AdminSocket() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
  unlink(core_.config.control_socket().c_str());
}

void AdminSocket::accept_all(std::stop_token stop) {
  struct Connection {
    std::atomic<bool> over = false;
    std::jthread thread;
  };
  std::list<Connection> connections;
  while (!stop.stop_requested()) {
    pollfd waiting{socket_.fd(), POLLIN, 0};
    if (poll(&waiting, 1, static_cast<int>(kTick.count())) <= 0) continue;
    Descriptor connection(accept4(socket_.fd(), nullptr, nullptr, SOCK_CLOEXEC));
    connections.remove_if([](const Connection& have) { return have.over.load(); });
    if (!connection.valid() || connections.size() >= kMaxConnections) continue;
    const std::optional<uid_t> account = administrator(connection.fd());
    if (!account) continue;
    Connection& started = connections.emplace_back();
    started.thread = std::jthread([this, &started, socket = std::move(connection), by = local_administrator(*account, core_.node), stop]() mutable {
      serve_one(std::move(socket), by, stop);
      started.over = true;
    });
  }
}

void AdminSocket::serve_one(Descriptor connection, const std::string& by, std::stop_token stop) {
  ipc::Channel channel(std::move(connection));
  AnnouncedLook look;
  auto heard = std::chrono::steady_clock::now();
  while (!stop.stop_requested() && std::chrono::steady_clock::now() - heard < kIdle) {
    auto request = channel.receive(kTick);
    if (!request) return;
    if (!request.value()) continue;
    heard = std::chrono::steady_clock::now();
    const std::string type = request.value()->type();
    if (!answer(channel, type, look.administer(core_, *request.value(), utc_now(), by))) return;
  }
}

}  // namespace frostgate::serve
