// Messages between serve and its children, and between the command line and serve: JSON objects, each preceded by its
// length (4 bytes, little-endian), over a stream socket; descriptors travel with the first byte (SCM_RIGHTS).
// gateway/ipc/FORMAT.md lists the messages. Either side may be hostile: lengths are bounded, contents are checked by
// the typed readers below, and a message that does not parse ends the channel.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "codec/base/result.h"
#include "codec/base/secret.h"
#include "gateway/base/descriptor.h"

namespace frostgate::ipc {

inline constexpr std::size_t kMaxMessageBytes = 1 << 20;
inline constexpr std::size_t kMaxDescriptors = 8;

struct Message {
  nlohmann::json body;                  // always an object with a string member "type"
  std::vector<Descriptor> descriptors;

  std::string type() const { return body.at("type").get<std::string>(); }
  // Members of the body; an Error of kind invalid names the member that is missing or of another type or range.
  Result<std::string> text(const char* name, std::size_t max_bytes = 4096) const;
  Result<std::int64_t> number(const char* name, std::int64_t min, std::int64_t max) const;
  Result<double> real(const char* name, double min, double max) const;
  Result<std::map<std::string, std::string>> text_map(const char* name) const;
  // A text member as a Secret; the JSON's own copy is wiped.
  Result<Secret> take_secret(const char* name, std::size_t max_bytes = 4096);
  // A member of hexadecimal digits, as bytes.
  Result<std::vector<std::byte>> bytes(const char* name, std::size_t max_bytes = 4096) const;
};

// One end. Sending is thread-safe; receiving belongs to one thread at a time.
class Channel {
 public:
  // A message that has begun must end within `message_patience`, sent or received: a peer cannot hold us up.
  explicit Channel(Descriptor socket, std::chrono::milliseconds message_patience = std::chrono::seconds(10))
      : socket_(std::move(socket)), message_patience_(message_patience) {}

  // The descriptors are duplicated into the peer; the caller keeps its own. Blocks while the peer's buffer is full.
  // Errors: invalid, and nothing was sent, when it is too large; unavailable when the peer has gone; timeout when it does
  // not read, which ends the channel in both directions.
  Result<void> send(const nlohmann::json& body, std::span<const int> descriptors = {});
  // A body that is given away may have carried a secret: its texts are wiped, sent or not.
  Result<void> send(nlohmann::json&& body, std::span<const int> descriptors = {});
  // The next message; nullopt when `patience` passed first. Errors: unavailable at the end of the stream, corrupt,
  // timeout when a message stops halfway. After an error the channel is of no more use.
  Result<std::optional<Message>> receive(std::optional<std::chrono::milliseconds> patience = std::nullopt);

  int descriptor() const { return socket_.fd(); }

 private:
  using Clock = std::chrono::steady_clock;
  Result<void> read_exactly(std::byte* data, std::size_t size, Clock::time_point deadline,
                            std::vector<Descriptor>& descriptors);
  Result<void> wait_for(short event, Clock::time_point deadline);

  Descriptor socket_;
  const std::chrono::milliseconds message_patience_;
  std::mutex sending_;
};

// A connected pair of channels' sockets, both close-on-exec.
Result<std::pair<Descriptor, Descriptor>> make_pair();

// Bytes too large for a message travel in a sealed memory file.
Result<Descriptor> to_memory_file(std::span<const std::byte> bytes);
Result<std::vector<std::byte>> from_memory_file(const Descriptor& file, std::size_t max_bytes);

}  // namespace frostgate::ipc
