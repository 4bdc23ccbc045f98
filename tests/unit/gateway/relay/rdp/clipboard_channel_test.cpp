#include "gateway/relay/rdp/clipboard_channel.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/gateway/relay/rdp/clipboard_messages.h"

using namespace frostgate;
using namespace frostgate::relay;
using namespace frostgate::relay::rdp;
using namespace frostgate::test;

namespace {

using Message = Clipboard::Message;

}  // namespace

TEST_CASE("a message in chunks is one message, and what is too long is dropped, not kept") {
  std::vector<std::string> texts;
  std::vector<Message> sent;
  std::optional<bool> wanted;
  ClipboardChannel channel(Clipboard::Role::server,
                           {[&](std::span<const std::byte> m, unsigned, std::size_t) { return sent.emplace_back(m.begin(), m.end()), true; },
                            [&] { return wanted; }, [&](const std::string& text) { texts.push_back(text); }, [](std::string_view) {}, [](copied::Item) {}});
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
  CHECK(texts.empty());

  // The channel goes on after it.
  CHECK(receive(kShortList, 3, kShortList.size()));
  CHECK(flush());
  CHECK(flush());
  const Message hi = bytes_of(std::string("\x05\0", 2) + kOk + std::string("\x04\0\0\0h\0i\0", 8));
  CHECK(receive(hi, 3, hi.size()));
  CHECK(texts == std::vector<std::string>{"hi"});
}

TEST_CASE("text that was named and is named no more is not fetched") {
  std::vector<Message> sent;
  ClipboardChannel channel(Clipboard::Role::server, {[&](std::span<const std::byte> m, unsigned, std::size_t) { return sent.emplace_back(m.begin(), m.end()), true; },
                                                     []() -> std::optional<bool> { return true; }, [](const std::string&) {}, [](std::string_view) {}, [](copied::Item) {}});
  ClipboardChannel::Clock::time_point now;
  const Message nothing = bytes_of(std::string("\x02\0\0\0\0\0\0\0", 8));
  REQUIRE(channel.receive(kShortList, 3, kShortList.size(), now));
  REQUIRE(channel.flush(now, [] { return false; }));
  REQUIRE(channel.receive(nothing, 3, nothing.size(), now));
  for (int i = 0; i < 3; ++i) REQUIRE(channel.flush(now += ClipboardChannel::kFetchDelay, [] { return false; }));
  CHECK(std::find(sent.begin(), sent.end(), kAskForText) == sent.end());
}

TEST_CASE("a long message goes out in chunks of its own, some at a time and only while the connection takes them, and the next one waits for its end") {
  struct Chunk {
    std::size_t size;
    unsigned flags;
    std::size_t total;
  };
  std::vector<Chunk> sent;
  bool alive = true;
  ClipboardChannel channel(Clipboard::Role::server, {[&](std::span<const std::byte> chunk, unsigned flags, std::size_t total) { return sent.push_back({chunk.size(), flags, total}), alive; },
                                                     []() -> std::optional<bool> { return true; }, [](const std::string&) {}, [](std::string_view) {}, [](copied::Item) {}});
  const ClipboardChannel::Clock::time_point now;
  const auto flush = [&] {
    sent.clear();
    return channel.flush(now, [] { return false; });
  };
  REQUIRE(channel.receive(kShortList, 3, kShortList.size(), now));
  channel.pass(of(1, {copied::Kind::dib}));
  REQUIRE(flush());
  REQUIRE(channel.receive(bytes_of(std::string("\x04\0\0\0\x04\0\0\0\x08\0\0\0", 12)), 3, 12, now));
  const std::size_t size = 40 * 1600;  // with its header a chunk more
  channel.pass(copied::Content{{1, copied::Kind::dib}, Message(size), size});
  REQUIRE(flush());
  CHECK(sent.size() == 8);
  CHECK((sent.front().size == 1600 && sent.front().flags == 1 && sent.front().total == size + 8));
  CHECK((sent.back().size == 1600 && sent.back().flags == 0 && sent.back().total == size + 8));
  CHECK(channel.sending());
  CHECK(channel.wait(now) == std::chrono::milliseconds(0));
  channel.offer("the next");
  sent.clear();
  CHECK(channel.flush(now, [] { return true; }));
  CHECK(sent.empty());
  for (int turn = 0; turn < 4; ++turn) {
    REQUIRE(flush());
    CHECK(sent.size() == 8);
  }
  REQUIRE(flush());
  REQUIRE(sent.size() == 2);  // the rest, and the list that names the text
  CHECK((sent[0].size == 8 && sent[0].flags == 2));
  CHECK((sent[1].flags == 3 && sent[1].size == sent[1].total));
  CHECK_FALSE(channel.sending());
  channel.offer("another");
  alive = false;
  CHECK_FALSE(flush());
}

TEST_CASE("a peer that announces a clipboard that nobody has, goes on without an end or floods the channel is told apart from one that copies") {
  ClipboardChannel channel(Clipboard::Role::server, {[](std::span<const std::byte>, unsigned, std::size_t) { return true; }, []() -> std::optional<bool> { return true; },
                                                         [](const std::string&) {}, [](std::string_view) {}, [](copied::Item) {}});
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

TEST_CASE("what the policy does not let out is not even fetched") {
  std::vector<Message> sent;
  int asked = 0;
  ClipboardChannel channel(Clipboard::Role::server,
                           {[&](std::span<const std::byte> m, unsigned, std::size_t) { return sent.emplace_back(m.begin(), m.end()), true; },
                            [&]() -> std::optional<bool> { return ++asked, false; }, [](const std::string&) {}, [](std::string_view) {}, [](copied::Item) {}});
  ClipboardChannel::Clock::time_point now;
  CHECK(channel.receive(kShortList, 3, kShortList.size(), now));
  for (int i = 0; i < 3; ++i) CHECK(channel.flush(now += ClipboardChannel::kFetchDelay, [] { return false; }));
  CHECK(asked == 1);
  CHECK(std::find(sent.begin(), sent.end(), kAskForText) == sent.end());
}
