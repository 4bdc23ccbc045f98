#include "gateway/base/whole_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "gateway/base/descriptor.h"

namespace frostgate {
namespace {

Error failure(const std::filesystem::path& path, const char* what) {
  return {errno == ENOSPC ? ErrorKind::no_space : ErrorKind::io, path.string() + " cannot be " + what + ": " + std::strerror(errno)};
}

Result<void> write_all(const Descriptor& file, std::span<const std::byte> bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = write(file.fd(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return failure(path, "written");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  if (fsync(file.fd()) != 0) return failure(path, "written");
  return {};
}

}  // namespace

Result<std::optional<std::vector<std::byte>>> read_whole_file(const std::filesystem::path& path, std::size_t limit) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.valid() && errno == ENOENT) return std::optional<std::vector<std::byte>>();
  if (!file.valid()) return failure(path, "opened");
  struct stat status {};
  if (fstat(file.fd(), &status) != 0) return failure(path, "read");
  if (!S_ISREG(status.st_mode)) return Error{ErrorKind::invalid, path.string() + " is not a file"};
  if (static_cast<std::size_t>(status.st_size) > limit) return Error{ErrorKind::invalid, path.string() + " is too large"};
  std::vector<std::byte> bytes(static_cast<std::size_t>(status.st_size));
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t got = pread(file.fd(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure(path, "read");
    if (got == 0) return Error{ErrorKind::io, path.string() + " ends before its size"};
    done += static_cast<std::size_t>(got);
  }
  return std::optional(std::move(bytes));
}

Result<void> replace_file(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  std::string fresh = path.string() + ".XXXXXX";
  const Descriptor file(mkostemp(fresh.data(), O_CLOEXEC));
  if (!file.valid()) return failure(path, "written");
  Result<void> written = write_all(file, bytes, path);
  if (written && rename(fresh.c_str(), path.c_str()) != 0) written = failure(path, "replaced");
  if (!written) {
    unlink(fresh.c_str());
    return written;
  }
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  const Descriptor directory(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid() || fsync(directory.fd()) != 0) return failure(folder, "synced");
  return {};
}

}  // namespace frostgate
