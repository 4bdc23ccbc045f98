#include "gateway/relay/rdp/clipboard.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/unit/gateway/relay/rdp/clipboard_messages.h"

using namespace frostgate;
using namespace frostgate::relay;
using namespace frostgate::relay::rdp;
using namespace frostgate::test;

namespace {

using Message = Clipboard::Message;

// Everything that each has to say goes to the other, until both are silent.
void talk(Clipboard& one, Clipboard& other) {
  for (bool spoken = true; spoken;) {
    spoken = false;
    while (const auto message = one.next()) spoken = true, other.receive(*message);
    while (const auto message = other.next()) spoken = true, one.receive(*message);
  }
}

std::vector<Message> all(Clipboard& clipboard) {
  std::vector<Message> messages;
  while (auto message = clipboard.next()) messages.push_back(std::move(*message));
  return messages;
}

}  // namespace

TEST_CASE("text that is copied on either side of a clipboard channel can be fetched by the other") {
  Clipboard server(Clipboard::Role::server), client(Clipboard::Role::client);
  talk(server, client);
  const std::string text = "Grüße €\nzweite Zeile \xF0\x9F\x98\x80";
  const bool by_server = GENERATE(true, false);
  Clipboard& from = by_server ? server : client;
  Clipboard& to = by_server ? client : server;
  from.offer(text);
  talk(server, client);
  REQUIRE(to.take_offer() == true);
  CHECK_FALSE(to.take_offer());
  CHECK_FALSE(to.take_text());
  to.fetch();
  talk(server, client);
  CHECK(to.take_text() == text);
  CHECK_FALSE(to.take_text());
}

TEST_CASE("text that was copied before the peer is ready is named as soon as it is") {
  Clipboard client(Clipboard::Role::client);
  client.offer("early");
  CHECK(all(client).empty());
  client.receive(kMonitorReady);
  const auto said = all(client);
  REQUIRE(said.size() == 2);
  CHECK(said[1] == kShortList);
}

TEST_CASE("nothing is handed out that was not offered, and nothing but text") {
  Clipboard server(Clipboard::Role::server);
  all(server);
  const Message refused = bytes_of(std::string("\x05\0\x02\0\0\0\0\0", 8));
  server.receive(kAskForText);
  CHECK(all(server) == std::vector<Message>{refused});
  server.offer("text");
  server.receive(bytes_of(std::string("\x04\0\0\0\x04\0\0\0\x11\0\0\0", 12)));
  CHECK(all(server) == std::vector<Message>{refused});
}

TEST_CASE("a peer that asks a million times is owed one answer") {
  Clipboard server(Clipboard::Role::server);
  all(server);
  server.offer("text");
  for (int i = 0; i < 1'000'000; ++i) {
    server.receive(kAskForText);
    server.receive(kShortList);
  }
  CHECK(all(server).size() == 3);  // its answer to the lists, its own list, the text
}

TEST_CASE("text that was not asked for is not taken, and one request is under way at a time") {
  Clipboard server(Clipboard::Role::server);
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
  Clipboard client(Clipboard::Role::client);
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

TEST_CASE("what a copy consists of is told the other side, in lists with long and with short names; of the rest only its kind, once") {
  using copied::Kind;
  const std::string capabilities = std::string("\x07\0\0\0\x10\0\0\0\x01\0\0\0\x01\0\x0C\0\x02\0\0\0\2\0\0\0", 24);
  const auto offered = [&](const std::string& formats, bool long_names = true) {
    Clipboard client(Clipboard::Role::client);
    if (long_names) client.receive(bytes_of(capabilities));
    client.receive(kMonitorReady);
    client.receive(list_of(formats));
    const auto item = client.take_item();
    REQUIRE(item);
    CHECK_FALSE(client.take_item());
    return std::get<copied::Offer>(*item);
  };
  const auto kinds = [](std::initializer_list<Kind> those) {
    copied::Kinds out;
    for (const Kind one : those) out.set(one);
    return out;
  };
  const std::string files = with_long_name(200, "FileGroupDescriptorW") + with_long_name(201, "FileContents");
  const std::string picture = with_long_name(8, "") + with_long_name(17, ""), text = with_long_name(13, "");
  CHECK(offered(files).kinds == kinds({Kind::files}));
  CHECK(offered(picture).kinds == kinds({Kind::dib, Kind::dib_v5}));
  CHECK(offered(with_long_name(150, "image/png")).kinds == kinds({Kind::png}));
  CHECK(offered(with_long_name(150, "PNG") + text).kinds == kinds({Kind::png}));
  CHECK(offered(with_long_name(150, "PNG") + text).with_text);
  CHECK_FALSE(offered(with_long_name(150, "PNGs")).kinds.any());
  CHECK_FALSE(offered(text).kinds.any());
  // A name that is cut off is no reason to read on.
  CHECK_FALSE(offered(files.substr(0, 20)).kinds.any());
  std::string short_name = with_long_name(200, "FileGroupDescri");
  short_name.resize(36);
  CHECK(offered(short_name, false).kinds == kinds({Kind::files}));

  Clipboard client(Clipboard::Role::client);
  client.receive(bytes_of(capabilities));
  client.receive(kMonitorReady);
  for (const std::string& formats : {text, picture, files, std::string()}) {
    client.receive(list_of(formats));
    CHECK_FALSE(client.take_kept());
  }
  client.receive(list_of(with_long_name(150, "image/jpeg")));
  CHECK(client.take_kept() == "a picture");
  client.receive(list_of(with_long_name(150, "Native")));
  CHECK_FALSE(client.take_kept());
}

namespace {

// Two peers of a session's two sides, whose clipboards tell each other everything.
struct Sides {
  Clipboard front{Clipboard::Role::server}, back{Clipboard::Role::client};  // the gateway's
  Clipboard client{Clipboard::Role::client}, target{Clipboard::Role::server};
  void talk() {
    for (int round = 0; round < 20; ++round) {
      ::talk(front, client);
      ::talk(target, back);
      while (auto item = front.take_item()) back.pass(std::move(*item));
      while (auto item = back.take_item()) front.pass(std::move(*item));
    }
  }
};
// What it says next that is not about what was copied.
std::optional<copied::Item> next_item(Clipboard& from) {
  auto item = from.take_item();
  while (item && std::holds_alternative<copied::Offer>(*item)) item = from.take_item();
  return item;
}
template <class Item>
Item taken(Clipboard& from) {
  auto item = next_item(from);
  REQUIRE(item);
  REQUIRE(std::holds_alternative<Item>(*item));
  return std::get<Item>(std::move(*item));
}
template <class Item>
Item last(Clipboard& from) {
  std::optional<Item> found;
  while (auto item = from.take_item()) {
    if (auto* one = std::get_if<Item>(&*item)) found = std::move(*one);
  }
  REQUIRE(found);
  return std::move(*found);
}

}  // namespace

TEST_CASE("a picture and a file that are copied on one side are named, asked for and handed over on the other, and nothing of them before") {
  Sides sides;
  sides.talk();
  // The target's own clipboard has them from behind.
  sides.target.pass(of(1, {copied::Kind::dib, copied::Kind::png, copied::Kind::files}));
  sides.talk();
  const auto offer = last<copied::Offer>(sides.client);
  CHECK(offer.kinds == of(1, {copied::Kind::dib, copied::Kind::png, copied::Kind::files}).kinds);
  CHECK_FALSE(next_item(sides.target));  // asked for by nobody

  const Message picture = bytes_of("a picture");
  sides.client.pass(copied::Wish{offer.copy, copied::Kind::dib});
  sides.talk();
  const auto wish = taken<copied::Wish>(sides.target);
  CHECK(wish.kind == copied::Kind::dib);
  sides.target.pass(copied::Content{wish, picture, picture.size()});
  sides.talk();
  const auto content = taken<copied::Content>(sides.client);
  CHECK(content.bytes == picture);
  CHECK(content.length == picture.size());

  sides.client.pass(copied::Lock{7, offer.copy, true});
  sides.client.pass(copied::PieceWish{.stream = 3, .copy = offer.copy, .file = 2, .size = false, .from = (std::uint64_t{5} << 32) + 1, .length = 100, .lock = 7});
  sides.client.pass(copied::Lock{7, offer.copy, false});
  sides.talk();
  CHECK(taken<copied::Lock>(sides.target).number == 7);
  const auto piece_wish = taken<copied::PieceWish>(sides.target);
  CHECK((piece_wish.stream == 3 && piece_wish.file == 2 && piece_wish.from == (std::uint64_t{5} << 32) + 1 && piece_wish.length == 100 && piece_wish.lock == 7u && !piece_wish.size));
  CHECK_FALSE(taken<copied::Lock>(sides.target).on);
  sides.target.pass(copied::Piece{3, bytes_of("of the file")});
  sides.talk();
  const auto piece = taken<copied::Piece>(sides.client);
  CHECK((piece.stream == 3 && piece.bytes == bytes_of("of the file")));
  // Nobody waits for a second one.
  sides.target.pass(copied::Piece{3, bytes_of("again")});
  sides.talk();
  CHECK_FALSE(next_item(sides.client));
}

TEST_CASE("what is copied next takes the place of what was, and who waits for it is answered that it is gone") {
  Sides sides;
  sides.talk();
  sides.target.pass(of(1, {copied::Kind::dib}));
  sides.talk();
  const auto offer = last<copied::Offer>(sides.client);
  sides.client.pass(copied::Wish{offer.copy, copied::Kind::dib});
  sides.talk();
  const auto wish = taken<copied::Wish>(sides.target);
  sides.target.pass(of(2, {copied::Kind::files}));
  sides.talk();
  // The answer, and then nothing for the answer that comes late.
  CHECK_FALSE(last<copied::Content>(sides.client).bytes);
  sides.target.pass(copied::Content{wish, bytes_of("late"), 4});
  sides.talk();
  while (auto item = sides.client.take_item()) CHECK_FALSE(std::holds_alternative<copied::Content>(*item));
  sides.client.pass(copied::Wish{offer.copy, copied::Kind::dib});
  CHECK_FALSE(taken<copied::Content>(sides.client).bytes);
  // Text is what a side has copied last, or goes with it.
  sides.front.offer("earlier");
  sides.front.pass(of(9, {copied::Kind::dib}));
  sides.client.take_offer();
  ::talk(sides.front, sides.client);
  CHECK(sides.client.take_offer() == false);
  sides.front.offer("with it");
  ::talk(sides.front, sides.client);
  CHECK(sides.client.take_offer() == true);
  CHECK(last<copied::Offer>(sides.client).kinds.has(copied::Kind::dib));
}

TEST_CASE("text that comes when something else was copied already is not taken for it") {
  Clipboard server(Clipboard::Role::server);
  all(server);
  server.receive(kShortList);
  server.fetch();
  CHECK(all(server).size() == 2);
  server.receive(kShortList);
  server.receive(bytes_of(std::string("\x05\0", 2) + kOk + std::string("\x04\0\0\0h\0i\0", 8)));
  CHECK_FALSE(server.take_text());
}

TEST_CASE("a peer that asks for the same picture a million times is owed one answer, and one that asks for ever more pieces of files is told apart") {
  Clipboard server(Clipboard::Role::server);
  server.receive(bytes_of(std::string("\x07\0\0\0\x10\0\0\0\x01\0\0\0\x01\0\x0C\0\x02\0\0\0\x36\0\0\0", 24)));
  server.receive(kShortList);
  server.pass(of(1, {copied::Kind::dib, copied::Kind::files}));
  all(server);
  (void)server.take_item();
  for (int i = 0; i < 1'000'000; ++i) server.receive(bytes_of(std::string("\x04\0\0\0\x04\0\0\0\x08\0\0\0", 12)));
  CHECK(taken<copied::Wish>(server) == copied::Wish{1, copied::Kind::dib});
  CHECK_FALSE(server.take_item());

  const auto asks = [&](char stream, char flags = 2) {
    server.receive(bytes_of(std::string("\x08\0\0\0\x18\0\0\0", 8) + stream + std::string(7, '\0') + flags + std::string(15, '\0')));
  };
  asks('a');
  CHECK(taken<copied::PieceWish>(server).stream == 'a');
  // The stream of a question that is not answered, and one that asks for neither a size nor a range: refused.
  asks('a');
  asks('b', 3);
  CHECK_FALSE(server.take_item());
  const auto answers = all(server);
  REQUIRE(answers.size() == 2);
  CHECK(answers[0] == bytes_of(std::string("\x09\0\x02\0\x04\0\0\0a\0\0\0", 12)));
  CHECK(answers[1] == bytes_of(std::string("\x09\0\x02\0\x04\0\0\0b\0\0\0", 12)));
  for (int i = 0; i < 63; ++i) asks(static_cast<char>(i));
  CHECK_FALSE(server.overasked());
  asks('z');
  CHECK(server.overasked());
  for (const std::size_t size : {0, 3, 23}) server.receive(bytes_of(std::string("\x08\0\0\0", 4) + static_cast<char>(size) + std::string(3 + size, '\0')));
}

TEST_CASE("as much of a picture is kept as one may have, and no more of anything else than of a text") {
  Clipboard client(Clipboard::Role::client);
  client.receive(kMonitorReady);
  client.receive(list_of(with_long_name(8, "").substr(0, 4) + std::string(32, '\0')));
  const auto offer = last<copied::Offer>(client);
  CHECK(client.longest() == 4u << 20);
  client.pass(copied::Wish{offer.copy, copied::Kind::dib});
  all(client);
  CHECK(client.longest() == 8 + copied::kLongestPicture);
  // What is longer is said to be: it comes cut.
  client.receive(bytes_of(std::string("\x05\0\x01\0\0\0\0\x40picture", 15)));
  const auto content = taken<copied::Content>(client);
  CHECK(content.bytes == bytes_of("picture"));
  CHECK(content.length == std::size_t{1} << 30);
  CHECK(client.longest() == 4u << 20);
}

TEST_CASE("a list of half a million formats is read once, and its last one counts as well") {
  const bool long_names = GENERATE(true, false);
  Message list;
  for (int i = 0; i < (long_names ? 500'000 : 100'000); ++i) {
    const Message format = bytes_of(std::string("\x01\xC0\0\0\0\0", 6) + (long_names ? "" : std::string(30, '\0')));
    list.insert(list.end(), format.begin(), format.end());
  }
  CHECK_FALSE(clip::read_formats(list, long_names, false).kinds.any());
  const Message dib = bytes_of(std::string("\x08\0\0\0", 4));
  list.insert(list.end(), dib.begin(), dib.end());
  CHECK(clip::read_formats(list, long_names, false).kinds.has(copied::Kind::dib));
}
