// Takes a worker's segments: seals them, and enters them in the catalog as a generation of the recording's film. When a segment has to be
// made again, that and what follows is another generation. Only the last one is ever published, and only what came under a valid lease.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gateway/ipc/channel.h"
#include "gateway/serve/core.h"
#include "storage/catalog/jobs.h"
#include "storage/catalog/recordings.h"
#include "storage/catalog/thumbnails.h"

namespace frostgate::serve {

class FilmIntake {
 public:
  // Takes a new generation's number.
  static Result<FilmIntake> open(Core& core, const std::string& recording, catalog::Lease lease);

  // A `segment` message. When it returns, the segment survives a power cut.
  Result<void> store(const ipc::Message& message);
  // A `thumbnail` message: a picture of the film as it is stored now.
  Result<void> store_thumbnail(const ipc::Message& message);
  // What is stored from now on belongs to a generation of its own, which has all that it does not replace from the one before.
  Result<void> begin_generation();
  // Signs the manifest of the last generation, makes it the film that is shown, and deletes all others. `recording` as it will be, but for what
  // this knows: generation, length and size. A session that ended before its first picture has no film.
  Result<void> publish(catalog::Recording recording, UtcTime now);

  Microseconds end() const { return end_; }
  Size size() const { return size_; }  // the largest width and height of its parts

 private:
  Result<void> inherit();
  Result<void> publish_thumbnails();

  FilmIntake(Core& core, std::string recording, catalog::Lease lease, std::int64_t generation, Secret key)
      : core_(&core), recording_(std::move(recording)), lease_(lease), generation_(generation), key_(std::move(key)) {}

  Core* core_;
  std::string recording_;
  catalog::Lease lease_;
  std::int64_t generation_;
  std::optional<std::int64_t> before_;  // the generation whose segments this one has, where they were not made again
  Secret key_;
  Microseconds end_{};
  Size size_;
  std::vector<catalog::ThumbnailRow> thumbnails_;
};

}  // namespace frostgate::serve
