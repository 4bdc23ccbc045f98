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
#include "gateway/redact/film_maker.h"
#include "storage/journal/journal_source.h"

namespace frostgate::redact {

class ServeLink final : public FilmSink {
 public:
  explicit ServeLink(Descriptor channel) : channel_(std::move(channel)) {}

  Result<ipc::Message> ask(const nlohmann::json& question, std::span<const int> descriptors = {});
  Result<void> tell(const nlohmann::json& notice, std::span<const int> descriptors = {});
  // Every hundredth once.
  Result<void> progress(double done);
  // Asks whether to go on after each few seconds of work: workers of other recordings want their share.
  Result<void> take_turn();
  // Waits for more of the journal than `bytes` of its file `index`; a moment only while somebody watches. False when its writer has gone.
  Result<bool> wait_for_more(int index, std::uint64_t bytes);

  // Whether somebody watches the session live, as serve said last.
  bool watched() const { return watched_; }
  // For who watches, now; `behind` is how long ago the last of it happened.
  Result<void> show_live(const std::vector<Segment>& segments, SessionTime behind);

  // Returns when serve has them sealed, on disk and in the catalog.
  Result<void> store(const std::vector<Segment>& segments) override;
  Result<void> begin_generation() override;
  // Thumbnails of the film as it is stored now.
  Result<void> store(const std::vector<FilmMaker::Still>& stills);

 private:
  Result<std::string> heed(std::optional<ipc::Message> answer);

  ipc::Channel channel_;
  double reported_ = 0;
  double turn_ends_ = 0;  // of this process's CPU time
  bool watched_ = false;
};

enum class JournalStream { screen, keystrokes };

// The files of one stream of the journal, asked from serve one by one: the worker can open none itself. What is appended to a file is seen without
// asking again.
class ServeJournalSource final : public storage::JournalSource {
 public:
  explicit ServeJournalSource(ServeLink& serve, JournalStream stream = JournalStream::screen) : serve_(serve), stream_(stream) {}
  Result<std::optional<std::vector<std::byte>>> read(int index, std::uint64_t offset, std::size_t size) override;

  // Waits until there is more than was read so far. False when there never will be.
  Result<bool> wait_for_more() { return serve_.wait_for_more(furthest_file_, furthest_bytes_); }

 private:
  Result<const Descriptor*> file(int index);

  ServeLink& serve_;
  JournalStream stream_;
  std::map<int, Descriptor> files_;  // a few: each reader is in one
  int furthest_file_ = 0;
  std::uint64_t furthest_bytes_ = 0;  // of that file
};

}  // namespace frostgate::redact
