// Takes a worker's segments: seals them, and enters them in the catalog as one generation of the recording's film.
// Only what came under a valid lease is ever published.
#pragma once

#include <string>

#include "gateway/ipc/channel.h"
#include "gateway/serve/core.h"
#include "storage/catalog/jobs.h"

namespace frostgate::serve {

class FilmIntake {
 public:
  // Takes a new generation's number.
  static Result<FilmIntake> open(Core& core, const std::string& recording, catalog::Lease lease);

  // A `segment` message. When it returns, the segment survives a power cut.
  Result<void> store(const ipc::Message& message);
  // Makes what was stored the film that is shown. A session that ended before its first picture has none.
  Result<void> publish();

  Microseconds end() const { return end_; }
  Size size() const { return size_; }  // the largest width and height of its parts

 private:
  FilmIntake(Core& core, std::string recording, catalog::Lease lease, std::int64_t generation, Secret key)
      : core_(&core), recording_(std::move(recording)), lease_(lease), generation_(generation), key_(std::move(key)) {}

  Core* core_;
  std::string recording_;
  catalog::Lease lease_;
  std::int64_t generation_;
  Secret key_;
  Microseconds end_{};
  Size size_;
};

}  // namespace frostgate::serve
