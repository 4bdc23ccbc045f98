#include "gateway/cli/control.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/config/config.h"

namespace frostgate::cli {
namespace {

constexpr auto kPatience = std::chrono::seconds(30);

ErrorKind kind_named(const std::string& name) {
  for (const ErrorKind kind : {ErrorKind::invalid, ErrorKind::corrupt, ErrorKind::not_found, ErrorKind::exists,
                               ErrorKind::denied, ErrorKind::unavailable, ErrorKind::timeout, ErrorKind::unsupported}) {
    if (name == to_string(kind)) return kind;
  }
  return ErrorKind::io;
}

}  // namespace

Result<std::unique_ptr<Control>> Control::connect(const std::filesystem::path& config_file) {
  const config::Config config = TRY(config::load(config_file));
  const std::string path = config.control_socket().string();
  sockaddr_un where{};
  where.sun_family = AF_UNIX;
  if (path.size() >= sizeof where.sun_path) return Error{ErrorKind::invalid, "run_dir is too long: " + path};
  memcpy(where.sun_path, path.c_str(), path.size() + 1);
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0) {
    const bool forbidden = errno == EACCES || errno == EPERM;
    return Error{ErrorKind::unavailable,
                 path + ": " + strerror(errno) +
                     (forbidden ? "; run this as the user that frostgate serve runs as, or as root"
                                : "; is frostgate serve running with --config " + config_file.string() + "?")};
  }
  return std::unique_ptr<Control>(new Control(std::move(socket)));
}

Result<ipc::Message> Control::ask(nlohmann::json request) {
  TRY(channel_.send(std::move(request)));
  std::optional<ipc::Message> answer = TRY(channel_.receive(kPatience));
  if (!answer) return Error{ErrorKind::timeout, "serve did not answer within 30 s"};
  if (answer->type() == "ok") return std::move(*answer);
  const auto kind = answer->text("kind"), message = answer->text("message", 1 << 16);
  return Error{kind ? kind_named(kind.value()) : ErrorKind::io, message ? message.value() : "serve refused"};
}

}  // namespace frostgate::cli
