#include "gateway/redact/serve_link.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "gateway/ipc/segment_message.h"

namespace frostgate::redact {
namespace {

using nlohmann::json;

constexpr auto kReplyPatience = std::chrono::minutes(1);
constexpr std::size_t kMaxOpenFiles = 4;
constexpr double kTurnSeconds = 2;

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

}  // namespace

Result<ipc::Message> ServeLink::ask(const json& question, std::span<const int> descriptors) {
  TRY(channel_.send(question, descriptors));
  auto answer = TRY(channel_.receive(kReplyPatience));
  if (!answer) return Error{ErrorKind::timeout, "serve did not answer"};
  return std::move(*answer);
}

// Serve answers when it is this worker's turn. A serve that has died is noticed by the end of the channel.
Result<void> ServeLink::take_turn() {
  if (cpu_seconds() < turn_ends_) return {};
  TRY(channel_.send({{"type", "turn"}}));
  std::optional<ipc::Message> answer = TRY(channel_.receive());
  TRY(heed(std::move(answer)));
  return {};
}

// The type of serve's answer to what may take a while.
Result<std::string> ServeLink::heed(std::optional<ipc::Message> answer) {
  if (!answer) return Error{ErrorKind::timeout, "serve did not answer"};
  const auto watched = TRY(answer->number("watched", 0, 1));
  watched_ = watched == 1;
  turn_ends_ = cpu_seconds() + kTurnSeconds;
  return answer->type();
}

Result<bool> ServeLink::wait_for_more(int index, std::uint64_t bytes) {
  TRY(channel_.send({{"type", "wait"}, {"index", index}, {"bytes", bytes}}));
  std::optional<ipc::Message> answer = TRY(channel_.receive());
  const std::string type = TRY(heed(std::move(answer)));
  return type != "over";
}

Result<void> ServeLink::show_live(const std::vector<Segment>& segments, SessionTime behind) {
  for (const Segment& segment : segments) {
    const Descriptor file = TRY(ipc::to_memory_file(segment.bytes));
    const int fd = file.fd();
    ipc::Message answer = TRY(ask({{"type", "live"},
                                   {"init", segment.kind == SegmentKind::init ? 1 : 0},
                                   {"end_us", (segment.start + segment.duration).count()},
                                   {"behind_us", behind.count()}},
                                  {&fd, 1}));
    TRY(heed(std::move(answer)));
  }
  return {};
}

Result<void> ServeLink::begin_generation() {
  const ipc::Message answer = TRY(ask({{"type", "generation"}}));
  if (answer.type() != "generation") return Error{ErrorKind::corrupt, "serve began no generation"};
  return {};
}

Result<void> ServeLink::tell(const json& notice, std::span<const int> descriptors) {
  return channel_.send(notice, descriptors);
}

Result<void> ServeLink::progress(double done) {
  if (done < reported_ + 0.01) return {};
  reported_ = done;
  return tell({{"type", "progress"}, {"done", std::min(done, 1.0)}});
}

Result<void> ServeLink::store(const std::vector<Segment>& segments) {
  for (const Segment& segment : segments) {
    const ipc::Message message = TRY(ipc::segment_message(segment));
    const int fd = message.descriptors[0].fd();
    const ipc::Message answer = TRY(ask(message.body, {&fd, 1}));
    if (answer.type() != "stored") return Error{ErrorKind::corrupt, "serve did not store a segment"};
  }
  return {};
}

Result<void> ServeLink::store(const std::vector<FilmMaker::Still>& stills) {
  for (std::size_t i = 0; i < stills.size(); ++i) {
    const Descriptor file = TRY(ipc::to_memory_file(stills[i].picture.jpeg));
    const int fd = file.fd();
    const ipc::Message answer = TRY(ask({{"type", "thumbnail"},
                                         {"number", i},
                                         {"at_us", stills[i].at.count()},
                                         {"width", stills[i].picture.size.width},
                                         {"height", stills[i].picture.size.height}},
                                        {&fd, 1}));
    if (answer.type() != "stored") return Error{ErrorKind::corrupt, "serve did not store a thumbnail"};
  }
  return {};
}

// Null when there is no such file.
Result<const Descriptor*> ServeJournalSource::file(int index) {
  const auto have = files_.find(index);
  if (have != files_.end()) return &have->second;
  const char* stream = stream_ == JournalStream::screen ? "screen" : "keystrokes";
  ipc::Message answer = TRY(serve_.ask({{"type", "journal_file"}, {"stream", stream}, {"index", index}}));
  if (answer.descriptors.empty()) return static_cast<const Descriptor*>(nullptr);
  if (files_.size() >= kMaxOpenFiles) {
    // The furthest away: another reader is rather near.
    const auto first = files_.begin(), last = std::prev(files_.end());
    files_.erase(index - first->first > last->first - index ? first : last);
  }
  return &files_.emplace(index, std::move(answer.descriptors[0])).first->second;
}

Result<std::optional<std::vector<std::byte>>> ServeJournalSource::read(int index, std::uint64_t offset, std::size_t size) {
  const Descriptor* file = TRY(this->file(index));
  if (file == nullptr) return std::optional<std::vector<std::byte>>();
  std::vector<std::byte> bytes(size);
  std::size_t got = 0;
  while (got < size) {
    const ssize_t n = pread(file->fd(), bytes.data() + got, size - got, static_cast<off_t>(offset + got));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Error{ErrorKind::io, "journal file " + std::to_string(index) + ": " + std::strerror(errno)};
    if (n == 0) break;
    got += static_cast<std::size_t>(n);
  }
  bytes.resize(got);
  if (index > furthest_file_) furthest_bytes_ = 0;
  if (index >= furthest_file_) furthest_bytes_ = std::max<std::uint64_t>(furthest_bytes_, offset + got);
  furthest_file_ = std::max(furthest_file_, index);
  return std::optional(std::move(bytes));
}

}  // namespace frostgate::redact
