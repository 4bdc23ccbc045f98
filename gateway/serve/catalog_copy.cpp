#include "gateway/serve/catalog_copy.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>

#include "storage/file_system.h"

namespace frostgate::serve {

std::filesystem::path catalog_copy(const config::Config& config) { return config.data_dir / "catalog.copy"; }

Result<Descriptor> claim_catalog_copy(const config::Config& config) {
  const std::string path = (config.data_dir / "backup.lock").string();
  Descriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.valid()) return Error{ErrorKind::io, "cannot open " + path + ": " + std::strerror(errno)};
  if (flock(file.fd(), LOCK_EX | LOCK_NB) != 0) return Error{ErrorKind::unavailable, "another backup is being made"};
  for (const char* ending : {"", "-wal", "-shm", "-journal"}) {
    const Result<void> removed = storage::real_file_system().remove(catalog_copy(config).string() + ending);
    if (!removed && removed.error().kind != ErrorKind::not_found) return removed.error();
  }
  return file;
}

}  // namespace frostgate::serve
