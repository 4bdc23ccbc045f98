// Segments of a film that is being made, on disk: a long film need not fit in memory.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/segment.h"
#include "codec/film_writer.h"

namespace frostgate::redact {

// A file without a name in `folder`, so nothing is left of it whatever happens. One thread at a time.
class SegmentSpool {
 public:
  static Result<SegmentSpool> in(const std::filesystem::path& folder);

  Result<void> add(const std::vector<Segment>& segments);

  // The film so far. The parts read from this spool, which must outlive them.
  std::vector<codec::FilmPart> parts() const;

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  struct Piece {
    long offset;
    std::size_t size;
  };
  struct Part {
    Size size;
    SessionTime start{};
    SessionTime end{};
    std::vector<Piece> pieces;
  };

  explicit SegmentSpool(std::FILE* file) : file_(file) {}
  Result<std::vector<std::byte>> read(const Piece& piece) const;

  std::unique_ptr<std::FILE, Close> file_;
  std::vector<Part> parts_;
};

}  // namespace frostgate::redact
