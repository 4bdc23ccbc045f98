#include "redaction/lines/line_cache.h"

namespace frostgate::redaction {

ReadingPtr LineCache::find(const LineHash& hash) {
  const auto found = index_.find(hash);
  if (found == index_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second);
  return found->second->second;
}

void LineCache::put(const LineHash& hash, ReadingPtr reading) {
  if (const auto known = index_.find(hash); known != index_.end()) {
    known->second->second = std::move(reading);
    return;
  }
  order_.emplace_front(hash, std::move(reading));
  index_[hash] = order_.begin();
  if (order_.size() > capacity_) {
    index_.erase(order_.back().first);
    order_.pop_back();
  }
}

}  // namespace frostgate::redaction
