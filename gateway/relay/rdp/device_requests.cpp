// What a target does with the devices that it was told of (MS-RDPEFS 2.2.1.4, 2.2.1.5, 2.2.3.3, 2.2.3.4).
#include <algorithm>
#include <string>

#include "gateway/relay/rdp/device_filter.h"
#include "gateway/relay/rdp/device_protocol.h"
#include "gateway/relay/rdp/little_endian.h"
#include "gateway/relay/rdp/shown_path.h"

namespace frostgate::relay::rdp {
namespace {

constexpr std::size_t kRequestHeader = 24, kAnswerHeader = 16;
constexpr std::size_t kContent = 56;         // where what is written, a path or a list begins
constexpr std::size_t kShort = 16u << 10;    // more than any answer of a directory or about a file
constexpr std::size_t kSlack = 64;           // an answer's header, and what clients add to it
constexpr std::size_t kLongestRead = 4u << 20;
constexpr std::size_t kLongestPathBytes = 1u << 16;

// 2.2.1.4.1: DesiredAccess, CreateDisposition and CreateOptions as MS-SMB2 2.2.13 has them.
namespace rights {
constexpr std::uint32_t kReadData = 1, kReadEa = 8, kExecute = 0x20, kReadAttributes = 0x80, kDelete = 0x10000, kReadControl = 0x20000, kSynchronize = 0x100000,
                        kMaximumAllowed = 0x2000000, kGenericAll = 0x10000000, kGenericExecute = 0x20000000, kGenericRead = 0x80000000, kWriteData = 2, kAppendData = 4,
                        kGenericWrite = 0x40000000;
constexpr std::uint32_t kChangesNothing = kReadData | kReadEa | kExecute | kReadAttributes | kReadControl | kSynchronize | kMaximumAllowed | kGenericExecute | kGenericRead;
}  // namespace rights
constexpr std::uint32_t kSupersede = 0, kOpenExisting = 1, kCreateNew = 2, kOverwrite = 4, kOverwriteIf = 5, kDeleteOnClose = 0x1000;
constexpr std::size_t kAccessAt = 24, kDispositionAt = 44, kOptionsAt = 48, kPathLengthAt = 52;

constexpr std::uint32_t kRename = 10, kDisposition = 13;  // MS-FSCC 2.4
constexpr std::uint32_t kExclusiveLock = 3;               // 2.2.3.3.12, RDP_LOWIO_OP_EXCLUSIVELOCK

// MS-FSCC 2.3: those that only tell something.
constexpr std::uint32_t kAsks[] = {0x90028 /* FSCTL_IS_VOLUME_MOUNTED */, 0x9003C /* FSCTL_GET_COMPRESSION */, 0x90060 /* FSCTL_FILESYSTEM_GET_STATISTICS */,
                                   0x90064 /* FSCTL_GET_NTFS_VOLUME_DATA */, 0x900A8 /* FSCTL_GET_REPARSE_POINT */, 0x940CF /* FSCTL_QUERY_ALLOCATED_RANGES */};

Error malformed_request(const char* what) { return {ErrorKind::corrupt, std::string("a malformed request for a device: ") + what}; }

bool succeeded(std::uint32_t status) { return status < 0x80000000; }

// 2.2.1.5 and what follows it, of no bytes: as the client would refuse.
ChannelMessage refusal(std::uint32_t device, std::uint32_t number, std::uint32_t status) {
  ChannelMessage out;
  append(out, rdpdr::kCore, 2);
  append(out, rdpdr::kCompletion, 2);
  for (const std::uint32_t word : {device, number, status, std::uint32_t{0}}) append(out, word, 4);
  append(out, 0, 1);
  return out;
}

FileAccess access_of(std::uint32_t wished, std::uint32_t options) {
  using namespace rights;
  return {.read = (wished & (kReadData | kExecute | kMaximumAllowed | kGenericAll | kGenericExecute | kGenericRead)) != 0,
          .write = (wished & (kWriteData | kAppendData | kMaximumAllowed | kGenericAll | kGenericWrite)) != 0,
          .remove = (wished & kDelete) != 0 || (options & kDeleteOnClose) != 0};
}

// An OPEN_IF does not tell.
std::string became_by(std::uint32_t disposition, std::uint32_t options) {
  if ((options & kDeleteOnClose) != 0) return "deleted";
  if (disposition == kCreateNew) return "created";
  return disposition == kSupersede || disposition == kOverwrite || disposition == kOverwriteIf ? "written anew" : "";
}

// Whether `length` bytes follow at `at`.
bool holds(std::span<const std::byte> message, std::size_t at, std::size_t length) { return length == 0 || (message.size() >= at && message.size() - at >= length); }

}  // namespace

Result<void> DeviceFilter::request(ChannelMessage message, bool crowded, Passing& out) {
  if (message.size() < kRequestHeader) return malformed_request("it is cut");
  Request request;
  request.device = number(message, 4, 4);
  request.file = number(message, 8, 4);
  request.number = number(message, 12, 4);
  request.major = number(message, 16, 4);
  const auto device = devices_.find(request.device);
  if (device == devices_.end()) return Error{ErrorKind::corrupt, "a request for a device that the client never announced"};
  std::optional<std::uint32_t> answer = TRY(judge(device->second, request, message, out));
  const auto file = files_.find({request.device, request.file});
  const bool opens = request.major == rdpdr::kCreate, closes = request.major == rdpdr::kClose && file != files_.end();
  if (!answer && opens && files_.size() + opening_ >= kMostFiles) answer = rdpdr::kTooManyOpenedFiles;
  // What is open can always be closed, once.
  const bool full = crowded || requests_.size() >= kMostRequests || wanted_ + request.wanted > kMostWanted;
  if (!answer && full && !closes) answer = rdpdr::kInsufficientResources;
  if (answer) {
    to_target(refusal(request.device, request.number, *answer), out);
    return {};
  }
  if (closes) file->second.closing = true;
  if (device->second.kind == DeviceKind::smartcard && !std::exchange(device->second.used, true))
    out.facts.push_back({.what = DeviceFact::What::used, .kind = device->second.kind, .device = device->second.name, .path = {}, .access = {}, .became = {}});
  wanted_ += request.wanted;
  opening_ += opens ? 1 : 0;
  overwrite(message, 12, ++last_number_, 4);
  requests_.insert_or_assign(last_number_, std::move(request));
  out.to_client.push_back(std::move(message));
  return {};
}

// Nothing: it passes.
DeviceFilter::Verdict DeviceFilter::judge(const Device& device, Request& request, ChannelMessage& message, Passing& out) {
  const auto pass = [] { return std::optional<std::uint32_t>(); };
  if (device.gone) return std::optional(rdpdr::kNoSuchDevice);
  if (request.major == rdpdr::kCreate) return judge_create(device, request, message, out);
  // Who serves a card needs no file for it.
  const auto file = files_.find({request.device, request.file});
  if (device.kind != DeviceKind::smartcard && (file == files_.end() || file->second.closing)) return std::optional(rdpdr::kInvalidHandle);
  const bool read_only = device.kind == DeviceKind::drive && allowed_.drives == DriveAccess::read;
  switch (request.major) {
    case rdpdr::kClose: return pass();
    case rdpdr::kRead:
      if (message.size() < kRequestHeader + 12) return malformed_request("a READ that is cut");
      request.wanted = number(message, kRequestHeader, 4);
      return request.wanted > kLongestRead ? std::optional(rdpdr::kInsufficientResources) : pass();
    case rdpdr::kQueryInformation:
    case rdpdr::kQueryVolume:
      if (message.size() < kRequestHeader + 8) return malformed_request("a question that is cut");
      request.wanted = kShort;
      return pass();
    case rdpdr::kDirectory: {
      const std::uint32_t minor = number(message, 20, 4);
      request.wanted = kShort;
      if (minor == rdpdr::kNotifyChange) return message.size() < kRequestHeader + 5 ? Verdict(malformed_request("a NOTIFY_CHANGE that is cut")) : pass();
      if (minor != rdpdr::kQueryDirectory) return std::optional(rdpdr::kNotSupported);
      if (message.size() < kRequestHeader + 9) return malformed_request("a QUERY_DIRECTORY that is cut");
      const std::size_t length = number(message, kRequestHeader + 5, 4);
      return length > kLongestPathBytes || !holds(message, kContent, length) ? Verdict(malformed_request("a directory of an impossible length")) : pass();
    }
    case rdpdr::kDeviceControl: {
      if (message.size() < kRequestHeader + 12) return malformed_request("a DEVICE_CONTROL that is cut");
      request.wanted = number(message, kRequestHeader, 4);
      if (!holds(message, kContent, number(message, kRequestHeader + 4, 4))) return malformed_request("a DEVICE_CONTROL of an impossible length");
      if (request.wanted > kLongestRead) return std::optional(rdpdr::kInsufficientResources);
      const bool asks = std::find(std::begin(kAsks), std::end(kAsks), number(message, kRequestHeader + 8, 4)) != std::end(kAsks);
      return read_only && !asks ? std::optional(rdpdr::kAccessDenied) : pass();
    }
    case rdpdr::kLock: {
      if (message.size() < kRequestHeader + 12) return malformed_request("a LOCK that is cut");
      const std::size_t locks = number(message, kRequestHeader + 8, 4);
      if (locks > message.size() / 16 || !holds(message, kContent, 16 * locks)) return malformed_request("a LOCK of an impossible length");
      return read_only && number(message, kRequestHeader, 4) == kExclusiveLock ? std::optional(rdpdr::kAccessDenied) : pass();
    }
    case rdpdr::kWrite:
    case rdpdr::kSetInformation:
    case rdpdr::kSetVolume: {
      Verdict verdict = judge_change(request, message);
      if (!verdict || verdict.value() || !read_only) return verdict;
      deny(device, request, &file->second, out);
      return std::optional(rdpdr::kMediaWriteProtected);
    }
    default: return std::optional(rdpdr::kNotSupported);
  }
}

DeviceFilter::Verdict DeviceFilter::judge_create(const Device& device, Request& request, ChannelMessage& message, Passing& out) {
  if (message.size() < kContent) return malformed_request("a CREATE that is cut");
  const std::size_t length = number(message, kPathLengthAt, 4);
  if (length > kLongestPathBytes || length % 2 != 0 || !holds(message, kContent, length)) return malformed_request("a path of an impossible length");
  const std::uint32_t wished = number(message, kAccessAt, 4), disposition = number(message, kDispositionAt, 4), options = number(message, kOptionsAt, 4);
  request.path = shown_path(std::span<const std::byte>(message).subspan(kContent, length));
  request.access = access_of(wished, options);
  request.became = became_by(disposition, options);
  if (device.kind != DeviceKind::drive || allowed_.drives == DriveAccess::full) return std::optional<std::uint32_t>();
  const bool makes = disposition != kOpenExisting, removes = (options & kDeleteOnClose) != 0;
  if (makes || removes || (wished & ~rights::kChangesNothing) != 0) {
    deny(device, request, nullptr, out);
    // What is told that it may not write opens the file to read it; who makes a file is told that there is no way.
    return std::optional(makes ? rdpdr::kMediaWriteProtected : rdpdr::kAccessDenied);
  }
  // As much as there is: to read.
  if ((wished & rights::kMaximumAllowed) != 0) overwrite(message, kAccessAt, (wished & ~rights::kMaximumAllowed) | rights::kGenericRead, 4);
  request.access.write = false;
  return std::optional<std::uint32_t>();
}

DeviceFilter::Verdict DeviceFilter::judge_change(Request& request, std::span<const std::byte> message) {
  if (message.size() < kRequestHeader + 8) return malformed_request("a change that is cut");
  const std::uint32_t first = number(message, kRequestHeader, 4), second = number(message, kRequestHeader + 4, 4);
  const std::uint32_t length = request.major == rdpdr::kWrite ? first : second;
  if (!holds(message, kContent, length)) return malformed_request("a change of an impossible length");
  if (request.major == rdpdr::kWrite) request.size = length;
  const auto content = length == 0 ? std::span<const std::byte>() : message.subspan(kContent, length);
  if (request.major == rdpdr::kSetInformation && first == kDisposition) request.became = content.empty() || content[0] != std::byte{0} ? "deleted" : "kept";
  if (request.major == rdpdr::kSetInformation && first == kRename && content.size() >= 6) {
    const std::size_t name = number(content, 2, 4);
    if (name > content.size() - 6) return malformed_request("a name of an impossible length");
    request.became = shown_path(content.subspan(6, name));
  }
  return std::optional<std::uint32_t>();
}

void DeviceFilter::deny(const Device& device, const Request& request, File* file, Passing& out) {
  if (file && std::exchange(file->denied, true)) return;
  const FileAccess wished = file ? FileAccess{.read = false, .write = true, .remove = request.became == "deleted"} : request.access;
  out.facts.push_back(
      {.what = DeviceFact::What::denied, .kind = device.kind, .device = device.name, .path = file ? file->path : request.path, .access = wished, .became = {}});
}

Result<void> DeviceFilter::completion(ChannelMessage message, Passing& out) {
  if (message.size() < kAnswerHeader) return Error{ErrorKind::corrupt, "a malformed answer of a device: it is cut"};
  const auto found = requests_.find(number(message, 8, 4));
  if (found == requests_.end() || found->second.device != number(message, 4, 4)) return Error{ErrorKind::corrupt, "an answer of a device that nobody asked for"};
  const Request request = std::move(found->second);
  requests_.erase(found);
  if (message.size() > kAnswerHeader + request.wanted + kSlack) return Error{ErrorKind::corrupt, "an answer of a device that is longer than what was asked for"};
  const bool opens = request.major == rdpdr::kCreate && succeeded(number(message, 12, 4));
  if (opens && message.size() < kAnswerHeader + 4) return Error{ErrorKind::corrupt, "a malformed answer of a device: no file"};
  if (request.forgotten) {
    if (opens) close_at_client(request.device, number(message, kAnswerHeader, 4), out);
    return {};
  }
  wanted_ -= request.wanted;
  opening_ -= request.major == rdpdr::kCreate ? 1 : 0;
  completed(request, message, out);
  overwrite(message, 8, request.number, 4);
  to_target(std::move(message), out);
  return {};
}

void DeviceFilter::completed(const Request& request, std::span<const std::byte> message, Passing& out) {
  const auto device = devices_.find(request.device);
  auto file = files_.find({request.device, request.file});
  if (request.major == rdpdr::kClose && file != files_.end()) return close_file(file, out);
  if (!succeeded(number(message, 12, 4)) || device == devices_.end() || device->second.gone) return;
  const std::uint32_t word = message.size() >= kAnswerHeader + 4 ? number(message, kAnswerHeader, 4) : 0;
  if (request.major == rdpdr::kCreate) {
    file = files_.find({request.device, word});
    if (file != files_.end()) close_file(file, out);  // whose number the client gives anew
    files_.insert_or_assign({request.device, word}, File{.path = request.path, .access = request.access, .became = request.became});
    const Device& its = device->second;
    out.facts.push_back({.what = DeviceFact::What::opened, .kind = its.kind, .device = its.name, .path = request.path, .access = request.access, .became = {}});
    return;
  }
  if (file == files_.end()) return;
  if (request.major == rdpdr::kRead) file->second.to_target += std::min<std::size_t>(word, message.size() - std::min(message.size(), kAnswerHeader + 4));
  if (request.major == rdpdr::kWrite) file->second.to_client += std::min(word, request.size);
  if (request.major == rdpdr::kSetInformation && !request.became.empty()) file->second.became = request.became;
}

}  // namespace frostgate::relay::rdp
