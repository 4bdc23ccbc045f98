// Where a demuxer gets its bytes: a file, or the stored segments of one part.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "codec/base/result.h"
#include "codec/film_writer.h"

namespace frostgate::codec::ffmpeg {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // How many bytes were read; 0 is the end.
  virtual Result<std::size_t> read(std::span<std::uint8_t> to) = 0;
  virtual bool seekable() const = 0;
  virtual std::optional<std::int64_t> size() { return std::nullopt; }
  virtual bool seek(std::int64_t /*position*/, int /*whence*/) { return false; }
  virtual std::int64_t position() const { return -1; }
};

class FileSource : public ByteSource {
 public:
  static Result<std::unique_ptr<FileSource>> open(const std::filesystem::path& path);
  Result<std::size_t> read(std::span<std::uint8_t> to) override;
  bool seekable() const override { return true; }
  std::optional<std::int64_t> size() override { return size_; }
  bool seek(std::int64_t position, int whence) override;
  std::int64_t position() const override;

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  FileSource(std::FILE* file, std::int64_t size) : file_(file), size_(size) {}
  std::unique_ptr<std::FILE, Close> file_;
  std::int64_t size_;
};

// `part` must outlive it.
class PartSource : public ByteSource {
 public:
  explicit PartSource(const FilmPart& part) : part_(part) {}
  Result<std::size_t> read(std::span<std::uint8_t> to) override;
  bool seekable() const override { return false; }

 private:
  const FilmPart& part_;
  std::size_t next_ = 0;
  std::vector<std::byte> segment_;
  std::size_t used_ = 0;
};

}  // namespace frostgate::codec::ffmpeg
