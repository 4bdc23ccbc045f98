// The list of recordings as somebody may see it. What films show, and what was masked in them, is told of those alone that are open to them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gateway/serve/core.h"
#include "storage/catalog/search.h"

namespace frostgate::serve {

// Matches in films that are not open are passed over, page after page: a shorter page, or a cursor that points behind one of them, would tell what is in it.
// Of a list so many pages are looked through for one answer.
inline constexpr int kMostFilmPages = 500;

// Copies read alike. Thread-safe.
class RecordingList {
 public:
  using Masks = std::map<std::string, std::int64_t>;  // rules of detection, and how many masks they made
  struct Row {
    catalog::Recording recording;  // without its report
    std::optional<Masks> masks;    // where its film is open
  };
  struct Page {
    std::vector<Row> rows;
    std::string next;  // a cursor; empty: the end
  };

  RecordingList(Core& core, catalog::WatchRights rights, std::string user, UtcTime now) : core_(core), rights_(std::move(rights)), user_(std::move(user)), now_(now) {}

  // Errors as those of Search::recordings().
  Result<Page> page(catalog::RecordingQuery query) const;

 private:
  Core& core_;
  catalog::WatchRights rights_;
  std::string user_;
  UtcTime now_;
};

}  // namespace frostgate::serve
