// A gateway whose RDP front has been taken over: serve, relay and worker are the program's own, and the sandbox is the one
// that the relay enters; only where libfreerdp would read a client's first byte, hostile code runs instead. Which lie it
// tells, the client says as its user name. The VNC front is honest. For lying.sh, which reads what this writes to the log.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <map>
#include <thread>

#include "gateway/base/log.h"
#include "gateway/base/process.h"
#include "gateway/config/config.h"
#include "gateway/ipc/channel.h"
#include "gateway/redact/worker.h"
#include "gateway/relay/front.h"
#include "gateway/relay/session.h"
#include "gateway/serve/serve.h"
#include "storage/crypto/hex.h"

namespace frostgate::relay {
namespace {

using nlohmann::json;

constexpr auto kPatience = std::chrono::seconds(30);
const json kLogin{{"type", "authenticate"}, {"user", "alice@machine"}, {"domain", ""}, {"password", "Correct-Horse-9"}};

// What a server of TLS 1.3 signs, of a transcript that never was.
const std::string kHandshake = [] {
  const std::string text = std::string(64, ' ') + std::string("TLS 1.3, server CertificateVerify\0", 34) + std::string(32, 'h');
  return storage::to_hex(std::as_bytes(std::span(text)));
}();

template <class... Parts>
void say(const char* format, Parts... parts) {
  std::fprintf(stderr, format, parts...);
}

// A message to serve and its answer; an empty object when serve has hung up.
json ask(ipc::Channel& serve, const json& question) {
  if (!serve.send(question)) return json::object();
  auto answer = serve.receive(kPatience);
  if (!answer || !answer.value()) return json::object();
  const std::string type = answer.value()->type();
  say("lie: asked %s, got %s with %zu descriptors\n", question.value("type", "?").c_str(), type.c_str(),
      answer.value()->descriptors.size());
  return answer.value()->body;
}

// Out of turn: serve's answer is death. Whoever survives says so.
void ask_for_the_end(ipc::Channel& serve, const json& question) {
  const json answer = ask(serve, question);
  if (!answer.empty() && answer.value("type", "") != "denied") say("lie: OBTAINED %s\n", answer.dump().c_str());
  poll(nullptr, 0, 5000);
  say("lie: ALIVE after asking %s out of turn\n", question.value("type", "?").c_str());
}

void send_raw(ipc::Channel& serve, const std::string& bytes) {
  (void)!::send(serve.descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  auto answer = serve.receive(kPatience);
  if (answer && answer.value()) say("lie: OBTAINED %s\n", answer.value()->body.dump().c_str());
  poll(nullptr, 0, 5000);
  say("lie: ALIVE after sending no message\n");
}

std::string framed(std::uint32_t length, const std::string& text) {
  std::string out;
  for (int i = 0; i < 4; ++i) out += static_cast<char>(length >> (8 * i));
  return out + text;
}

void wall(const char* name, bool held) { say("lie: wall %s %s\n", name, held ? "held" : "BROKEN"); }

bool cannot_open(const char* path, int flags) {
  const int file = open(path, flags, 0600);
  if (file >= 0) close(file);
  return file < 0;
}

bool cannot_run_a_program() {
  const pid_t child = fork();
  if (child < 0) return true;
  if (child == 0) {
    char name[] = "/bin/true";
    char* const arguments[] = {name, nullptr};
    execv(name, arguments);
    _exit(77);
  }
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 77;
}

bool cannot_reach_the_administration() {
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un where{};
  where.sun_family = AF_UNIX;
  std::strcpy(where.sun_path, "run/control.sock");
  return connect(socket, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0;
}

bool cannot_make_a_process() {
  for (const long flags : {long{SIGCHLD}, long{CLONE_NEWUSER | SIGCHLD}}) {
    const long child = syscall(SYS_clone, flags, nullptr, nullptr, nullptr, nullptr);
    if (child == 0) _exit(0);
    if (child > 0) return false;
  }
  return unshare(CLONE_NEWUSER) != 0;
}

// To the system's log, for one: any socket that is nobody's in particular.
bool cannot_send_datagrams() {
  int ends[2];
  return ::socket(AF_UNIX, SOCK_DGRAM, 0) < 0 && socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) != 0;
}

bool cannot_type_into_the_terminal() {
  char line[] = "x";
  return ioctl(2, TIOCSTI, line) != 0 && errno == EPERM;
}

bool cannot_read_memory_of(pid_t process) {
  char here[8];
  iovec local{here, sizeof here}, remote{const_cast<json*>(&kLogin), sizeof here};
  const std::string path = "/proc/" + std::to_string(process) + "/mem";
  return process_vm_readv(process, &local, 1, &remote, 1, 0) < 0 && cannot_open(path.c_str(), O_RDONLY) &&
         ptrace(PTRACE_ATTACH, process, nullptr, nullptr) != 0 && syscall(SYS_pidfd_open, process, 0) < 0;
}

// serve runs in the directory that holds data/ and run/.
void try_the_walls(ipc::Channel& serve) {
  const pid_t parent = getppid();
  for (const char* path : {"data/kek", "data/catalog.sqlite", "data/self-signed.key", "data/journal", "data/vault", "gateway.yaml",
                           "/etc/passwd", "/proc/self/environ", "."}) {
    wall(path, cannot_open(path, O_RDONLY));
  }
  wall("catalog-writing", cannot_open("data/catalog.sqlite", O_WRONLY));
  wall("new-file", cannot_open("/tmp/frostgate-lie", O_WRONLY | O_CREAT));
  wall("removing", unlink("data/kek") != 0 && rename("data/kek", "data/lost") != 0);
  wall("modes", chmod("data", 0777) != 0 && truncate("data/catalog.sqlite", 0) != 0);
  for (const int family : {AF_INET, AF_INET6, AF_PACKET, AF_NETLINK, AF_VSOCK}) {
    wall(("socket-" + std::to_string(family)).c_str(), ::socket(family, SOCK_STREAM, 0) < 0 && ::socket(family, SOCK_DGRAM, 0) < 0);
  }
  wall("administration", cannot_reach_the_administration());
  wall("programs", cannot_run_a_program());
  wall("datagrams", cannot_send_datagrams());
  wall("terminal", cannot_type_into_the_terminal());
  wall("processes", cannot_make_a_process());
  wall("memory-of-serve", cannot_read_memory_of(parent));
  wall("signals", kill(parent, 0) != 0 && syscall(SYS_tgkill, parent, parent, 0) != 0);
  wall("root", setuid(0) != 0 || geteuid() != 0);
  constexpr std::size_t kTooMuch = std::size_t{5} << 30;
  wall("memory", mmap(nullptr, kTooMuch, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
  say("lie: all walls tried\n");
  ask_for_the_end(serve, {{"type", "open_target"}});
}

void open_the_own_target(ipc::Channel& serve) {
  ask(serve, kLogin);
  // It has no say in which.
  const json target = ask(serve, {{"type", "open_target"}, {"name", "vault"}, {"target", "vault"}, {"user", "mallory"}});
  say("lie: the target is %s\n", target.value("name", "none").c_str());
}

using Lie = void (*)(ipc::Channel&);
const std::map<std::string, Lie> kLies{
    {"target-first", [](ipc::Channel& serve) { ask_for_the_end(serve, {{"type", "open_target"}}); }},
    {"guess-twice",
     [](ipc::Channel& serve) {
       json wrong = kLogin;
       wrong["password"] = "Wrong-Horse-9";
       ask(serve, wrong);
       ask_for_the_end(serve, kLogin);
     }},
    {"guess-many",
     [](ipc::Channel& serve) {
       for (int i = 0; i < 100; ++i) {
         json wrong = kLogin;
         wrong["password"] = std::to_string(i);
         (void)serve.send(wrong).has_value();
       }
       ask_for_the_end(serve, kLogin);
     }},
    {"claims",
     [](ipc::Channel& serve) {
       ask(serve, {{"type", "authenticate"}, {"user", "mallory@vault"}, {"domain", ""}, {"password", "x"}, {"admitted", true},
                   {"grant", {{"user", "alice"}, {"target", "vault"}}}, {"session", "20260101-000000-00000000"}});
       ask_for_the_end(serve, {{"type", "open_target"}, {"user", "alice"}, {"target", "machine"}, {"admitted", true}});
     }},
    {"forbidden",
     [](ipc::Channel& serve) {
       json vault = kLogin;
       vault["user"] = "alice@vault";
       ask(serve, vault);
       ask_for_the_end(serve, {{"type", "open_target"}, {"target", "vault"}});
     }},
    {"other-front", [](ipc::Channel& serve) { ask_for_the_end(serve, {{"type", "vnc_challenge"}}); }},
    {"admits-itself", [](ipc::Channel& serve) { ask_for_the_end(serve, {{"type", "admitted"}, {"user", "alice"}, {"target", "machine"}}); }},
    {"administers", [](ipc::Channel& serve) { ask_for_the_end(serve, {{"type", "ticket.issue"}, {"user", "alice"}, {"target", "vault"}, {"seconds", 60}}); }},
    {"journal-first", [](ipc::Channel& serve) { ask_for_the_end(serve, {{"type", "journal_file"}, {"name", "000000.fgj"}}); }},
    {"signs-twice",
     [](ipc::Channel& serve) {
       const json handshake{{"type", "sign_handshake"}, {"scheme", 0x0804}, {"content", kHandshake}};
       if (ask(serve, handshake).value("type", "") != "handshake_signature") say("lie: ALIVE without a signature of its own handshake\n");
       ask_for_the_end(serve, handshake);
     }},
    {"signs-anything", [](ipc::Channel& serve) { ask_for_the_end(serve, {{"type", "sign_handshake"}, {"scheme", 0x0401}, {"content", "66756c6c20616464726573733a733a6576696c"}}); }},
    {"huge", [](ipc::Channel& serve) { send_raw(serve, framed(0xffffffff, "x")); }},
    {"no-json", [](ipc::Channel& serve) { send_raw(serve, framed(4, "\xff{[\"")); }},
    {"half", [](ipc::Channel& serve) { send_raw(serve, framed(100, "{\"type\"")); }},
    {"descriptors",
     [](ipc::Channel& serve) {
       const std::vector<int> many(ipc::kMaxDescriptors, 2);
       for (int i = 0; i < 1000; ++i) (void)serve.send({{"type", "authenticate"}}, many).has_value();
       ask_for_the_end(serve, kLogin);
     }},
    {"walls", try_the_walls},
    {"target-twice",
     [](ipc::Channel& serve) {
       open_the_own_target(serve);
       ask_for_the_end(serve, {{"type", "open_target"}});
     }},
    {"other-journal",
     [](ipc::Channel& serve) {
       open_the_own_target(serve);
       ask_for_the_end(serve, {{"type", "journal_file"}, {"name", "../../kek"}});
     }},
    {"reopens",
     [](ipc::Channel& serve) {
       open_the_own_target(serve);
       int reopened = 0;
       for (int i = 0; i < 20; ++i) {
         (void)serve.send({{"type", "back_connected"}, {"graphics", 0}, {"certificate", ""}}).has_value();
         const json target = ask(serve, {{"type", "reopen_target"}, {"name", "vault"}, {"target", "vault"}});
         if (target.value("type", "") != "target") break;
         if (target.value("name", "") == "machine") ++reopened;
       }
       say("lie: reopened its own target %d times\n", reopened);
       // That its client is lost is nobody's business who came by a password, and its journal was never closed.
       (void)serve.send({{"type", "ended"}, {"reason", "lost"}, {"client_lost", 1}}).has_value();
       ask_for_the_end(serve, {{"type", "open_target"}});
     }},
    {"hangs-up",
     [](ipc::Channel& serve) {
       open_the_own_target(serve);
       shutdown(serve.descriptor(), SHUT_RDWR);
       poll(nullptr, 0, 30'000);
       say("lie: ALIVE long after hanging up\n");
     }},
};

// The user name in an X.224 connection request's cookie (MS-RDPBCGR 2.2.1.1), left unread.
std::string user_of(int client) {
  char bytes[512] = {};
  const ssize_t size = recv(client, bytes, sizeof bytes, MSG_PEEK);
  const std::string request(bytes, static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  const std::string before = "Cookie: mstshash=";
  const std::size_t start = request.find(before), end = request.find('\r', start);
  return start == std::string::npos ? "" : request.substr(start + before.size(), end - start - before.size());
}

// The descriptor is in the process, whatever the classes around it say. Their reading thread is left with another socket;
// that it has answered there proves that it will not read from the stolen one again.
Descriptor steal_channel(FrontHost& host) {
  auto ends = ipc::make_pair().value();
  Descriptor stolen(fcntl(kChannelDescriptor, F_DUPFD_CLOEXEC, 0));
  dup2(ends.first.fd(), kChannelDescriptor);
  static ipc::Channel decoy(std::move(ends.second));
  std::thread asking([&] { (void)host.vnc_challenge().has_value(); });
  (void)decoy.receive(kPatience).has_value();
  (void)decoy.send({{"type", "challenge"}, {"bytes", std::string(32, '0')}}).has_value();
  asking.join();
  return stolen;
}

class LyingFront final : public Front {
 public:
  explicit LyingFront(int client) : client_(client) {}

  Result<void> run(FrontHost& host, Surface&) override {
    const std::string user = user_of(client_.fd());
    const auto lie = kLies.find(user);
    if (lie == kLies.end()) return Error{ErrorKind::invalid, "no lie is called " + user};
    say("lie: %s begins in process %d\n", user.c_str(), static_cast<int>(getpid()));
    ipc::Channel serve(steal_channel(host));
    lie->second(serve);
    say("lie: ALIVE at the end of %s\n", user.c_str());
    return {};
  }
  void end(const std::string&) override {}

 private:
  Descriptor client_;
};

}  // namespace

std::unique_ptr<Front> make_rdp_front(int client, TlsIdentity) { return std::make_unique<LyingFront>(client); }

}  // namespace frostgate::relay

int main(int argc, char** argv) {
  using namespace frostgate;
  const std::string role = argc > 1 ? argv[1] : "";
  if (role == "relay" || role == "redact-worker") {
    fcntl(kChannelDescriptor, F_SETFD, FD_CLOEXEC);
    log::start(role, log::Level::info);
    return role == "relay" ? relay::run(kChannelDescriptor) : redact::run_worker(kChannelDescriptor);
  }
  if (role != "serve" || argc != 4) return 2;
  auto config = config::load(argv[3]);
  if (!config) return 2;
  log::start("serve", log::Level::info);
  return serve::run(std::move(config).value());
}
