#include "gateway/base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include "gateway/base/descriptor.h"
#include "tests/unit/gateway/files.h"

using namespace frostgate;

namespace {

// In a process of its own, which the sandbox then keeps: whether `holds` did.
bool in_a_child(const std::function<bool()>& holds) {
  const pid_t child = fork();
  if (child == 0) _exit(holds() ? 0 : 1);
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool confined() { return enter_sandbox().has_value() && leave_file_system().has_value(); }

bool connects_to(const std::string& path) {
  sockaddr_un where{};
  where.sun_family = AF_UNIX;
  path.copy(where.sun_path, sizeof where.sun_path - 1);
  const Descriptor connection(socket(AF_UNIX, SOCK_STREAM, 0));
  return connect(connection.fd(), reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0;
}

}  // namespace

TEST_CASE("a sandboxed process reaches nobody by any socket, and goes on with those that it was given") {
  storage::TemporaryDirectory folder;
  const std::string path = (folder.path() / "control.sock").string();
  sockaddr_un where{};
  where.sun_family = AF_UNIX;
  path.copy(where.sun_path, sizeof where.sun_path - 1);
  const Descriptor listening(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(bind(listening.fd(), reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0);
  REQUIRE(listen(listening.fd(), 5) == 0);
  CHECK(in_a_child([&] { return connects_to(path); }));
  CHECK(in_a_child([&] { return enter_sandbox().has_value() && !connects_to(path); }));
  for (const int family : {AF_INET, AF_INET6, AF_NETLINK, AF_PACKET}) {
    CHECK(in_a_child([&] { return enter_sandbox().has_value() && socket(family, SOCK_DGRAM, 0) < 0; }));
  }
  int ends[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  const Descriptor mine(ends[0]), theirs(ends[1]);
  CHECK(in_a_child([&] { return confined() && write(theirs.fd(), "x", 1) == 1; }));
  char byte = 0;
  CHECK((read(mine.fd(), &byte, 1) == 1 && byte == 'x'));
}

TEST_CASE("a sandboxed process sends no datagram to a socket that it was not given, as the system's log has one") {
  storage::TemporaryDirectory folder;
  const std::string path = (folder.path() / "log").string();
  sockaddr_un where{};
  where.sun_family = AF_UNIX;
  path.copy(where.sun_path, sizeof where.sun_path - 1);
  const Descriptor listening(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  REQUIRE(bind(listening.fd(), reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0);
  std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
  std::filesystem::permissions(path, std::filesystem::perms::all);
  const auto reaches = [&](int from) {
    const Descriptor own(from);
    return own.valid() && sendto(own.fd(), "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&where), sizeof where) == 1;
  };
  const auto end_of_pair = [](int type) {
    int ends[2] = {-1, -1};
    if (socketpair(AF_UNIX, type, 0, ends) == 0) close(ends[1]);
    return ends[0];
  };
  CHECK(in_a_child([&] { return reaches(socket(AF_UNIX, SOCK_DGRAM, 0)) && reaches(end_of_pair(SOCK_DGRAM)); }));
  CHECK(in_a_child([&] { return enter_sandbox().has_value() && !reaches(socket(AF_UNIX, SOCK_DGRAM, 0)); }));
  for (const int type : std::initializer_list<int>{SOCK_DGRAM, SOCK_RAW, SOCK_DGRAM | SOCK_CLOEXEC, SOCK_STREAM, SOCK_SEQPACKET}) {
    INFO("type " << type);
    CHECK(in_a_child([&] { return enter_sandbox().has_value() && !reaches(end_of_pair(type)); }));
  }
  CHECK(in_a_child([&] { return enter_sandbox().has_value() && Descriptor(end_of_pair(SOCK_STREAM | SOCK_CLOEXEC)).valid(); }));
}

TEST_CASE("a sandboxed process types nothing into the terminal that it was started from") {
  const Descriptor terminal(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  REQUIRE((terminal.valid() && grantpt(terminal.fd()) == 0 && unlockpt(terminal.fd()) == 0));
  const std::string name = ptsname(terminal.fd());
  const auto orders = [&](bool in_sandbox) {
    return in_a_child([&] {
      setsid();
      const Descriptor mine(open(name.c_str(), O_RDWR));  // its terminal from now on
      if (!mine.valid() || (in_sandbox && !enter_sandbox())) return false;
      char c = 'x';
      const auto refused = [&](unsigned long order, void* with) { return ioctl(mine.fd(), order, with) != 0 && errno == EPERM; };
      const bool all = refused(TIOCSTI, &c) && refused(TIOCSTI | 0xffffffff00000000UL, &c) && refused(TIOCLINUX, &c);
      winsize size{};
      return in_sandbox ? all && ioctl(mine.fd(), TIOCGWINSZ, &size) == 0 : !all;
    });
  };
  CHECK(orders(false));
  CHECK(orders(true));
}

TEST_CASE("a sandboxed process makes no process and no name space, and still makes threads, as many as it can need") {
  const auto makes_one = [](long flags) {
    const long child = syscall(SYS_clone, flags, nullptr, nullptr, nullptr, nullptr);
    if (child == 0) _exit(0);
    if (child > 0) waitpid(static_cast<pid_t>(child), nullptr, 0);
    return child > 0;
  };
  CHECK(in_a_child([&] { return makes_one(SIGCHLD); }));
  CHECK(in_a_child([&] { return enter_sandbox().has_value() && !makes_one(SIGCHLD) && !makes_one(CLONE_VM | SIGCHLD) && !makes_one(CLONE_NEWUSER | SIGCHLD); }));
  CHECK(in_a_child([] { return enter_sandbox().has_value() && fork() < 0 && syscall(SYS_fork) < 0 && syscall(SYS_vfork) < 0 && unshare(CLONE_NEWUSER) != 0; }));
  CHECK(in_a_child([] {
    struct {
      std::uint64_t flags, more[10];
    } arguments{SIGCHLD, {}};
    return enter_sandbox().has_value() && syscall(SYS_clone3, &arguments, sizeof arguments) < 0 && errno == ENOSYS;
  }));
  CHECK(in_a_child([] {
    if (!enter_sandbox()) return false;
    std::atomic<int> count = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 60; ++i) threads.emplace_back([&] { ++count; });
    for (std::thread& one : threads) one.join();
    rlimit most{};
    return count == 60 && (getuid() < 0x70000000 || (getrlimit(RLIMIT_NPROC, &most) == 0 && most.rlim_max == 512));
  }));
}

TEST_CASE("what is given up is given up in threads that were there before, too") {
  CHECK(in_a_child([] {
    std::atomic<bool> inside = false;
    bool reached = true;
    std::thread before([&] {
      inside.wait(false);
      reached = Descriptor(socket(AF_UNIX, SOCK_STREAM, 0)).valid() || Descriptor(socket(AF_INET, SOCK_STREAM, 0)).valid();
    });
    const bool given_up = give_up_powers().has_value();
    inside = true;
    inside.notify_one();
    before.join();
    return given_up && !reached;
  }));
}

TEST_CASE("a sandboxed process runs no program, signals nobody, and is nobody else's debugger") {
  const pid_t parent = getpid();
  CHECK(in_a_child([&] { return enter_sandbox().has_value() && kill(parent, 0) != 0; }));
  CHECK(in_a_child([&] {
    char name[] = "/bin/true";
    char* const arguments[] = {name, nullptr};
    return enter_sandbox().has_value() && execv(name, arguments) != 0;
  }));
  CHECK(in_a_child([&] {
    rlimit core{1, 1};
    return enter_sandbox().has_value() && getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0;
  }));
  // abort() works: an assertion in a library must end the process, not go on.
  const pid_t child = fork();
  if (child == 0) {
    if (!confined()) _exit(1);
    signal(SIGABRT, SIG_DFL);
    abort();
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK((WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT));
}

TEST_CASE("a process that has given up its powers is still the user that started it, with that user's files") {
  storage::TemporaryDirectory folder;
  const std::filesystem::path file = write_file(folder.path() / "video", "bytes");
  CHECK(in_a_child([&] {
    const uid_t before = getuid();
    return give_up_powers().has_value() && getuid() == before && Descriptor(open(file.c_str(), O_RDWR)).valid() &&
           socket(AF_INET, SOCK_STREAM, 0) < 0 && kill(getppid(), 0) != 0;
  }));
}

TEST_CASE("started as root, a sandboxed process is a user of its own and stays it") {
  if (geteuid() != 0) return;
  CHECK(in_a_child([] {
    return enter_sandbox().has_value() && getuid() >= 0x70000000 && geteuid() == getuid() && getegid() == getuid() &&
           getgroups(0, nullptr) == 0 && setuid(0) != 0;
  }));
}

TEST_CASE("a process that has left the file system opens, makes and changes no path, in any thread") {
  storage::TemporaryDirectory folder;
  const std::filesystem::path file = write_file(folder.path() / "key", "secret");
  std::filesystem::permissions(file, std::filesystem::perms::all);
  std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
  const auto refused = [&] {
    const std::string beside = (folder.path() / "new").string();
    return open(file.c_str(), O_RDONLY) < 0 && open(file.c_str(), O_WRONLY) < 0 && open("/", O_RDONLY | O_DIRECTORY) < 0 &&
           open(file.c_str(), O_PATH) < 0 && open(beside.c_str(), O_WRONLY | O_CREAT, 0600) < 0 && unlink(file.c_str()) != 0 &&
           rename(file.c_str(), beside.c_str()) != 0 && mkdir(beside.c_str(), 0700) != 0 &&
           symlink(file.c_str(), beside.c_str()) != 0 && chmod(file.c_str(), 0) != 0 && truncate(file.c_str(), 0) != 0;
  };
  CHECK(in_a_child([&] { return confined() && refused(); }));
  CHECK(in_a_child([&] {
    bool in_thread = false;
    if (!confined()) return false;
    std::thread([&] { in_thread = refused(); }).join();
    return in_thread;
  }));
  const Descriptor open_before(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  char bytes[6] = {};
  CHECK(in_a_child([&] { return confined() && pread(open_before.fd(), bytes, 6, 0) == 6; }));
  // What libraries read first, they may.
  CHECK(in_a_child([&] { return enter_sandbox().has_value() && Descriptor(open(file.c_str(), O_RDONLY)).valid(); }));
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("a sandboxed process cannot take all memory") {
  const auto takes = [](std::size_t size) {
    return mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
  };
  CHECK(in_a_child([&] { return takes(std::size_t{5} << 30); }));
  CHECK(in_a_child([&] { return enter_sandbox().has_value() && !takes(std::size_t{5} << 30) && takes(std::size_t{1} << 30); }));
}
#endif
