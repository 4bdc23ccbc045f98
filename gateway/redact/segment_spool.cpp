#include "gateway/redact/segment_spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace frostgate::redact {
namespace {

Error failure(const char* doing) {
  return {errno == ENOSPC ? ErrorKind::no_space : ErrorKind::io, std::string(doing) + ": " + std::strerror(errno)};
}

}  // namespace

Result<SegmentSpool> SegmentSpool::in(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0) return failure("no temporary file can be made where the film is to go");
  std::FILE* file = ::fdopen(descriptor, "w+b");
  if (!file) {
    ::close(descriptor);
    return failure("no temporary file can be made where the film is to go");
  }
  return SegmentSpool(file);
}

Result<void> SegmentSpool::add(const std::vector<Segment>& segments) {
  for (const Segment& segment : segments) {
    if (segment.kind == SegmentKind::init) {
      Part part;
      part.size = segment.size;
      part.start = segment.start;
      parts_.push_back(std::move(part));
    }
    if (std::fseek(file_.get(), 0, SEEK_END) != 0) return failure("the film cannot be written");
    const Piece piece{std::ftell(file_.get()), segment.bytes.size()};
    if (std::fwrite(segment.bytes.data(), 1, piece.size, file_.get()) != piece.size || std::fflush(file_.get()) != 0) {
      return failure("the film cannot be written");
    }
    parts_.back().pieces.push_back(piece);
    parts_.back().end = segment.start + segment.duration;
  }
  return {};
}

Result<std::vector<std::byte>> SegmentSpool::read(const Piece& piece) const {
  std::vector<std::byte> bytes(piece.size);
  if (std::fseek(file_.get(), piece.offset, SEEK_SET) != 0 || std::fread(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) {
    return failure("the film cannot be read back");
  }
  return bytes;
}

std::vector<codec::FilmPart> SegmentSpool::parts() const {
  std::vector<codec::FilmPart> parts;
  for (const Part& part : parts_) {
    parts.push_back({part.size, part.start, part.end, part.pieces.size(),
                     [this, &part](std::size_t number) { return read(part.pieces.at(number)); }});
  }
  return parts;
}

}  // namespace frostgate::redact
