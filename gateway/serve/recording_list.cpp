#include "gateway/serve/recording_list.h"

#include <algorithm>

#include "gateway/serve/watch_gates.h"

namespace frostgate::serve {
namespace {

constexpr int kMostRows = 500;  // of a page of the catalog's

}  // namespace

Result<RecordingList::Page> RecordingList::page(catalog::RecordingQuery query) const {
  const bool by_film = !query.text.empty() || query.mask;
  const auto wanted = static_cast<std::size_t>(query.limit);
  // One more says whether there are more.
  if (query.limit < kMostRows) ++query.limit;
  catalog::Search search(*core_.catalog, rights_);
  WatchGates gates(core_, user_, now_);
  Page out;
  std::string last;
  for (int pages = 0; pages < kMostFilmPages; ++pages) {
    catalog::RecordingPage found = TRY(search.recordings(query));
    for (std::size_t i = 0; i < found.recordings.size(); ++i) {
      const bool watched = TRY(gates.open(found.recordings[i]));
      if (!watched && by_film) continue;
      if (out.rows.size() == wanted) {
        out.next = last;
        return out;
      }
      out.rows.push_back({std::move(found.recordings[i]), watched ? std::optional(std::move(found.masks[i])) : std::nullopt});
      last = found.cursors[i];
    }
    if (found.next.empty()) break;
    query.cursor = found.next;
    query.limit = kMostRows;
  }
  return out;
}

}  // namespace frostgate::serve
