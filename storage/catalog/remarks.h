// What people who watch a film write down at a moment of it. They go with their recording.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"

namespace frostgate::catalog {

inline constexpr std::int64_t kMaxRemarks = 1000;  // of a recording

struct Remark {
  std::int64_t id = 0;  // given by add()
  std::string recording;
  std::string user;
  UtcTime at;            // when it was written
  SessionTime moment{};  // of the film
  std::string text;      // for people; not empty

  bool operator==(const Remark&) const = default;
};

class Remarks {
 public:
  explicit Remarks(Catalog& catalog) : database_(catalog.database()) {}

  // Its id. Errors: invalid; not_found without such a recording; exists when it has kMaxRemarks.
  Result<std::int64_t> add(const Remark& remark);
  Result<std::vector<Remark>> list(const std::string& recording);  // by their moments
  // Of that recording, by that user; else not_found.
  Result<void> remove(std::int64_t id, const std::string& recording, const std::string& user);

 private:
  Database& database_;
};

}  // namespace frostgate::catalog
