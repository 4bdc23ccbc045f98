#include "gateway/ipc/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace frostgate::ipc {
namespace {

Error gone() { return {ErrorKind::unavailable, "the other process closed the channel"}; }
Error bad_member(const char* name, const char* expected) {
  return {ErrorKind::invalid, std::string("member \"") + name + "\" must be " + expected};
}

void collect_descriptors(msghdr& header, std::vector<Descriptor>& into) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&header); part; part = CMSG_NXTHDR(&header, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd;
      std::memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof fd);
      into.push_back(Descriptor(fd));
    }
  }
}

void wipe_texts(nlohmann::json& value) {
  if (value.is_string()) {
    auto& text = value.get_ref<std::string&>();
    wipe_memory(text.data(), text.size());
  } else if (value.is_structured()) {
    for (nlohmann::json& part : value) wipe_texts(part);
  }
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

Result<std::string> Message::text(const char* name, std::size_t max_bytes) const {
  const auto it = body.find(name);
  if (it == body.end() || !it->is_string()) return bad_member(name, "a string");
  std::string value = it->get<std::string>();
  if (value.size() > max_bytes) return bad_member(name, "a shorter string");
  return value;
}

Result<std::int64_t> Message::number(const char* name, std::int64_t min, std::int64_t max) const {
  const auto it = body.find(name);
  if (it == body.end() || !it->is_number_integer()) return bad_member(name, "an integer");
  if (it->is_number_unsigned() && it->get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
    return bad_member(name, "a smaller integer");
  }
  const std::int64_t value = it->get<std::int64_t>();
  if (value < min || value > max) return bad_member(name, "an integer within its range");
  return value;
}

Result<double> Message::real(const char* name, double min, double max) const {
  const auto it = body.find(name);
  if (it == body.end() || !it->is_number()) return bad_member(name, "a number");
  const double value = it->get<double>();
  if (!(value >= min && value <= max)) return bad_member(name, "a number within its range");
  return value;
}

Result<std::map<std::string, std::string>> Message::text_map(const char* name) const {
  const auto it = body.find(name);
  if (it == body.end() || !it->is_object()) return bad_member(name, "an object of strings");
  std::map<std::string, std::string> out;
  for (const auto& [key, value] : it->items()) {
    if (!value.is_string()) return bad_member(name, "an object of strings");
    out.emplace(key, value.get<std::string>());
  }
  return out;
}

Result<Secret> Message::take_secret(const char* name, std::size_t max_bytes) {
  const auto it = body.find(name);
  if (it == body.end() || !it->is_string()) return bad_member(name, "a string");
  auto& value = it->get_ref<std::string&>();
  Secret secret = Secret::from_text(value);
  wipe_memory(value.data(), value.size());
  if (secret.size() > max_bytes) return bad_member(name, "a shorter string");
  return secret;
}

Result<std::vector<std::byte>> Message::bytes(const char* name, std::size_t max_bytes) const {
  const std::string digits = TRY(text(name, max_bytes * 2));
  if (digits.size() % 2 != 0) return bad_member(name, "an even number of hexadecimal digits");
  std::vector<std::byte> out(digits.size() / 2);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = hex_digit(digits[2 * i]), low = hex_digit(digits[2 * i + 1]);
    if (high < 0 || low < 0) return bad_member(name, "lower-case hexadecimal digits");
    out[i] = static_cast<std::byte>(high * 16 + low);
  }
  return out;
}

Result<void> Channel::send(const nlohmann::json& body, std::span<const int> descriptors) {
  std::string text = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  struct Wipe {
    std::string& text;
    ~Wipe() { wipe_memory(text.data(), text.size()); }
  } wipe{text};
  if (text.size() > kMaxMessageBytes || descriptors.size() > kMaxDescriptors) {
    return Error{ErrorKind::invalid, "message too large for the channel"};
  }
  const auto length = static_cast<std::uint32_t>(text.size());
  unsigned char prefix[4];
  for (int i = 0; i < 4; ++i) prefix[i] = static_cast<unsigned char>(length >> (8 * i));

  const std::lock_guard lock(sending_);
  const Clock::time_point deadline = Clock::now() + message_patience_;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * kMaxDescriptors)] = {};
  iovec parts[2] = {{prefix, sizeof prefix}, {text.data(), text.size()}};
  msghdr header{};
  header.msg_iov = parts;
  header.msg_iovlen = 2;
  if (!descriptors.empty()) {
    header.msg_control = control;
    header.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(rights), descriptors.data(), descriptors.size_bytes());
  }
  std::size_t left = sizeof prefix + text.size();
  while (left > 0) {
    const ssize_t sent = sendmsg(socket_.fd(), &header, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) {
      const Result<void> room = wait_for(POLLOUT, deadline);
      if (room) continue;
      // The message may be half sent: whatever followed it would be taken for its rest.
      shutdown(socket_.fd(), SHUT_RDWR);
      return room.error();
    }
    if (sent < 0) return gone();
    left -= static_cast<std::size_t>(sent);
    header.msg_control = nullptr;
    header.msg_controllen = 0;
    auto done = static_cast<std::size_t>(sent);
    for (iovec& part : parts) {
      const std::size_t step = std::min(done, part.iov_len);
      part.iov_base = static_cast<char*>(part.iov_base) + step;
      part.iov_len -= step;
      done -= step;
    }
  }
  return {};
}

Result<void> Channel::send(nlohmann::json&& body, std::span<const int> descriptors) {
  const Result<void> sent = send(std::as_const(body), descriptors);
  wipe_texts(body);
  return sent;
}

Result<void> Channel::read_exactly(std::byte* data, std::size_t size, Clock::time_point deadline,
                                   std::vector<Descriptor>& descriptors) {
  while (size > 0) {
    TRY(wait_for(POLLIN, deadline));
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * kMaxDescriptors)];
    iovec part{data, size};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    const ssize_t got = recvmsg(socket_.fd(), &header, MSG_CMSG_CLOEXEC);
    if (got < 0 && errno == EINTR) continue;
    // A failed call leaves `control` as it was: whatever the stack holds.
    if (got < 0) return gone();
    collect_descriptors(header, descriptors);
    if (got == 0) return gone();
    if ((header.msg_flags & MSG_CTRUNC) || descriptors.size() > kMaxDescriptors) {
      return Error{ErrorKind::corrupt, "too many descriptors in a message"};
    }
    data += got;
    size -= static_cast<std::size_t>(got);
  }
  return {};
}

Result<void> Channel::wait_for(short event, Clock::time_point deadline) {
  pollfd waiting{socket_.fd(), event, 0};
  int ready;
  do {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    ready = poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
  } while (ready < 0 && errno == EINTR);
  if (ready < 0) return Error{ErrorKind::io, "poll failed on a channel"};
  if (ready == 0) return Error{ErrorKind::timeout, "a message did not end in time"};
  return {};
}

Result<std::optional<Message>> Channel::receive(std::optional<std::chrono::milliseconds> patience) {
  pollfd waiting{socket_.fd(), POLLIN, 0};
  int ready;
  do {
    ready = poll(&waiting, 1, patience ? static_cast<int>(patience->count()) : -1);
  } while (ready < 0 && errno == EINTR);
  if (ready < 0) return Error{ErrorKind::io, "poll failed on a channel"};
  if (ready == 0) return std::optional<Message>();

  Message message;
  const Clock::time_point deadline = Clock::now() + message_patience_;
  std::byte prefix[4];
  TRY(read_exactly(prefix, sizeof prefix, deadline, message.descriptors));
  std::uint32_t length = 0;
  for (int i = 0; i < 4; ++i) length |= std::to_integer<std::uint32_t>(prefix[i]) << (8 * i);
  if (length > kMaxMessageBytes) return Error{ErrorKind::corrupt, "a message announces more bytes than allowed"};
  std::string text(length, '\0');
  TRY(read_exactly(reinterpret_cast<std::byte*>(text.data()), text.size(), deadline, message.descriptors));
  message.body = nlohmann::json::parse(text, nullptr, false);
  wipe_memory(text.data(), text.size());
  const bool typed = message.body.is_object() && message.body.contains("type") && message.body["type"].is_string();
  if (!typed) return Error{ErrorKind::corrupt, "a message is not a JSON object with a type"};
  return std::optional<Message>(std::move(message));
}

Result<std::pair<Descriptor, Descriptor>> make_pair() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return Error{ErrorKind::io, "socketpair failed: " + std::string(strerror(errno))};
  }
  return std::pair<Descriptor, Descriptor>(Descriptor(ends[0]), Descriptor(ends[1]));
}

Result<Descriptor> to_memory_file(std::span<const std::byte> bytes) {
  Descriptor file(memfd_create("frostgate", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file.valid()) return Error{ErrorKind::io, "memfd_create failed: " + std::string(strerror(errno))};
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t written = write(file.fd(), bytes.data() + done, bytes.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return Error{ErrorKind::io, "cannot write a memory file: " + std::string(strerror(errno))};
    done += static_cast<std::size_t>(written);
  }
  // The reader maps nothing and copies, but a size that cannot change under it is cheap to have.
  if (fcntl(file.fd(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0) {
    return Error{ErrorKind::io, "cannot seal a memory file: " + std::string(strerror(errno))};
  }
  return file;
}

Result<std::vector<std::byte>> from_memory_file(const Descriptor& file, std::size_t max_bytes) {
  struct stat status {};
  if (fstat(file.fd(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return Error{ErrorKind::invalid, "the descriptor is not a file"};
  }
  if (static_cast<std::size_t>(status.st_size) > max_bytes) {
    return Error{ErrorKind::invalid, "the file is larger than allowed"};
  }
  std::vector<std::byte> bytes(static_cast<std::size_t>(status.st_size));
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t got = pread(file.fd(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Error{ErrorKind::io, "the file ends before its size"};
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

}  // namespace frostgate::ipc
