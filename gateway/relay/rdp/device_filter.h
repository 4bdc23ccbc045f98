// What passes between a client and a target on the channel of drives, printers, ports and smart cards (MS-RDPEFS; printers MS-RDPEPC, smart cards MS-RDPESC).
// Devices that the Grant denies are taken out of what the client announces, changes of a drive that may only be read are refused here, and nothing passes that
// is malformed, of an unknown kind, or about a device that the client did not announce. Pure and bounded: whole messages go in and come out. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "codec/base/result.h"
#include "gateway/base/redirections.h"
#include "gateway/relay/rdp/device_fact.h"

namespace frostgate::relay::rdp {

using ChannelMessage = std::vector<std::byte>;

// What follows from a message.
struct Passing {
  std::vector<ChannelMessage> to_client, to_target;
  std::vector<DeviceFact> facts;
};

class DeviceFilter {
 public:
  static constexpr std::size_t kMostDevices = 256;       // of a client
  static constexpr std::size_t kMostFiles = 4096;        // open at a time
  static constexpr std::size_t kMostRequests = 1024;     // not answered yet
  static constexpr std::size_t kMostWanted = 8u << 20;   // bytes that they want to read

  explicit DeviceFilter(const Redirections& allowed) : allowed_(allowed) {}

  // A whole message. Error `corrupt`: who sent it is broken or hostile, and is to be cut. `crowded`: the client does not take what waits for it, so that
  // requests are refused here until it does.
  Result<void> from_client(ChannelMessage message, Passing& out);
  Result<void> from_target(ChannelMessage message, bool crowded, Passing& out);
  // The target is gone, or begins anew: what it left open at the client is closed there.
  void target_gone(Passing& out);

 private:
  struct Device {
    DeviceKind kind;
    std::string name;
    bool gone = false;  // the client has removed it; the target may not know yet
    bool used = false;
  };
  struct File {
    std::string path;
    FileAccess access;
    std::string became;
    std::uint64_t to_target = 0, to_client = 0;
    bool closing = false, denied = false;
  };
  using FileKey = std::pair<std::uint32_t, std::uint32_t>;  // its device's number, its own
  // A request as the target made it; the client knows it by a number of ours, so that no answer is taken for another's.
  struct Request {
    std::uint32_t device = 0, file = 0, number = 0, major = 0;
    std::size_t wanted = 0;   // bytes that the answer may carry
    std::uint32_t size = 0;   // of what is written
    std::string path;         // that is opened
    FileAccess access;
    std::string became;       // what it makes of the file; empty: nothing
    bool forgotten = false;   // of a target that is gone: nobody waits for the answer
  };
  // What a request of the target's is answered with here, instead of passed on.
  using Verdict = Result<std::optional<std::uint32_t>>;

  bool passes(DeviceKind kind) const;
  Result<void> device_list(std::span<const std::byte> message, Passing& out);
  Result<void> device_removal(std::span<const std::byte> message, Passing& out);
  Result<void> completion(ChannelMessage message, Passing& out);
  void completed(const Request& request, std::span<const std::byte> message, Passing& out);
  Result<void> request(ChannelMessage message, bool crowded, Passing& out);
  Verdict judge(const Device& device, Request& request, ChannelMessage& message, Passing& out);
  Verdict judge_create(const Device& device, Request& request, ChannelMessage& message, Passing& out);
  static Verdict judge_change(Request& request, std::span<const std::byte> message);
  static void deny(const Device& device, const Request& request, File* file, Passing& out);
  void close_at_client(std::uint32_t device, std::uint32_t file, Passing& out);
  void close_file(std::map<FileKey, File>::iterator file, Passing& out);
  void to_target(ChannelMessage message, Passing& out) const;

  const Redirections allowed_;
  bool begun_ = false;    // a target has spoken, so that the client may
  bool target_ = false;   // one is there that has
  std::map<std::uint32_t, Device> devices_;  // that passed
  std::map<FileKey, File> files_;
  std::map<std::uint32_t, Request> requests_;  // by our number
  std::uint32_t last_number_ = 0;
  std::size_t wanted_ = 0;    // by requests_
  std::size_t opening_ = 0;   // of requests_, CREATEs
};

// "drive", "smart card"; "drives", "smart cards".
const char* to_string(DeviceKind kind);
const char* plural_of(DeviceKind kind);

}  // namespace frostgate::relay::rdp
