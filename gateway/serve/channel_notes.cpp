#include "gateway/serve/channel_notes.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "gateway/serve/audit.h"
#include "storage/catalog/ledger.h"

namespace frostgate::serve {
namespace {

constexpr std::size_t kMaxChannelName = 64, kMaxRefusedChannels = 64, kMaxCopiedName = 1024;
constexpr std::int64_t kMaxCopied = 1 << 30;  // a number of pixels or files
constexpr std::int64_t kMostBytes = std::int64_t{1} << 50;  // that are summed: nothing overflows, whatever a relay says
constexpr int kMostCopied = 1000;             // in kCopiedPer; an honest relay leaves out what is more than a part of that
constexpr auto kCopiedPer = std::chrono::minutes(1);

Error broken(const std::string& what) { return {ErrorKind::corrupt, what}; }

bool lets_pass(const policy::ClipboardTerms& terms, const std::string& what) {
  if (what == "picture") return terms.images;
  if (what == "files" || what == "file" || what == "pieces") return terms.files;
  return what == "more" && (terms.images || terms.files);
}

}  // namespace

// What the client or the target wanted and no rule lets pass: told by the relay, noted once for each.
Result<RelayReply> ChannelNotes::refused(const ipc::Message& message, const Session& session, UtcTime now) {
  const Result<std::string> channel = message.text("channel", kMaxChannelName);
  const auto plain = [](char c) { return c == ' ' || c == '_' || c == '-' || c == '?' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (!channel || channel.value().empty() || !std::all_of(channel.value().begin(), channel.value().end(), plain)) return broken("refused a channel that cannot be");
  if (refused_.size() >= kMaxRefusedChannels || !refused_.insert(channel.value()).second) return RelayReply();
  note(core_, catalog::LedgerEvent::refused_channel, session.id, session.user, {{"channel", channel.value()}}, now);
  return RelayReply();
}

Result<RelayReply> ChannelNotes::copied(const ipc::Message& message, const Session& session, UtcTime now) {
  if (!session.terms) return broken("tells of a clipboard out of turn");
  const std::string what = TRY(message.text("what", 16)), name = TRY(message.text("name", kMaxCopiedName)), sha256 = TRY(message.text("sha256", 64));
  const bool to_target = TRY(message.number("to_target", 0, 1)) == 1;
  const std::int64_t bytes = TRY(message.number("bytes", 0, std::numeric_limits<std::int64_t>::max()));
  const std::int64_t width = TRY(message.number("width", 0, kMaxCopied)), height = TRY(message.number("height", 0, kMaxCopied)), count = TRY(message.number("count", 0, kMaxCopied));
  if (!lets_pass(to_target ? session.terms->clipboard_to_target : session.terms->clipboard_to_client, what)) return broken("passed on over the clipboard what its rule does not allow");
  if (now - copied_from_ > kCopiedPer) copied_from_ = now, copied_ = 0;
  if (++copied_ > kMostCopied) return broken("tells of too much that was copied");
  nlohmann::json details{{"what", what}, {"to_target", to_target}};
  if (what != "more") details["bytes"] = bytes;
  if (!name.empty()) details["name"] = name;
  if (!sha256.empty()) details["sha256"] = sha256;
  if (what == "picture") details["width"] = width, details["height"] = height;
  if (what == "more" || what == "files") details["count"] = count;
  if (what != "files") sum(bytes);  // a list's are those of the files that are yet to be read
  note(core_, catalog::LedgerEvent::copied, session.id, session.user, details, now);
  return RelayReply();
}

// What became of a device that the rule lets through.
Result<RelayReply> ChannelNotes::device(const ipc::Message& message, const Session& session, UtcTime now) {
  if (!session.terms || !policy::redirections_to(session.protocol, *session.terms).devices()) return broken("used a device out of turn");
  const nlohmann::json details = TRY(devices_.read(message, now));
  for (const char* way : {"to_target_bytes", "to_client_bytes"}) sum(details.value(way, std::int64_t{0}));
  note(core_, catalog::LedgerEvent::device, session.id, session.user, details, now);
  return RelayReply();
}

void ChannelNotes::sum(std::int64_t bytes) { file_bytes_ += std::min(bytes, kMostBytes - file_bytes_); }

}  // namespace frostgate::serve
