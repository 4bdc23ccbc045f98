// When, from where and for which work a rule matches. Values; nothing here reads a clock.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "gateway/policy/zone.h"

namespace re2 {
class RE2;
}

namespace frostgate::policy {

// A part of the day on some days of the week, by the clocks of a zone. One that ends before it begins goes over midnight, and belongs
// to the day that it begins on.
struct Hours {
  std::array<bool, 7> days{};  // Monday first
  int from = 0, to = 24 * 60;  // minutes since midnight; `to` is not within
  std::string zone_name;
  std::shared_ptr<const Zone> zone;  // null: UTC

  bool contain(UtcTime time) const;
};

// "mon", "mon-fri"; adds to `days`.
Result<void> add_days(const std::string& text, std::array<bool, 7>& days);
// "08:30", "24:00".
Result<int> minute_of_day(const std::string& text);

// A network, IPv4 or IPv6: "10.0.0.0/8", "2001:db8::/32", or one address.
class Network {
 public:
  using Address = std::array<std::uint8_t, 16>;  // IPv4 as ::ffff:a.b.c.d

  static Result<Network> parse(const std::string& text);
  static Result<Address> parse_address(const std::string& text);
  bool contains(const Address& address) const;
  bool contains(const Network& other) const { return other.bits_ >= bits_ && contains(other.address_); }

 private:
  Address address_{};
  int bits_ = 128;
};

// Numbers of tickets, by an RE2 for the whole of one. None matches where no number was given.
class TicketNumbers {
 public:
  static Result<TicketNumbers> parse(const std::string& pattern);
  bool match(const std::string& number) const;
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::shared_ptr<const re2::RE2> pattern_;
};

}  // namespace frostgate::policy
