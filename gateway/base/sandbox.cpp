#include "gateway/base/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <memory>
#include <span>

#include "gateway/base/descriptor.h"

namespace frostgate {
namespace {

// Above every range that systemd's UIDS-GIDS hands out, and below the sign bit.
constexpr uid_t kFirstOwnId = 0x70000000;
constexpr uid_t kNobody = 65534;

// A screen of kMaxScreenPixels several times over; a hostile peer cannot make the machine swap.
constexpr rlim_t kMemoryBytes = rlim_t{4} << 30;
constexpr rlim_t kThreads = 512;  // of a user of its own; a relay has some thirty

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kShadowMemory = true;  // terabytes of it, all writable
#else
constexpr bool kShadowMemory = false;
#endif

struct Release {
  void operator()(void* filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, Release>;

// Other processes, more privileges, and the kernel's larger doors.
constexpr int kPowers[] = {
    SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork),
    // The administration socket of serve trusts whoever is its user. A datagram needs no connect() to reach the system's log.
    SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(listen), SCMP_SYS(accept), SCMP_SYS(accept4),
    SCMP_SYS(kill), SCMP_SYS(tkill), SCMP_SYS(rt_sigqueueinfo), SCMP_SYS(rt_tgsigqueueinfo), SCMP_SYS(pidfd_open),
    SCMP_SYS(pidfd_getfd), SCMP_SYS(pidfd_send_signal), SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev), SCMP_SYS(kcmp), SCMP_SYS(shmget), SCMP_SYS(shmat), SCMP_SYS(msgget), SCMP_SYS(semget),
    SCMP_SYS(mq_open), SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root),
    SCMP_SYS(chroot), SCMP_SYS(open_tree), SCMP_SYS(move_mount), SCMP_SYS(fsopen), SCMP_SYS(bpf), SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup), SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(keyctl)};

// Everything that takes a path and gives or changes what is there.
constexpr int kPaths[] = {
    SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(openat2), SCMP_SYS(creat), SCMP_SYS(open_by_handle_at), SCMP_SYS(truncate),
    SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(rmdir), SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(rename),
    SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(link), SCMP_SYS(linkat), SCMP_SYS(symlink), SCMP_SYS(symlinkat),
    SCMP_SYS(mknod), SCMP_SYS(mknodat), SCMP_SYS(chmod), SCMP_SYS(fchmodat), SCMP_SYS(chown), SCMP_SYS(lchown),
    SCMP_SYS(fchownat), SCMP_SYS(utimensat), SCMP_SYS(setxattr), SCMP_SYS(lsetxattr), SCMP_SYS(removexattr),
    SCMP_SYS(lremovexattr), SCMP_SYS(inotify_init), SCMP_SYS(inotify_init1), SCMP_SYS(fanotify_init)};

// Typing into the terminal that serve was started from, and what was marked there.
constexpr unsigned kTerminalOrders[] = {TIOCSTI, TIOCLINUX};

Error failed() { return {ErrorKind::unsupported, "the sandbox cannot be entered; does this kernel have seccomp?"}; }

// Allows all but `calls`, which fail. For threads that are there already, too.
Filter filter_without(std::span<const int> calls) {
  Filter filter(seccomp_init(SCMP_ACT_ALLOW));
  if (filter && seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1) != 0) filter.reset();
  for (const int call : calls) {
    if (filter && seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), call, 0) != 0) filter.reset();
  }
  return filter;
}

// What is allowed with other arguments: libfreerdp makes socket pairs of its own, abort() signals its own process, and threads are cloned.
bool rule_by_arguments(scmp_filter_ctx filter) {
  constexpr scmp_datum_t kType = 0xf, kInt = 0xffffffff;  // the kernel reads no more of either
  const auto fails = [&](int call, int error, const scmp_arg_cmp& with) { return seccomp_rule_add(filter, SCMP_ACT_ERRNO(error), call, 1, with) == 0; };
  bool ruled = fails(SCMP_SYS(tgkill), EPERM, SCMP_A0(SCMP_CMP_NE, static_cast<scmp_datum_t>(getpid())));
  for (const int type : {SOCK_DGRAM, SOCK_RAW}) ruled = ruled && fails(SCMP_SYS(socketpair), EPERM, SCMP_A1(SCMP_CMP_MASKED_EQ, kType, static_cast<scmp_datum_t>(type)));
  for (const unsigned order : kTerminalOrders) ruled = ruled && fails(SCMP_SYS(ioctl), EPERM, SCMP_A1(SCMP_CMP_MASKED_EQ, kInt, order));
  // Threads and no processes, which would take the machine's processors and its process numbers from all others, and in a name space of their own have all
  // privileges. clone3() takes its flags where no filter sees them; who is told that there is none uses clone().
  return ruled && fails(SCMP_SYS(clone), EPERM, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)) &&
         seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
}

// libseccomp sets no_new_privs as it loads.
bool load(const Filter& filter) { return filter && seccomp_load(filter.get()) == 0; }

bool become(uid_t id) { return setresgid(id, id, id) == 0 && setresuid(id, id, id) == 0; }

// root: a user of its own, whom no file belongs to and whom no other process is.
bool leave_root() {
  if (geteuid() != 0) return true;
  if (setgroups(0, nullptr) != 0) return false;
  const rlimit threads{kThreads, kThreads};
  if (become(kFirstOwnId + static_cast<uid_t>(getpid()))) return setrlimit(RLIMIT_NPROC, &threads) == 0;
  // A container may know no ids as large.
  return errno == EINVAL && become(kNobody);
}

// Landlock with no rule: nothing may be opened or made. Kernels without it have the filter alone.
bool enter_landlock() {
  const long version = syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) return true;
  landlock_ruleset_attr rules{};
  rules.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;  // all that its first version knows
  const Descriptor ruleset(static_cast<int>(syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0)));
  return ruleset.valid() && syscall(SYS_landlock_restrict_self, ruleset.fd(), 0) == 0;
}

}  // namespace

Result<void> give_up_powers() {
  // The memory holds keys and passwords: no core file, no debugger of the same user.
  const rlimit none{0, 0}, memory{kMemoryBytes, kMemoryBytes};
  if (prctl(PR_SET_DUMPABLE, 0) != 0 || setrlimit(RLIMIT_CORE, &none) != 0) return failed();
  if (!kShadowMemory && setrlimit(RLIMIT_DATA, &memory) != 0) return failed();
  const Filter filter = filter_without(kPowers);
  if (!filter || !rule_by_arguments(filter.get()) || !load(filter)) return failed();
  return {};
}

Result<void> enter_sandbox() {
  if (!leave_root()) return Error{ErrorKind::denied, "root cannot become another user here"};
  return give_up_powers();
}

Result<void> leave_file_system() {
  if (!enter_landlock() || !load(filter_without(kPaths))) return failed();
  return {};
}

}  // namespace frostgate
