#include "redaction/tracking/ledger.h"

#include <catch2/catch.hpp>

#include <random>
#include <vector>

namespace frostgate::redaction {
namespace {

Mask mask_at(SessionTime from, SessionTime to, const Rect& box, const char* rule = "label.password", std::uint32_t secret = 1) {
  return {rule, from, to, box, 0xFFFFFF, secret};
}

template <class Entry>
bool covered(const std::vector<Entry>& entries, SessionTime from, SessionTime to, const Rect& box) {
  // By one entry: they are only ever joined or enlarged.
  for (const Entry& entry : entries) {
    if (entry.from <= from && entry.to >= to && entry.box.contains(box)) return true;
  }
  return false;
}

SessionTime ms(int value) { return std::chrono::milliseconds(value); }

}  // namespace

TEST_CASE("masks of one place whose times meet are one, and those inside another say nothing more") {
  Ledger ledger;
  ledger.mask(mask_at(ms(0), ms(10), {0, 0, 100, 20}));
  ledger.mask(mask_at(ms(10), ms(30), {0, 0, 100, 20}));
  ledger.mask(mask_at(ms(5), ms(8), {10, 2, 20, 10}, "entropy.run"));
  ledger.mask(mask_at(ms(50), ms(60), {0, 0, 100, 20}));
  ledger.mask(mask_at(ms(7), ms(7), {0, 0, 100, 20}));
  const std::vector<Mask> masks = ledger.take_masks();
  REQUIRE(masks.size() == 2);
  CHECK(masks[0].from == ms(0));
  CHECK(masks[0].to == ms(30));
  CHECK(masks[1].from == ms(50));
}

TEST_CASE("of very many entries a bounded number is kept, and nothing that was covered is shown") {
  std::mt19937 random(7);
  const auto upto = [&](int most) { return static_cast<int>(random() % static_cast<unsigned>(most + 1)); };
  constexpr std::size_t kMost = 256;
  Ledger ledger(kMost);
  struct Given {
    SessionTime from, to;
    Rect box;
  };
  std::vector<Given> given;
  for (int i = 0; i < 20'000; ++i) {
    const SessionTime from = ms(i * 700 + upto(500));
    const Given entry{from, from + ms(1 + upto(900)), {upto(1800), upto(1000), 10 + upto(100), 8 + upto(12)}};
    given.push_back(entry);
    ledger.unread(entry.from, entry.to, entry.box, 0);
    ledger.mask(mask_at(entry.from, entry.to, entry.box, "label.password", static_cast<std::uint32_t>(i)));
  }
  const auto unread = ledger.take_unread();
  const auto masks = ledger.take_masks();
  CHECK(unread.size() < 4 * kMost);
  CHECK(masks.size() < 4 * kMost);
  bool all = true;
  for (const Given& entry : given) all = all && covered(unread, entry.from, entry.to, entry.box) && covered(masks, entry.from, entry.to, entry.box);
  CHECK(all);
}

TEST_CASE("entries come out by their time") {
  Ledger ledger(8);
  for (int i = 0; i < 100; ++i) ledger.mask(mask_at(ms(1000 - i * 10), ms(1005 - i * 10), {i * 3, 0, 10, 10}));
  const auto masks = ledger.take_masks();
  for (std::size_t i = 1; i < masks.size(); ++i) CHECK(masks[i - 1].from <= masks[i].from);
}

}  // namespace frostgate::redaction
