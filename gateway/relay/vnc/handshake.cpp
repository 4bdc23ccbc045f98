#include "gateway/relay/vnc/handshake.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <string_view>

namespace frostgate::relay::vnc {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::string_view kOurVersion = "RFB 003.008\n";
constexpr char kOneType = 1;
constexpr std::uint8_t kVncAuth = 2;
constexpr std::uint32_t kSuccess = 0, kFailure = 1;

class Talk {
 public:
  Talk(int client, int stop, Clock::time_point deadline) : client_(client), stop_(stop), deadline_(deadline) {}

  Result<void> read(std::span<std::byte> wanted) {
    while (!wanted.empty()) {
      TRY(wait());
      const ssize_t size = recv(client_, wanted.data(), wanted.size(), MSG_DONTWAIT);
      if (size == 0) return Error{ErrorKind::unavailable, "the client left before it was authenticated"};
      if (size < 0 && errno != EAGAIN && errno != EINTR)
        return Error{ErrorKind::unavailable, "the connection to the client broke before it was authenticated"};
      if (size > 0) wanted = wanted.subspan(static_cast<std::size_t>(size));
    }
    return {};
  }

  // Everything that the handshake writes fits into an empty socket buffer.
  Result<void> write(std::string_view bytes) {
    if (send(client_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size()))
      return Error{ErrorKind::unavailable, "the client does not take the handshake"};
    return {};
  }

 private:
  Result<void> wait() {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
    if (left <= 0) return Error{ErrorKind::timeout, "the client did not authenticate in time"};
    pollfd waiting[] = {{client_, POLLIN, 0}, {stop_, POLLIN, 0}};
    poll(waiting, 2, static_cast<int>(left));
    if (waiting[1].revents != 0) return Error{ErrorKind::cancelled, "the session was ended"};
    return {};
  }

  int client_;
  int stop_;
  Clock::time_point deadline_;
};

std::string big_endian(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
          static_cast<char>(value)};
}

// 3, 7 or 8: the minor version that both sides speak. Versions that never were are taken as the one below.
Result<int> agree_on_version(Talk& talk) {
  TRY(talk.write(kOurVersion));
  char version[kOurVersion.size()];
  TRY(talk.read(std::as_writable_bytes(std::span(version))));
  const std::string_view text(version, sizeof version);
  int minor = 0;
  bool well_formed = text.starts_with("RFB 003.") && text.ends_with('\n');
  for (const char digit : text.substr(8, 3)) {
    well_formed = well_formed && digit >= '0' && digit <= '9';
    minor = minor * 10 + (digit - '0');
  }
  if (!well_formed || minor < 3) return Error{ErrorKind::corrupt, "the client does not speak VNC"};
  return minor >= 8 ? 8 : minor == 7 ? 7 : 3;
}

// Says no, and gives back the error that it is for. What the client hears is `reason`.
Error refuse(Talk& talk, int version, std::string_view reason, Error error) {
  std::string result = big_endian(kFailure);
  if (version == 8) result.append(big_endian(static_cast<std::uint32_t>(reason.size()))).append(reason);
  (void)talk.write(result);  // a client that is gone is not told
  return error;
}

Result<void> authenticate(Talk& talk, int version, FrontHost& host) {
  if (version == 3) {
    TRY(talk.write(big_endian(kVncAuth)));
  } else {
    TRY(talk.write(std::string{kOneType, static_cast<char>(kVncAuth)}));
    std::byte chosen{};
    TRY(talk.read({&chosen, 1}));
    if (chosen != std::byte{kVncAuth})
      return refuse(talk, version, "denied",
                    {ErrorKind::denied, "the client chose a way to authenticate that was not offered"});
  }
  const std::array<std::byte, 16> challenge = TRY(host.vnc_challenge());
  TRY(talk.write({reinterpret_cast<const char*>(challenge.data()), challenge.size()}));
  std::array<std::byte, 16> response{};
  TRY(talk.read(response));
  if (!host.check_vnc_response(response))
    return refuse(talk, version, "denied", {ErrorKind::denied, "the client's password or ticket is not valid"});
  return {};
}

}  // namespace

Result<InputSink*> admit_client(int client, int stop, FrontHost& host, std::chrono::milliseconds limit) {
  Talk talk(client, stop, Clock::now() + limit);
  const int version = TRY(agree_on_version(talk));
  TRY(authenticate(talk, version, host));
  // SecurityResult is the last place in RFB that carries a text, so the target is connected before it.
  Result<InputSink*> sink = host.client_ready(ClientProfile{});
  if (!sink) return refuse(talk, version, sink.error().message, sink.error());
  TRY(talk.write(big_endian(kSuccess)));
  return sink;
}

}  // namespace frostgate::relay::vnc
