#include "tests/integration/programs.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

namespace frostgate::test {
namespace {

constexpr auto kBetweenQuestions = std::chrono::milliseconds(20);

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

[[noreturn]] void become(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment) {
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "frostgate-XXXXXX").string();
  if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Program::Program(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment,
                 const std::filesystem::path& log, int inherited)
    : pid_(fork()) {
  if (pid_ != 0) return;
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  const int in = open("/dev/null", O_RDONLY);
  dup2(in, 0);
  dup2(out, 1);
  dup2(out, 2);
  if (inherited >= 0) fcntl(inherited, F_SETFD, 0);
  become(command, environment);
}

Program::~Program() {
  if (status_ >= 0) return;
  kill(pid_, SIGTERM);
  if (!eventually([this] { return !running(); }, 5)) {
    kill(pid_, SIGKILL);
    wait();
  }
}

bool Program::running() {
  if (status_ >= 0) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return true;
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return false;
}

void Program::signal(int number) {
  if (running()) kill(pid_, number);
}

int Program::wait() {
  if (status_ >= 0) return status_;
  int status = 0;
  waitpid(pid_, &status, 0);
  return status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

XDisplay::Pipe::Pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  out = ends[0];
  in = ends[1];
}

XDisplay::XDisplay(const TemporaryFolder& folder, Size size)
    : folder_(folder),
      size_(size),
      server_({"Xvfb", "-displayfd", std::to_string(ready_.in), "-noreset", "-nolisten", "tcp", "-screen", "0",
               std::to_string(size.width) + "x" + std::to_string(size.height) + "x24"},
              {}, folder / "xvfb.log", ready_.in) {
  close(ready_.in);
  std::string text;
  char c = 0;
  while (read(ready_.out, &c, 1) == 1 && c != '\n') text += c;
  close(ready_.out);
  if (text.empty()) throw std::runtime_error("no X server");
  number_ = std::stoi(text);
}

Frame XDisplay::screenshot() const {
  const std::string file = folder_ / ("screenshot" + std::to_string(number_) + ".bgra");
  run({"import", "-silent", "-window", "root", "-depth", "8", "bgra:" + file}, {{"DISPLAY", name()}});
  std::ifstream in(file, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
  Frame frame(size_);
  if (bytes.size() != static_cast<std::size_t>(size_.area()) * kBytesPerPixel) throw std::runtime_error("no screenshot");
  std::copy(bytes.begin(), bytes.end(), frame.row(0));
  return frame;
}

void XDisplay::show(const std::string& picture) const {
  const std::string file = folder_ / "picture.png";
  run({"convert", "-size", std::to_string(size_.width) + "x" + std::to_string(size_.height), picture, file});
  run({"display", "-window", "root", file}, {{"DISPLAY", name()}});
}

std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t length = sizeof address;
  if (bind(socket, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) != 0)
    throw std::runtime_error("no free port");
  close(socket);
  return ntohs(address.sin_port);
}

int connect_to(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return socket;
  close(socket);
  return -1;
}

bool reachable(std::uint16_t port) {
  return eventually([port] {
    const int socket = connect_to(port);
    if (socket >= 0) close(socket);
    return socket >= 0;
  }, 40);  // a target makes a key first, on a machine that may be busy
}

int run(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment) {
  return Program(command, environment, "/dev/null").wait();
}

bool eventually(const std::function<bool()>& condition, int seconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(kBetweenQuestions);
  }
  return true;
}

}  // namespace frostgate::test
