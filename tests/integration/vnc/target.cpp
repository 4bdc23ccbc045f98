#include "tests/integration/vnc/target.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace frostgate::test {
namespace {

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int free_port() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("no free port");
  close(listener);
  return ntohs(address.sin_port);
}

std::uint32_t big_endian(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes.at(at + i));
  return value;
}

}  // namespace

Process::Process(const std::vector<std::string>& command, int inherited) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  pid_ = fork();
  if (pid_ == 0) {
    const int null = open("/dev/null", O_RDWR);
    dup2(null, 0);
    dup2(null, 1);
    dup2(null, 2);
    if (inherited >= 0) fcntl(inherited, F_SETFD, 0);
    unsetenv("LD_PRELOAD");
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
}

Process::~Process() { kill(); }

void Process::kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  wait();
}

int Process::wait() {
  int status = -1;
  if (pid_ > 0) waitpid(pid_, &status, 0);
  pid_ = -1;
  return status;
}

Target::Target(const std::string& password) {
  std::string pattern = (std::filesystem::temp_directory_path() / "frostgate-vnc-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
  std::ofstream(folder_ / "plain") << password << "\n";
  Process({"sh", "-c", "vncpasswd -f <" + pattern + "/plain >" + pattern + "/passwd"}).wait();
  int ready[2];
  if (pipe2(ready, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  port_ = free_port();
  server_ = std::make_unique<Process>(
      std::vector<std::string>{"Xtigervnc", "-displayfd", std::to_string(ready[1]), "-rfbport", std::to_string(port_),
                               "-localhost", "-interface", "127.0.0.1", "-SecurityTypes", "VncAuth", "-PasswordFile",
                               pattern + "/passwd", "-geometry", "640x480", "-depth", "24", "-nolisten", "tcp"},
      ready[1]);
  close(ready[1]);
  char number[16]{};
  for (std::size_t at = 0; at + 1 < sizeof number && read(ready[0], number + at, 1) == 1 && number[at] != '\n'; ++at) {
  }
  close(ready[0]);
  display_ = ":" + std::to_string(std::atoi(number));
}

Target::~Target() {
  server_->kill();
  std::filesystem::remove_all(folder_);
}

int Target::connect() const {
  const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port_);
  if (::connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("the target does not listen");
  return connection;
}

int Target::run(std::vector<std::string> command) const {
  command.insert(command.begin() + 1, {"-display", display_});
  return Process(command).wait();
}

Frame Target::screenshot() const {
  const std::string file = (folder_ / "screen.xwd").string();
  run({"xwd", "-root", "-silent", "-out", file});
  std::ifstream in(file, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  // XWDFile.h: header size, width, height, bytes per line, colours are the words 0, 4, 5, 12 and 19.
  const Size size{static_cast<int>(big_endian(bytes, 16)), static_cast<int>(big_endian(bytes, 20))};
  const std::size_t stride = big_endian(bytes, 48), pixels = big_endian(bytes, 0) + big_endian(bytes, 76) * 12;
  Frame frame(size);
  for (int y = 0; y < size.height; ++y)
    std::memcpy(frame.row(y), bytes.substr(pixels + static_cast<std::size_t>(y) * stride).data(),
                static_cast<std::size_t>(size.width) * kBytesPerPixel);
  return frame;
}

}  // namespace frostgate::test
