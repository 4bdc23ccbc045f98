#include "gateway/policy/conditions.h"

#include <arpa/inet.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>

namespace frostgate::policy {
namespace {

constexpr std::size_t kMaxTicketPattern = 500;
constexpr const char* kDays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

Result<std::size_t> day(const std::string& text) {
  const auto found = std::find(std::begin(kDays), std::end(kDays), text);
  if (found != std::end(kDays)) return static_cast<std::size_t>(found - std::begin(kDays));
  return Error{ErrorKind::invalid, "\"" + text + "\" is no day; expected mon, tue, wed, thu, fri, sat, sun, or a range such as mon-fri"};
}

Result<int> number(std::string_view text) {
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || failure != std::errc() || end != text.data() + text.size() || value < 0) return Error{ErrorKind::invalid, "no number"};
  return value;
}

}  // namespace

bool Hours::contain(UtcTime time) const {
  const auto local = time.time_since_epoch() + (zone ? zone->offset(time) : std::chrono::seconds(0));
  const auto day_number = std::chrono::floor<std::chrono::days>(local);
  const int minute = static_cast<int>(std::chrono::floor<std::chrono::minutes>(local - day_number).count());
  const auto weekday = static_cast<std::size_t>(((day_number.count() + 3) % 7 + 7) % 7);  // 1970-01-01 was a Thursday
  const std::size_t yesterday = (weekday + 6) % 7;
  if (from < to) return days[weekday] && minute >= from && minute < to;
  return (days[weekday] && minute >= from) || (days[yesterday] && minute < to);
}

Result<void> add_days(const std::string& text, std::array<bool, 7>& days) {
  const std::size_t dash = text.find('-');
  const std::size_t first = TRY(day(text.substr(0, dash)));
  const std::size_t last = dash == std::string::npos ? first : TRY(day(text.substr(dash + 1)));
  for (std::size_t i = first;; i = (i + 1) % 7) {
    days[i] = true;
    if (i == last) return {};
  }
}

Result<int> minute_of_day(const std::string& text) {
  const std::size_t colon = text.find(':');
  const Result<int> hour = number(std::string_view(text).substr(0, colon));
  const Result<int> minute = colon == std::string::npos ? Result<int>(Error{}) : number(std::string_view(text).substr(colon + 1));
  if (hour && minute && minute.value() < 60 && hour.value() * 60 + minute.value() <= 24 * 60) return hour.value() * 60 + minute.value();
  return Error{ErrorKind::invalid, "is \"" + text + "\"; expected a time such as 08:30, from 00:00 to 24:00"};
}

Result<Network::Address> Network::parse_address(const std::string& text) {
  Address out{};
  in_addr four{};
  if (inet_pton(AF_INET, text.c_str(), &four) == 1) {
    out[10] = out[11] = 0xff;
    std::copy_n(reinterpret_cast<const std::uint8_t*>(&four), 4, out.begin() + 12);
    return out;
  }
  if (inet_pton(AF_INET6, text.c_str(), out.data()) == 1) return out;
  return Error{ErrorKind::invalid, "\"" + text + "\" is no address"};
}

Result<Network> Network::parse(const std::string& text) {
  const std::size_t slash = text.find('/');
  Network out;
  const Result<Address> address = parse_address(text.substr(0, slash));
  const bool four = text.find(':') == std::string::npos;
  const int most = four ? 32 : 128;
  const Result<int> bits = slash == std::string::npos ? Result<int>(most) : number(std::string_view(text).substr(slash + 1));
  const Error bad{ErrorKind::invalid, "\"" + text + "\" is no network; expected one such as 10.0.0.0/8, 2001:db8::/32 or 192.0.2.7"};
  if (!address || !bits || bits.value() > most) return bad;
  out.address_ = address.value();
  out.bits_ = bits.value() + (four ? 96 : 0);
  Network masked = out;
  for (int bit = out.bits_; bit < 128; ++bit) masked.address_[static_cast<std::size_t>(bit / 8)] &= static_cast<std::uint8_t>(~(0x80 >> (bit % 8)));
  if (masked.address_ != out.address_) return Error{ErrorKind::invalid, "\"" + text + "\" has bits set beyond its prefix"};
  return out;
}

Result<TicketNumbers> TicketNumbers::parse(const std::string& pattern) {
  TicketNumbers out;
  out.text_ = pattern.substr(0, kMaxTicketPattern);
  out.pattern_ = std::make_shared<const re2::RE2>(pattern, RE2::Quiet);
  if (pattern.size() <= kMaxTicketPattern && out.pattern_->ok()) return out;
  return Error{ErrorKind::invalid, "\"" + out.text_ + "\"; expected a regular expression (RE2) of at most " + std::to_string(kMaxTicketPattern) + " bytes" +
                                       (out.pattern_->ok() ? "" : ": " + out.pattern_->error())};
}

bool TicketNumbers::match(const std::string& number) const { return !number.empty() && RE2::FullMatch(number, *pattern_); }

bool Network::contains(const Address& address) const {
  const auto whole = static_cast<std::size_t>(bits_ / 8), rest = static_cast<std::size_t>(bits_ % 8);
  if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole), address_.begin())) return false;
  return rest == 0 || ((address[whole] ^ address_[whole]) >> (8 - rest)) == 0;
}

}  // namespace frostgate::policy
