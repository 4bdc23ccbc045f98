#include "codec/ffmpeg/byte_source.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace frostgate::codec::ffmpeg {

Result<std::unique_ptr<FileSource>> FileSource::open(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) return Error{ErrorKind::not_found, path.string() + " does not exist"};
  // A pipe or a device would block, and cannot be read twice.
  if (!std::filesystem::is_regular_file(status)) return Error{ErrorKind::invalid, path.string() + " is not a regular file"};
  const auto size = std::filesystem::file_size(path, error);
  std::FILE* file = error ? nullptr : std::fopen(path.c_str(), "rbe");
  if (!file) return Error{ErrorKind::io, path.string() + " cannot be read: " + std::strerror(errno)};
  return std::unique_ptr<FileSource>(new FileSource(file, static_cast<std::int64_t>(size)));
}

Result<std::size_t> FileSource::read(std::span<std::uint8_t> to) {
  const std::size_t got = std::fread(to.data(), 1, to.size(), file_.get());
  if (got == 0 && std::ferror(file_.get())) return Error{ErrorKind::io, std::string("the video cannot be read: ") + std::strerror(errno)};
  return got;
}

bool FileSource::seek(std::int64_t position, int whence) { return fseeko(file_.get(), position, whence) == 0; }

std::int64_t FileSource::position() const { return ftello(file_.get()); }

Result<std::size_t> PartSource::read(std::span<std::uint8_t> to) {
  while (used_ == segment_.size()) {
    if (next_ == part_.segments) return std::size_t{0};
    segment_ = TRY(part_.read(next_++));
    used_ = 0;
  }
  const std::size_t size = std::min(to.size(), segment_.size() - used_);
  std::memcpy(to.data(), segment_.data() + used_, size);
  used_ += size;
  return size;
}

}  // namespace frostgate::codec::ffmpeg
