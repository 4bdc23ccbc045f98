#include "gateway/ipc/channel.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <filesystem>
#include <thread>

using namespace frostgate;
using namespace frostgate::ipc;
using nlohmann::json;

namespace {

std::ptrdiff_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return std::distance(begin(all), end(all));
}

// A channel and the bare socket of a peer that says what it likes.
struct Ends {
  explicit Ends(std::chrono::milliseconds patience = std::chrono::seconds(10))
      : Ends(make_pair().value(), patience) {}
  Ends(std::pair<Descriptor, Descriptor> ends, std::chrono::milliseconds patience)
      : channel(std::move(ends.first), patience), peer(std::move(ends.second)) {}

  void say(const std::string& bytes) {
    REQUIRE(::send(peer.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
  }
  void say_with(const std::string& bytes, const std::vector<int>& fds) {
    std::vector<char> control(CMSG_SPACE(fds.size() * sizeof(int)));
    iovec part{const_cast<char*>(bytes.data()), bytes.size()};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(fds.size() * sizeof(int));
    std::memcpy(CMSG_DATA(rights), fds.data(), fds.size() * sizeof(int));
    REQUIRE(sendmsg(peer.fd(), &header, MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
  }

  Channel channel;
  Descriptor peer;
};

std::string framed(const std::string& text) {
  std::string out;
  for (int i = 0; i < 4; ++i) out += static_cast<char>(text.size() >> (8 * i));
  return out + text;
}

ErrorKind kind_of(Result<std::optional<Message>> got) {
  REQUIRE_FALSE(got);
  return got.error().kind;
}

Message message_of(const char* text) {
  Message out;
  out.body = json::parse(text);
  return out;
}

std::string error_of(const Error& error) { return error.message; }

}  // namespace

TEST_CASE("a message arrives with its descriptors, and the sender keeps its own") {
  auto ends = make_pair();
  REQUIRE(ends);
  Channel a(std::move(ends.value().first)), b(std::move(ends.value().second));
  const std::string text = "what the file holds";
  const auto file = to_memory_file(std::as_bytes(std::span(text)));
  REQUIRE(file);
  const int fds[] = {file.value().fd(), file.value().fd()};
  REQUIRE(a.send({{"type", "hello"}, {"number", 7}}, fds));
  auto got = b.receive();
  REQUIRE((got && got.value()));
  CHECK(got.value()->type() == "hello");
  CHECK(got.value()->number("number", 0, 10).value() == 7);
  REQUIRE(got.value()->descriptors.size() == 2);
  for (const Descriptor& descriptor : got.value()->descriptors) {
    CHECK(descriptor.fd() != file.value().fd());
    CHECK((fcntl(descriptor.fd(), F_GETFD) & FD_CLOEXEC) != 0);
    const auto bytes = from_memory_file(descriptor, 100);
    REQUIRE(bytes);
    CHECK(std::string(reinterpret_cast<const char*>(bytes.value().data()), bytes.value().size()) == text);
  }
  CHECK(fcntl(file.value().fd(), F_GETFD) >= 0);
}

TEST_CASE("messages come in order, each whole, also when they are larger than the socket's buffer") {
  auto ends = make_pair();
  REQUIRE(ends);
  Channel a(std::move(ends.value().first)), b(std::move(ends.value().second));
  std::thread sender([&] {
    for (int i = 0; i < 20; ++i) {
      (void)a.send({{"type", std::to_string(i)}, {"text", std::string(900'000, 'x')}}).has_value();
    }
  });
  for (int i = 0; i < 20; ++i) {
    auto got = b.receive(std::chrono::seconds(10));
    REQUIRE((got && got.value()));
    CHECK(got.value()->type() == std::to_string(i));
    CHECK(got.value()->text("text", 1 << 20).value().size() == 900'000);
  }
  sender.join();
}

TEST_CASE("nothing said within the patience is no error") {
  Ends ends;
  const auto got = ends.channel.receive(std::chrono::milliseconds(0));
  REQUIRE(got);
  CHECK_FALSE(got.value());
}

TEST_CASE("what is too large to send is refused before a byte of it is sent") {
  Ends ends;
  CHECK_FALSE(ends.channel.send({{"type", "x"}, {"text", std::string(kMaxMessageBytes, 'x')}}));
  const std::vector<int> many(kMaxDescriptors + 1, 0);
  CHECK_FALSE(ends.channel.send({{"type", "x"}}, many));
  char byte;
  CHECK(recv(ends.peer.fd(), &byte, 1, MSG_DONTWAIT) < 0);
}

TEST_CASE("a peer that has gone is noticed by receiver and sender") {
  Ends ends;
  ends.peer.reset();
  CHECK(kind_of(ends.channel.receive()) == ErrorKind::unavailable);
  const auto sent = ends.channel.send({{"type", "x"}});
  REQUIRE_FALSE(sent);
  CHECK(sent.error().kind == ErrorKind::unavailable);
}

TEST_CASE("a huge announced length is refused at once") {
  for (const std::string& length : {std::string("\xff\xff\xff\xff"), std::string("\x01\x00\x10\x00", 4)}) {
    Ends ends;
    ends.say(length);
    CHECK(kind_of(ends.channel.receive()) == ErrorKind::corrupt);
  }
}

TEST_CASE("a message cut anywhere is an error") {
  const std::string whole = framed(R"({"type":"x"})");
  for (std::size_t size = 1; size < whole.size(); ++size) {
    Ends ends;
    ends.say(whole.substr(0, size));
    ends.peer.reset();
    CHECK(kind_of(ends.channel.receive()) == ErrorKind::unavailable);
  }
}

TEST_CASE("a peer that stops in the middle of a message does not hold the receiver up") {
  const std::string whole = framed(R"({"type":"x"})");
  for (const std::size_t size : {std::size_t{1}, std::size_t{4}, whole.size() - 1}) {
    Ends ends(std::chrono::milliseconds(20));
    ends.say(whole.substr(0, size));
    CHECK(kind_of(ends.channel.receive()) == ErrorKind::timeout);
  }
}

TEST_CASE("a peer that does not read holds no sender up, and gets no half message with another behind it") {
  Ends ends(std::chrono::milliseconds(20));
  const json large{{"type", "x"}, {"text", std::string(900'000, 'x')}};
  const auto sent = ends.channel.send(large);
  REQUIRE_FALSE(sent);
  CHECK(sent.error().kind == ErrorKind::timeout);
  const auto after = ends.channel.send({{"type", "y"}});
  REQUIRE_FALSE(after);
  CHECK(after.error().kind == ErrorKind::unavailable);
  std::string got(2'000'000, '\0');
  std::size_t size = 0;
  for (ssize_t count; (count = recv(ends.peer.fd(), got.data() + size, got.size() - size, 0)) > 0;) {
    size += static_cast<std::size_t>(count);
  }
  CHECK(size < framed(large.dump()).size());
  CHECK(got.find("\"y\"") == std::string::npos);
}

TEST_CASE("whatever is not a JSON object with a type is refused") {
  for (const char* text : {"", "null", "1", "[]", "\"type\"", "{}", R"({"type":1})", R"({"type":null})", R"({"Type":"x"})",
                           R"({"type":"x")", R"({"type":"x"}})", "{\"type\":\"\xff\"}", R"({"type":"x"}{"type":"y"})"}) {
    Ends ends;
    ends.say(framed(text));
    INFO(text);
    CHECK(kind_of(ends.channel.receive()) == ErrorKind::corrupt);
  }
  Ends deep;
  deep.say(framed(std::string(100'000, '[')));
  CHECK(kind_of(deep.channel.receive()) == ErrorKind::corrupt);
  Ends nested;
  nested.say(framed(R"({"type":"x","deep":)" + std::string(50'000, '[') + std::string(50'000, ']') + "}"));
  CHECK(nested.channel.receive());
}

TEST_CASE("too many descriptors are refused, at once or one by one, and none stays open") {
  const Descriptor null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const std::string whole = framed(R"({"type":"x"})");
  const auto before = open_descriptors();
  for (const std::size_t count : {kMaxDescriptors + 1, std::size_t{100}}) {
    Ends ends;
    ends.say_with(whole, std::vector<int>(count, null.fd()));
    CHECK(kind_of(ends.channel.receive()) == ErrorKind::corrupt);
  }
  {
    Ends ends;
    for (std::size_t i = 0; i < whole.size(); ++i) ends.say_with(whole.substr(i, 1), {null.fd(), null.fd()});
    CHECK(kind_of(ends.channel.receive()) == ErrorKind::corrupt);
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE("descriptors of a message that is refused are closed, once each") {
  const Descriptor null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const auto before = open_descriptors();
  {
    Ends ends;
    ends.say_with(framed("[]"), {null.fd(), null.fd()});
    CHECK(kind_of(ends.channel.receive()) == ErrorKind::corrupt);
  }
  {
    // Unread bytes at the peer make the next read fail instead of ending: its ancillary data is not there then.
    Ends ends;
    REQUIRE(ends.channel.send({{"type", "unread"}}));
    ends.say_with(framed(R"({"type":"x"})").substr(0, 6), {null.fd(), null.fd(), null.fd()});
    ends.peer.reset();
    CHECK(kind_of(ends.channel.receive()) == ErrorKind::unavailable);
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE("a memory file gives back its bytes up to the limit, and cannot be changed") {
  const std::vector<std::byte> bytes(300'000, std::byte{7});
  const auto file = to_memory_file(bytes);
  REQUIRE(file);
  CHECK(from_memory_file(file.value(), bytes.size()).value() == bytes);
  const auto small = from_memory_file(file.value(), bytes.size() - 1);
  REQUIRE_FALSE(small);
  CHECK(small.error().kind == ErrorKind::invalid);
  CHECK(write(file.value().fd(), "x", 1) < 0);
  CHECK(ftruncate(file.value().fd(), 0) < 0);
  const auto empty = to_memory_file({});
  REQUIRE(empty);
  CHECK(from_memory_file(empty.value(), 0).value().empty());
}

TEST_CASE("a descriptor that is no file is refused instead of read") {
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  const Descriptor reading(ends[0]), writing(ends[1]);
  CHECK_FALSE(from_memory_file(reading, 100));
  CHECK_FALSE(from_memory_file(Descriptor(open("/dev/zero", O_RDONLY | O_CLOEXEC)), 100));
  CHECK_FALSE(from_memory_file(Descriptor(open("/", O_RDONLY | O_CLOEXEC)), 1 << 20));
  CHECK_FALSE(from_memory_file(Descriptor(), 100));
}

TEST_CASE("a member that is missing, of another type or out of range is an error that names it") {
  const Message message = message_of(R"({"type":"x","t":"abc","n":5,"r":0.5,"h":"00ff","u":18446744073709551615})");
  CHECK(message.text("t", 3).value() == "abc");
  CHECK(message.number("n", 5, 5).value() == 5);
  CHECK(message.real("r", 0, 1).value() == 0.5);
  CHECK(message.bytes("h", 2).value() == std::vector<std::byte>{std::byte{0}, std::byte{255}});
  for (const char* name : {"none", "n", "r"}) CHECK(error_of(message.text(name).error()).find(name) != std::string::npos);
  for (const char* name : {"none", "t", "r", "u"}) {
    CHECK(error_of(message.number(name, INT64_MIN, INT64_MAX).error()).find(name) != std::string::npos);
  }
  CHECK_FALSE(message.text("t", 2));
  CHECK_FALSE(message.number("n", 6, 9));
  CHECK_FALSE(message.number("n", 0, 4));
  CHECK_FALSE(message.real("r", 0.6, 1));
  CHECK_FALSE(message.real("t", 0, 1));
  CHECK_FALSE(message.bytes("h", 1));
  CHECK_FALSE(message.bytes("t", 16));
  for (const char* hex : {"0", "0G", "FF", "0x", " 0", "\\u0000\\u0000"}) {
    CHECK_FALSE(message_of((std::string(R"({"type":"x","h":")") + hex + "\"}").c_str()).bytes("h", 16));
  }
}

TEST_CASE("a body that is given away to be sent arrives, and leaves none of its texts behind") {
  auto [ours, theirs] = make_pair().value();
  Channel sender(std::move(ours)), receiver(std::move(theirs));
  json body{{"type", "x"}, {"password", "hunter2hunter2hunter2"}, {"inner", {{"keys", {"abcdef", "012345"}}}}, {"number", 7}};
  REQUIRE(sender.send(std::move(body)));
  // The texts themselves, where they lay, not an object that was moved from.
  CHECK(body["password"] == std::string(21, '\0'));
  CHECK(body["inner"]["keys"][1] == std::string(6, '\0'));
  auto arrived = receiver.receive();
  REQUIRE(arrived);
  CHECK(arrived.value()->body["password"] == "hunter2hunter2hunter2");
  CHECK(arrived.value()->body["inner"]["keys"] == json({"abcdef", "012345"}));
  CHECK(arrived.value()->body["number"] == 7);

  json large{{"type", "x"}, {"password", "hunter2"}, {"filler", std::string(kMaxMessageBytes, 'x')}};
  CHECK_FALSE(sender.send(std::move(large)));
  CHECK(large["password"] == std::string(7, '\0'));
}

TEST_CASE("a secret leaves nothing of itself in the message") {
  Message message = message_of(R"({"type":"x","password":"hunter2hunter2hunter2"})");
  const auto secret = message.take_secret("password", 64);
  REQUIRE(secret);
  CHECK(secret.value().text() == "hunter2hunter2hunter2");
  CHECK(message.body.dump().find("hunter2") == std::string::npos);
  Message other = message_of(R"({"type":"x","password":"hunter2"})");
  CHECK_FALSE(other.take_secret("password", 6));
  CHECK(other.body.dump().find("hunter2") == std::string::npos);
  CHECK_FALSE(other.take_secret("none"));
}
