#include "gateway/redact/serve_link.h"

#include <algorithm>
#include <utility>

namespace frostgate::redact {
namespace {

using nlohmann::json;

constexpr auto kReplyPatience = std::chrono::minutes(1);
constexpr std::size_t kMaxJournalFile = std::size_t{512} << 20;

}  // namespace

Result<ipc::Message> ServeLink::ask(const json& question, std::span<const int> descriptors) {
  TRY(channel_.send(question, descriptors));
  auto answer = TRY(channel_.receive(kReplyPatience));
  if (!answer) return Error{ErrorKind::timeout, "serve did not answer"};
  return std::move(*answer);
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
    const Descriptor file = TRY(ipc::to_memory_file(segment.bytes));
    const int fd = file.fd();
    const ipc::Message answer = TRY(ask({{"type", "segment"},
                                         {"kind", segment.kind == SegmentKind::init ? "init" : "media"},
                                         {"part", segment.part},
                                         {"index", segment.index},
                                         {"start_us", segment.start.count()},
                                         {"duration_us", segment.duration.count()},
                                         {"width", segment.size.width},
                                         {"height", segment.size.height},
                                         {"frames", segment.frames}},
                                        {&fd, 1}));
    if (answer.type() != "stored") return Error{ErrorKind::corrupt, "serve did not store a segment"};
  }
  return {};
}

Result<std::optional<std::vector<std::byte>>> ServeJournalSource::file(int index) {
  const ipc::Message answer = TRY(serve_.ask({{"type", "journal_file"}, {"index", index}}));
  if (answer.descriptors.empty()) return std::optional<std::vector<std::byte>>();
  std::vector<std::byte> bytes = TRY(ipc::from_memory_file(answer.descriptors[0], kMaxJournalFile));
  return std::optional(std::move(bytes));
}

}  // namespace frostgate::redact
