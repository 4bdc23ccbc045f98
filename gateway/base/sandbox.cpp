#include "gateway/base/sandbox.h"

#include <errno.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <memory>

namespace frostgate {
namespace {

struct Release {
  void operator()(void* filter) const { seccomp_release(filter); }
};

bool forbid(scmp_filter_ctx filter, int call) { return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0) == 0; }

}  // namespace

Result<void> enter_sandbox() {
  // The memory holds keys and passwords: no core file, no debugger of the same user.
  const rlimit none{0, 0};
  const Error failed{ErrorKind::unsupported, "the sandbox cannot be entered; does this kernel have seccomp?"};
  if (prctl(PR_SET_DUMPABLE, 0) != 0 || setrlimit(RLIMIT_CORE, &none) != 0) return failed;
  const std::unique_ptr<void, Release> filter(seccomp_init(SCMP_ACT_ALLOW));
  if (!filter) return failed;
  // libfreerdp makes socket pairs of its own; only families that leave the machine are refused.
  const bool ruled = seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 1,
                                      SCMP_A0(SCMP_CMP_NE, AF_UNIX)) == 0 &&
                     forbid(filter.get(), SCMP_SYS(execve)) && forbid(filter.get(), SCMP_SYS(execveat)) &&
                     forbid(filter.get(), SCMP_SYS(ptrace)) && forbid(filter.get(), SCMP_SYS(process_vm_readv)) &&
                     forbid(filter.get(), SCMP_SYS(process_vm_writev)) && forbid(filter.get(), SCMP_SYS(bpf)) &&
                     forbid(filter.get(), SCMP_SYS(io_uring_setup)) && forbid(filter.get(), SCMP_SYS(mount));
  // libseccomp sets no_new_privs as it loads.
  if (!ruled || seccomp_load(filter.get()) != 0) return failed;
  return {};
}

}  // namespace frostgate
