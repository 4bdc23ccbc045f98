#include "gateway/relay/rdp/text_clipboard.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "gateway/relay/rdp/announced_length.h"
#include "gateway/relay/rdp/clipboard_channel.h"
#include "tests/unit/bytes_of.h"

using namespace frostgate;
using namespace frostgate::relay::rdp;

namespace {

using Message = TextClipboard::Message;

// Everything that each has to say goes to the other, until both are silent.
void talk(TextClipboard& one, TextClipboard& other) {
  for (bool spoken = true; spoken;) {
    spoken = false;
    while (const auto message = one.next()) spoken = true, other.receive(*message);
    while (const auto message = other.next()) spoken = true, one.receive(*message);
  }
}

std::vector<Message> all(TextClipboard& clipboard) {
  std::vector<Message> messages;
  while (auto message = clipboard.next()) messages.push_back(std::move(*message));
  return messages;
}

const std::string kOk("\x01\0", 2);
const Message kMonitorReady = bytes_of(std::string("\x01\0\0\0\0\0\0\0", 8));
const Message kShortList = bytes_of(std::string("\x02\0\0\0\x24\0\0\0\x0D\0\0\0", 12) + std::string(32, '\0'));
const Message kAskForText = bytes_of(std::string("\x04\0\0\0\x04\0\0\0\x0D\0\0\0", 12));

}  // namespace

TEST_CASE("text that is copied on either side of a clipboard channel can be fetched by the other") {
  TextClipboard server(TextClipboard::Role::server), client(TextClipboard::Role::client);
  talk(server, client);
  const std::string text = "Grüße €\nzweite Zeile \xF0\x9F\x98\x80";
  const bool by_server = GENERATE(true, false);
  TextClipboard& from = by_server ? server : client;
  TextClipboard& to = by_server ? client : server;
  from.offer(text);
  talk(server, client);
  REQUIRE(to.take_offer());
  CHECK_FALSE(to.take_offer());
  CHECK_FALSE(to.take_text());
  to.fetch();
  talk(server, client);
  CHECK(to.take_text() == text);
  CHECK_FALSE(to.take_text());
}

TEST_CASE("text that was copied before the peer is ready is named as soon as it is") {
  TextClipboard client(TextClipboard::Role::client);
  client.offer("early");
  CHECK(all(client).empty());
  client.receive(kMonitorReady);
  const auto said = all(client);
  REQUIRE(said.size() == 2);
  CHECK(said[1] == kShortList);
}

TEST_CASE("nothing is handed out that was not offered, and nothing but text") {
  TextClipboard server(TextClipboard::Role::server);
  all(server);
  const Message refused = bytes_of(std::string("\x05\0\x02\0\0\0\0\0", 8));
  server.receive(kAskForText);
  CHECK(all(server) == std::vector<Message>{refused});
  server.offer("text");
  server.receive(bytes_of(std::string("\x04\0\0\0\x04\0\0\0\x11\0\0\0", 12)));
  CHECK(all(server) == std::vector<Message>{refused});
}

TEST_CASE("a peer that asks a million times is owed one answer") {
  TextClipboard server(TextClipboard::Role::server);
  all(server);
  server.offer("text");
  for (int i = 0; i < 1'000'000; ++i) {
    server.receive(kAskForText);
    server.receive(kShortList);
  }
  CHECK(all(server).size() == 3);  // its answer to the lists, its own list, the text
}

TEST_CASE("text that was not asked for is not taken, and one request is under way at a time") {
  TextClipboard server(TextClipboard::Role::server);
  all(server);
  const Message data = bytes_of(std::string("\x05\0", 2) + kOk + std::string("\x04\0\0\0h\0i\0", 8));
  server.receive(data);
  CHECK_FALSE(server.take_text());
  server.receive(kShortList);
  server.fetch();
  CHECK(all(server).size() == 2);
  server.fetch();
  CHECK(all(server).empty());
  server.receive(data);
  CHECK(server.take_text() == "hi");
  CHECK(all(server).size() == 1);
}

TEST_CASE("text is found in lists with short and with long names, after other formats") {
  const bool long_names = GENERATE(true, false);
  const bool named = GENERATE(true, false);
  TextClipboard client(TextClipboard::Role::client);
  client.receive(bytes_of(std::string("\x07\0\0\0\x10\0\0\0\x01\0\0\0\x01\0\x0C\0\x02\0\0\0", 20) +
                          std::string(1, long_names ? '\2' : '\0') + std::string(3, '\0')));
  client.receive(kMonitorReady);
  std::string list("\x0D\xC0\0\0", 4);
  const std::string name = long_names ? std::string("H\0T\0M\0L\0\x0D\0\0\0", 12) : std::string("H\0\x0D\0\0\0\0\0", 8) + std::string(24, '\0');
  list += name;
  if (named) list += std::string("\x0D\0\0\0\0\0", 6) + (long_names ? "" : std::string(30, '\0'));
  const auto size = static_cast<char>(list.size());
  client.receive(bytes_of(std::string("\x02\0\0\0", 4) + size + std::string(3, '\0') + list));
  CHECK(client.take_offer() == named);
}

namespace {

Message list_of(const std::string& formats) {
  return bytes_of(std::string("\x02\0\0\0", 4) + static_cast<char>(formats.size()) + std::string(3, '\0') + formats);
}
std::string with_long_name(std::uint8_t id, const std::string& name) {
  std::string format{static_cast<char>(id), id > 100 ? '\xC0' : '\0', '\0', '\0'};
  for (const char c : name) format += std::string{c, '\0'};
  return format + std::string(2, '\0');
}

}  // namespace

TEST_CASE("a copy without text is told, once and by its kind, and one with text beside other formats is not") {
  const auto told_of = [](const std::vector<std::string>& lists) {
    TextClipboard client(TextClipboard::Role::client);
    client.receive(bytes_of(std::string("\x07\0\0\0\x10\0\0\0\x01\0\0\0\x01\0\x0C\0\x02\0\0\0\2\0\0\0", 24)));
    client.receive(kMonitorReady);
    std::vector<std::string> told;
    for (const std::string& formats : lists) {
      client.receive(list_of(formats));
      if (const auto what = client.take_kept()) told.emplace_back(*what);
    }
    return told;
  };
  using Told = std::vector<std::string>;
  const std::string files = with_long_name(200, "FileGroupDescriptorW") + with_long_name(201, "FileContents");
  const std::string picture = with_long_name(8, "") + with_long_name(17, ""), text = with_long_name(13, "");
  CHECK(told_of({files}) == Told{"files"});
  CHECK(told_of({picture}) == Told{"a picture"});
  CHECK(told_of({with_long_name(150, "image/png")}) == Told{"a picture"});
  CHECK(told_of({with_long_name(150, "Native")}) == Told{"neither text nor picture nor file"});
  CHECK(told_of({picture + text}).empty());
  CHECK(told_of({std::string()}).empty());
  CHECK(told_of({text, files, picture, files}) == Told{"files"});
  // A name that is cut off is no reason to read on.
  CHECK(told_of({files.substr(0, 20)}) == Told{"neither text nor picture nor file"});
  TextClipboard with_short_names(TextClipboard::Role::client);
  with_short_names.receive(kMonitorReady);
  std::string short_name = with_long_name(200, "FileGroupDescri");
  short_name.resize(36);
  with_short_names.receive(list_of(short_name));
  CHECK(with_short_names.take_kept() == "files");
}

TEST_CASE("a message in chunks is one message, and what is too long is dropped, not kept") {
  std::vector<std::string> copied;
  std::vector<Message> sent;
  std::optional<bool> wanted;
  ClipboardChannel channel(TextClipboard::Role::server,
                           {[&](std::span<const std::byte> m) { return sent.emplace_back(m.begin(), m.end()), true; },
                            [&] { return wanted; }, [&](const std::string& text) { copied.push_back(text); }, [](std::string_view) {}});
  ClipboardChannel::Clock::time_point now;
  const auto flush = [&] { return channel.flush(now += ClipboardChannel::kFetchDelay, [] { return false; }); };
  const auto receive = [&](std::span<const std::byte> chunk, unsigned flags, std::size_t total) { return channel.receive(chunk, flags, total, now).has_value(); };
  CHECK(receive(std::span(kShortList).first(20), 1, kShortList.size()));
  CHECK(receive(std::span(kShortList).subspan(20), 2, kShortList.size()));
  CHECK(flush());
  CHECK(channel.wait(now) == ClipboardChannel::kFetchDelay);
  CHECK(flush());
  CHECK_FALSE(channel.wait(now));  // whether it is wanted depends on others
  const std::size_t before = sent.size();
  CHECK(before == 3);  // capabilities, ready, list taken note of
  wanted = true;       // now there is a target
  CHECK(flush());
  REQUIRE(sent.size() == before + 1);
  CHECK(sent.back() == kAskForText);

  const Message megabyte(1 << 20);
  constexpr std::size_t kTotal = std::size_t{8} + (65 << 20);
  CHECK(receive(bytes_of(std::string("\x05\0", 2) + kOk + std::string("\0\0\0\x10", 4)), 1, kTotal));
  for (int i = 0; i < 64; ++i) CHECK(receive(megabyte, 0, kTotal));
  CHECK(receive(megabyte, 2, kTotal));
  CHECK(copied.empty());

  // The channel goes on after it.
  CHECK(receive(kShortList, 3, kShortList.size()));
  CHECK(flush());
  CHECK(flush());
  const Message hi = bytes_of(std::string("\x05\0", 2) + kOk + std::string("\x04\0\0\0h\0i\0", 8));
  CHECK(receive(hi, 3, hi.size()));
  CHECK(copied == std::vector<std::string>{"hi"});
}

TEST_CASE("a peer that announces a clipboard that nobody has, goes on without an end or floods the channel is told apart from one that copies") {
  ClipboardChannel channel(TextClipboard::Role::server, {[](std::span<const std::byte>) { return true; }, []() -> std::optional<bool> { return true; },
                                                         [](const std::string&) {}, [](std::string_view) {}});
  ClipboardChannel::Clock::time_point now;
  const auto announced = channel.receive(kShortList, 1, 0xFFFFFFFF, now);
  REQUIRE_FALSE(announced);
  CHECK(announced.error().kind == ErrorKind::corrupt);
  CHECK(announced.error().message == "a clipboard of 4294967295 bytes");
  const Message piece(16 << 20);
  std::size_t pieces = 0;
  CHECK(channel.receive(piece, 1, piece.size(), now));
  while (channel.receive(piece, 0, piece.size(), now)) REQUIRE(++pieces < 64);
  CHECK(pieces == 63);
  // Who copies much has hours for it; a million lists at once are none of that.
  for (int list = 0; list < 9'000; ++list) REQUIRE(channel.receive(kShortList, 3, kShortList.size(), now));
  now += std::chrono::seconds(11);
  int lists = 0;
  while (channel.receive(kShortList, 3, kShortList.size(), now)) REQUIRE(++lists < 1'000'000);
  CHECK(lists == 10'000);
}

TEST_CASE("what is announced on a dynamic channel is no more than any message there can have") {
  const auto allowed = [](const std::string& chunk, unsigned flags, std::size_t total) { return check_announced(bytes_of(chunk), flags, total).has_value(); };
  CHECK(allowed(std::string("\x24\x07\x00\x20", 4) + "data", 3, 8));                     // 8192 bytes follow
  CHECK_FALSE(allowed(std::string("\x28\x07\xff\xff\xff\xff", 6) + "data", 3, 10));    // 4 GB
  CHECK_FALSE(allowed(std::string("\x68\x07\xff\xff\xff\xff", 6) + "data", 3, 10));    // compressed
  CHECK_FALSE(allowed(std::string("\x2a\x07\0\0\0\xff\xff\xff\x7f", 9), 3, 9));      // of a channel with a long number
  CHECK(allowed(std::string("\x28\x07\xff\xff\xff\xff", 6), 2, 6));                     // what goes on announces nothing
  CHECK(allowed(std::string("\x30\x07\xff\xff\xff\xff", 6), 3, 6));                     // data
  CHECK_FALSE(allowed("0", 1, 0xFFFFFFFF));                                                 // the static channel's own length
  for (const char* cut : {"", "\x28", "\x28\x07", "\x28\x07\xff"}) CHECK(allowed(cut, 3, 1));
}

TEST_CASE("what the policy does not let out is not even fetched") {
  std::vector<Message> sent;
  int asked = 0;
  ClipboardChannel channel(TextClipboard::Role::server,
                           {[&](std::span<const std::byte> m) { return sent.emplace_back(m.begin(), m.end()), true; },
                            [&]() -> std::optional<bool> { return ++asked, false; }, [](const std::string&) {}, [](std::string_view) {}});
  ClipboardChannel::Clock::time_point now;
  CHECK(channel.receive(kShortList, 3, kShortList.size(), now));
  for (int i = 0; i < 3; ++i) CHECK(channel.flush(now += ClipboardChannel::kFetchDelay, [] { return false; }));
  CHECK(asked == 1);
  CHECK(std::find(sent.begin(), sent.end(), kAskForText) == sent.end());
}
