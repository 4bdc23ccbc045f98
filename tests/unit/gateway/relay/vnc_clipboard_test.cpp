#include "gateway/relay/vnc/extended_clipboard.h"

#include <catch2/catch.hpp>
#include <string>

#include "gateway/relay/vnc/talk.h"

using namespace frostgate::relay::vnc;

namespace {

// As Xtigervnc begins.
const std::string kCapabilities = big_endian(0x1F000001) + big_endian(0);
const std::string kNotice = big_endian(0x08000001), kNothing = big_endian(0x08000000), kRequest = big_endian(0x02000001), kPeek = big_endian(0x04000001);

// Everything that each has to say goes to the other, until both are silent.
void exchange(ExtendedClipboard& one, ExtendedClipboard& other) {
  for (bool spoken = true; spoken;) {
    spoken = false;
    while (const auto content = one.next()) spoken = true, other.receive(*content);
    while (const auto content = other.next()) spoken = true, one.receive(*content);
  }
}

}  // namespace

TEST_CASE("a target that does not know the extended clipboard is sent nothing by it") {
  ExtendedClipboard clipboard;
  clipboard.offer("Grüße");
  clipboard.receive(kNotice);
  clipboard.receive(kRequest);
  CHECK_FALSE(clipboard.known());
  CHECK_FALSE(clipboard.next());
}

TEST_CASE("text in every script goes both ways by the extended clipboard, with its lines") {
  ExtendedClipboard ours, theirs;
  ours.receive(kCapabilities);
  CHECK(ours.known());
  CHECK(ours.next() == kCapabilities);
  exchange(ours, theirs);
  theirs.receive(kCapabilities);
  const std::string text = "Grüße 漢字 \xF0\x9F\x98\x80\nzweite Zeile";
  ours.offer(text);
  exchange(ours, theirs);
  CHECK(theirs.take_text() == text);
  CHECK_FALSE(theirs.take_text());
  theirs.offer(std::string(ExtendedClipboard::kLongest / 4, 'x'));
  exchange(ours, theirs);
  CHECK(ours.take_text()->size() == ExtendedClipboard::kLongest / 4);
}

TEST_CASE("text that was copied before the target says that it knows the extended clipboard is named when it does") {
  ExtendedClipboard clipboard;
  clipboard.offer("early");
  clipboard.receive(kCapabilities);
  CHECK(clipboard.next() == kCapabilities);
  CHECK(clipboard.next() == kNotice);
  CHECK_FALSE(clipboard.next());
}

TEST_CASE("a target that asks a million times is owed one answer, and an empty one where nothing was copied") {
  ExtendedClipboard clipboard, other;
  clipboard.receive(kCapabilities);
  (void)clipboard.next();
  for (int i = 0; i < 1'000'000; ++i) clipboard.receive(i % 2 == 0 ? kRequest : kPeek);
  CHECK(clipboard.next() == kNothing);
  const auto answer = clipboard.next();
  REQUIRE(answer);
  CHECK_FALSE(clipboard.next());
  other.receive(*answer);
  CHECK_FALSE(other.take_text());
}

TEST_CASE("provided text that is cut, says another length or is no text at all is as if it had not come") {
  ExtendedClipboard from, to;
  from.receive(kCapabilities);
  (void)from.next();
  from.offer("Grüße an alle");
  (void)from.next();
  from.receive(kRequest);
  const std::string good = from.next().value();
  to.receive(good);
  CHECK(to.take_text() == "Grüße an alle");
  for (std::size_t size = 0; size < good.size() - 6; ++size) {  // what ends zlib's stream is not waited for
    to.receive(good.substr(0, size));
    INFO(size << " of " << good.size());
    CHECK_FALSE(to.take_text());
  }
  to.receive(big_endian(0x10000001) + std::string(64, '\xFF'));
  to.receive(big_endian(0x10000002) + good.substr(4));
  to.receive(good + std::string(ExtendedClipboard::kLongest, 'x'));
  CHECK_FALSE(to.take_text());
}
