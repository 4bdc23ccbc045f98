#include "storage/file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

namespace frostgate::storage {

namespace {

using Path = FileSystem::Path;

Error last_error(const char* action, const Path& path) {
  const int code = errno;
  ErrorKind kind = ErrorKind::io;
  if (code == ENOENT || code == ENOTDIR) kind = ErrorKind::not_found;
  if (code == EEXIST) kind = ErrorKind::exists;
  if (code == EACCES || code == EPERM || code == ELOOP || code == EROFS) kind = ErrorKind::denied;
  if (code == ENOSPC || code == EDQUOT) kind = ErrorKind::no_space;
  return {kind, std::string(action) + " " + path.string() + ": " + std::generic_category().message(code)};
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }
  bool open() const { return number_ >= 0; }

 private:
  int number_;
};

Descriptor open_file(const Path& path, int flags, mode_t mode = 0) {
  int number = -1;
  do {
    number = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (number < 0 && errno == EINTR);
  return Descriptor(number);
}

class PosixAppendFile final : public AppendFile {
 public:
  PosixAppendFile(Descriptor file, Path path) : file_(std::move(file)), path_(std::move(path)) {}

  Result<void> append(std::span<const std::byte> bytes) override {
    while (!bytes.empty()) {
      const ssize_t written = ::write(file_.number(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return last_error("cannot write", path_);
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
  }

  Result<void> sync() override {
    if (::fdatasync(file_.number()) != 0) return last_error("cannot sync", path_);
    return {};
  }

 private:
  Descriptor file_;
  Path path_;
};

class PosixFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<AppendFile>> create(const Path& path) override {
    Descriptor file = open_file(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW, 0600);
    if (!file.open()) return last_error("cannot create", path);
    return std::unique_ptr<AppendFile>(std::make_unique<PosixAppendFile>(std::move(file), path));
  }

  Result<std::vector<std::byte>> read(const Path& path, std::uint64_t offset, std::uint64_t size) override {
    // O_NONBLOCK: a FIFO planted under the name must not hang us.
    const Descriptor file = open_file(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
    if (!file.open()) return last_error("cannot open", path);
    struct stat status {};
    if (::fstat(file.number(), &status) != 0) return last_error("cannot look at", path);
    if (!S_ISREG(status.st_mode)) return Error{ErrorKind::invalid, path.string() + " is not a regular file"};
    const auto available = static_cast<std::uint64_t>(status.st_size);
    std::vector<std::byte> bytes(offset >= available ? 0 : std::min(size, available - offset));
    std::size_t have = 0;
    while (have < bytes.size()) {
      const ssize_t count = ::pread(file.number(), bytes.data() + have, bytes.size() - have,
                                    static_cast<off_t>(offset + have));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return last_error("cannot read", path);
      if (count == 0) break;
      have += static_cast<std::size_t>(count);
    }
    bytes.resize(have);
    return bytes;
  }

  Result<FileStatus> status(const Path& path) override {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return last_error("cannot look at", path);
    return FileStatus{.size = static_cast<std::uint64_t>(status.st_size),
                      .regular = S_ISREG(status.st_mode),
                      .directory = S_ISDIR(status.st_mode),
                      .owned_by_us = status.st_uid == ::geteuid(),
                      .permissions = status.st_mode & 0777};
  }

  Result<void> rename_new(const Path& from, const Path& to) override {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
    if (errno != EINVAL && errno != ENOSYS) return last_error("cannot rename to", to);
    // A file system without RENAME_NOREPLACE (NFS): a hard link refuses an existing name as well.
    if (::link(from.c_str(), to.c_str()) != 0) return last_error("cannot rename to", to);
    if (::unlink(from.c_str()) != 0) return last_error("cannot remove", from);
    return {};
  }

  Result<void> sync_directory(const Path& path) override {
    const Descriptor directory = open_file(path, O_RDONLY | O_DIRECTORY);
    if (!directory.open()) return last_error("cannot open", path);
    if (::fsync(directory.number()) != 0) return last_error("cannot sync", path);
    return {};
  }

  Result<std::vector<std::string>> list(const Path& path) override {
    std::error_code code;
    std::vector<std::string> names;
    std::filesystem::directory_iterator iterator(path, code);
    for (; !code && iterator != std::filesystem::directory_iterator(); iterator.increment(code)) {
      names.push_back(iterator->path().filename().string());
    }
    if (code) {
      errno = code.value();
      return last_error("cannot list", path);
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<void> remove(const Path& path) override {
    if (::unlink(path.c_str()) != 0) return last_error("cannot remove", path);
    return {};
  }

  Result<void> remove_directory(const Path& path) override {
    if (::rmdir(path.c_str()) != 0) return last_error("cannot remove", path);
    return {};
  }

  Result<void> make_directories(const Path& path) override {
    Path made;
    for (const Path& component : path) {
      const Path parent = made.empty() ? Path(".") : made;
      made /= component;
      if (::mkdir(made.c_str(), 0700) == 0) {
        TRY(sync_directory(parent));
        continue;
      }
      struct stat status {};
      if (::stat(made.c_str(), &status) != 0) return last_error("cannot make directory", made);
      if (!S_ISDIR(status.st_mode)) return Error{ErrorKind::exists, made.string() + " is not a directory"};
    }
    return {};
  }
};

}  // namespace

Result<std::vector<std::byte>> FileSystem::read_whole(const Path& path, std::uint64_t limit) {
  std::vector<std::byte> bytes = TRY(read(path, 0, limit + 1));
  if (bytes.size() > limit) {
    return Error{ErrorKind::invalid, path.string() + " is larger than " + std::to_string(limit) + " bytes"};
  }
  return bytes;
}

std::unique_ptr<AppendFile> append_to(int descriptor, Path name) {
  return std::make_unique<PosixAppendFile>(Descriptor(descriptor), std::move(name));
}

FileSystem& real_file_system() {
  static PosixFileSystem file_system;
  return file_system;
}

}  // namespace frostgate::storage
