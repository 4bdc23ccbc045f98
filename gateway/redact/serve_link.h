// The worker's conversation with serve (gateway/ipc/FORMAT.md). One thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include <nlohmann/json.hpp>

#include "codec/base/result.h"
#include "codec/base/segment.h"
#include "gateway/ipc/channel.h"
#include "storage/journal/journal_source.h"

namespace frostgate::redact {

class ServeLink {
 public:
  explicit ServeLink(Descriptor channel) : channel_(std::move(channel)) {}

  Result<ipc::Message> ask(const nlohmann::json& question, std::span<const int> descriptors = {});
  Result<void> tell(const nlohmann::json& notice, std::span<const int> descriptors = {});
  // Every hundredth once.
  Result<void> progress(double done);
  // Returns when serve has them sealed, on disk and in the catalog.
  Result<void> store(const std::vector<Segment>& segments);

 private:
  ipc::Channel channel_;
  double reported_ = 0;
};

// The journal's files, asked from serve one by one: the worker can open none itself. What is appended to a file is seen without
// asking again.
class ServeJournalSource final : public storage::JournalSource {
 public:
  explicit ServeJournalSource(ServeLink& serve) : serve_(serve) {}
  Result<std::optional<std::vector<std::byte>>> read(int index, std::uint64_t offset, std::size_t size) override;

 private:
  Result<const Descriptor*> file(int index);

  ServeLink& serve_;
  std::map<int, Descriptor> files_;  // a few: each reader is in one
};

}  // namespace frostgate::redact
