// Card numbers (ISO/IEC 7812, Luhn) and IBAN (ISO 13616, mod 97).
#include <algorithm>
#include <array>

#include "redaction/detectors/families.h"
#include "redaction/detectors/fold.h"

namespace frostgate::redaction {
namespace {

struct Country {
  std::string_view code;
  std::size_t length;
};
constexpr Country kCountries[] = {
    {"AD", 24}, {"AE", 23}, {"AT", 20}, {"BE", 16}, {"BG", 22}, {"CH", 21}, {"CY", 28}, {"CZ", 24}, {"DE", 22}, {"DK", 18},
    {"EE", 20}, {"ES", 24}, {"FI", 18}, {"FR", 27}, {"GB", 22}, {"GR", 27}, {"HR", 21}, {"HU", 28}, {"IE", 22}, {"IL", 23},
    {"IS", 26}, {"IT", 27}, {"LI", 21}, {"LT", 20}, {"LU", 20}, {"LV", 21}, {"MC", 27}, {"MT", 31}, {"NL", 18}, {"NO", 15},
    {"PL", 28}, {"PT", 25}, {"RO", 24}, {"RS", 22}, {"SA", 24}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27}, {"TR", 26},
    {"UA", 29}};

bool luhn(std::string_view digits) {
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    int digit = digits[digits.size() - 1 - i] - '0';
    if (i % 2 == 1) digit = digit > 4 ? 2 * digit - 9 : 2 * digit;
    sum += digit;
  }
  return sum % 10 == 0;
}

bool issued(std::string_view digits) {
  const int two = (digits[0] - '0') * 10 + (digits[1] - '0');
  if (two == 34 || two == 37) return digits.size() == 15;
  if (two == 36 || two == 38 || two == 30) return digits.size() == 14;
  if (digits[0] == '4') return digits.size() == 16 || digits.size() == 19;
  return digits.size() == 16 && ((two >= 50 && two <= 69) || two == 35 || (two >= 22 && two <= 27));
}

int mod97(std::string_view iban) {
  int rest = 0;
  for (std::size_t i = 0; i < iban.size(); ++i) {
    const char c = iban[(i + 4) % iban.size()];
    rest = is_digit(c) ? (rest * 10 + (c - '0')) % 97 : (rest * 100 + (c - 'A' + 10)) % 97;
  }
  return rest;
}

// What the digits of small type without grey are taken for, besides those that look like them in any type.
bool is_misread_digit(char c) { return as_digit(c) != '\0' || std::string_view("acdehATt").find(c) != std::string_view::npos; }

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

class NumberDetector final : public Detector {
 public:
  std::vector<std::string> rules() const override { return {"number.card", "number.iban"}; }

  void judge(JudgedText& judged) const override {
    const PreparedText& text = judged.text;
    for (std::size_t at = 0; at < text.text.size(); ++at) {
      const char before = at ? text.text[at - 1] : ' ';
      if (is_alnum(before) || before == '.' || before == '-' || before == '_' || before == '/') continue;
      std::size_t end = card_end(text.text, at);
      if (!end && !text.joined) end = misread_card_end(text.text, at);
      if (end) judged.add("number.card", at, end);
      if (!end && (end = iban_end(text.text, at)) != 0) judged.add("number.iban", at, end);
      if (!end && (end = misread_iban_end(text.text, at)) != 0) judged.add("number.iban", at, end);
      if (!end && (end = announced_iban_end(text.text, at)) != 0) judged.add("number.iban", at, end);
      if (end) at = end - 1;
    }
  }

 private:
  // Whether no digits stand beside it: of a dump, any sixteen in a row would be a card.
  static bool stands_alone(std::string_view text, std::size_t first, std::size_t end) {
    const auto digit_at = [&](std::size_t at) { return at < text.size() && is_digit(text[at]); };
    return !(first >= 2 && digit_at(first - 2)) && !digit_at(end + 1);
  }

  // Digits, or what they are misread as, in groups parted by one space or hyphen.
  static std::size_t card_end(std::string_view text, std::size_t at) {
    std::string digits;
    std::size_t guessed = 0, unknown = 0, groups = 1, in_group = 0, end = at;
    bool fours = true;
    char separator = '\0';
    for (; end < text.size() && digits.size() < 20; ++end) {
      const char c = text[end];
      // "37567 2024-06-07": one sign parts the groups of a card.
      if ((c == ' ' || c == '-') && (separator == '\0' || separator == c) && in_group > 0 && end + 1 < text.size() && (as_digit(text[end + 1]) || text[end + 1] == kUnknown)) {
        fours = fours && in_group == 4;
        ++groups, in_group = 0;
        separator = c;
        continue;
      }
      const char digit = c == kUnknown ? '0' : as_digit(c);
      if (!digit) break;
      guessed += is_digit(c) ? 0 : 1;
      unknown += c == kUnknown ? 1 : 0;
      digits += digit;
      ++in_group;
      if (digits.size() >= 14 && card(text, end + 1, digits, guessed, unknown, groups, fours && in_group == 4, stands_alone(text, at, end + 1)))
        return end + 1;
    }
    return 0;
  }

  // Four groups that are the whole line, of which one has a character too many or one that is no digit, or of which one is
  // read as letters that digits are taken for.
  static std::size_t misread_card_end(std::string_view text, std::size_t at) {
    const std::size_t end = text.find_last_not_of(' ') + 1;
    if (text.find_first_not_of(' ') != at || end > text.size()) return 0;
    std::size_t groups = 0, wrong = 0, digits = 0, lettered = 0;
    for (std::size_t first = at; first < end; ++groups) {
      const std::size_t stop = std::min(text.find(' ', first), end);
      const auto group = text.substr(first, stop - first);
      const auto plain = static_cast<std::size_t>(std::count_if(group.begin(), group.end(), is_digit));
      if (group.size() < 4 || group.size() > 5) return 0;
      if (plain + 1 < 4) {
        if (group.size() != 4 || ++lettered > 1 || !std::all_of(group.begin(), group.end(), is_misread_digit)) return 0;
      } else {
        wrong += group.size() - plain;
      }
      digits += group.size();
      first = stop + 1;
    }
    // A table's row of plain numbers has none that is read badly: four such are a card where they begin as most cards do.
    const bool plain = wrong + lettered == 0 && (digits != 17 || text[at] != '4');
    return groups == 4 && !plain && wrong <= 2 && digits <= 17 && text[at] >= '3' && text[at] <= '6' ? end : 0;
  }

  static bool card(std::string_view text, std::size_t end, std::string_view digits, std::size_t guessed, std::size_t unknown, std::size_t groups, bool fours, bool alone) {
    const char after = end < text.size() ? text[end] : ' ';
    if (is_alnum(after) || after == '-' || after == '_' || guessed > 5 || !issued(digits)) return false;
    // A misread digit breaks the check sum; four groups of four say enough then.
    // One that nobody could read can always make it right.
    return luhn(digits) || (unknown > 0 && unknown <= 2) || (fours && groups == 4 && (guessed > 0 || alone));
  }

  // Groups of four to the end of the line, the first of which begins with two capitals; whatever the country was read as.
  static std::size_t misread_iban_end(std::string_view text, std::size_t at) {
    constexpr std::size_t kLeastGroups = 4, kMostGroups = 8;
    if (at + 4 > text.size() || !is_upper(text[at]) || !is_upper(text[at + 1])) return 0;
    std::size_t groups = 0, digits = 0, letters = 0, end = at;
    while (end < text.size() && groups < kMostGroups) {
      const std::size_t stop = std::min(text.find(' ', end), text.size());
      const auto group = text.substr(end, stop - end);
      const bool last = text.find_first_not_of(" .,;)]", stop) == std::string_view::npos;
      if (group.size() != 4 && !(last && group.size() < 4)) return 0;
      if (!std::all_of(group.begin(), group.end(), [](char c) { return is_digit(c) || is_misread_digit(c); }) && groups > 0 && !last) return 0;
      const auto plain = static_cast<std::size_t>(std::count_if(group.begin(), group.end(), is_digit));
      digits += plain;
      letters += group.size() - plain;
      ++groups;
      end = std::min(stop + 1, text.size());
      if (last) return groups > kLeastGroups && digits >= 12 && letters <= (digits >= 14 ? 7u : 6u) ? stop : 0;
    }
    return 0;
  }

  // Behind "IBAN:", its first letter lost or not: groups of about four to the end of the line, whatever their digits were read as.
  static std::size_t announced_iban_end(std::string_view text, std::size_t at) {
    constexpr std::size_t kLeastGroups = 4, kMostGroups = 10, kLeastDigits = 8;
    if (at < 5 || text[at] == ' ' || !(text.substr(0, at).ends_with("BAN: ") || text.substr(0, at).ends_with("BAN; "))) return 0;
    const std::size_t end = text.find_last_not_of(' ') + 1;
    std::size_t groups = 0, digits = 0;
    for (std::size_t first = at; first < end; ++groups) {
      const std::size_t stop = std::min(text.find(' ', first), end);
      const auto group = text.substr(first, stop - first);
      if (group.size() > 5 || (group.size() < 3 && stop < end)) return 0;
      digits += static_cast<std::size_t>(std::count_if(group.begin(), group.end(), is_digit));
      first = stop + 1;
    }
    return groups >= kLeastGroups && groups <= kMostGroups && digits >= kLeastDigits ? end : 0;
  }

  static std::size_t iban_end(std::string_view text, std::size_t at) {
    if (at + 15 > text.size() || !is_upper(text[at]) || !(is_upper(text[at + 1]))) return 0;
    const auto country = std::find_if(std::begin(kCountries), std::end(kCountries), [&](const Country& c) { return c.code == text.substr(at, 2); });
    if (country == std::end(kCountries)) return 0;
    std::string iban, digits;
    std::size_t spaces = 0, unknown = 0, end = at;
    for (; end < text.size() && iban.size() < country->length; ++end) {
      const char c = text[end];
      if (c == ' ' && end > at + 3 && spaces < 9) {
        ++spaces;
        continue;
      }
      unknown += c == kUnknown ? 1 : 0;
      if (!is_alnum(c) && !as_digit(c) && c != kUnknown) return 0;
      iban += c == kUnknown ? '0' : is_alnum(c) ? upper(c) : as_digit(c);
      digits += c == kUnknown ? '0' : iban.size() > 2 && as_digit(c) ? as_digit(c) : upper(c);
    }
    if (iban.size() != country->length || (end < text.size() && is_alnum(text[end]))) return 0;
    if (mod97(iban) == 1 || (unknown > 0 && unknown <= 2)) return end;
    const bool numeric = std::all_of(digits.begin() + 2, digits.end(), is_digit);
    if (numeric && mod97(digits) == 1) return end;
    return numeric && spaces + 1 == (country->length + 3) / 4 ? groups_end(text, end) : 0;
  }

  // Behind what a misread country made too short: the groups that follow.
  static std::size_t groups_end(std::string_view text, std::size_t end) {
    constexpr std::size_t kLargest = 4;
    while (end + 1 < text.size() && text[end] == ' ') {
      const std::size_t stop = std::min(text.find(' ', end + 1), text.size());
      const auto group = text.substr(end + 1, stop - end - 1);
      if (group.size() > kLargest || !std::all_of(group.begin(), group.end(), [](char c) { return as_digit(c) != '\0'; })) break;
      end = stop;
    }
    return end;
  }
};

}  // namespace

std::unique_ptr<Detector> number_detector() { return std::make_unique<NumberDetector>(); }

}  // namespace frostgate::redaction
