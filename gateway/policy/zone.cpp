#include "gateway/policy/zone.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>

namespace frostgate::policy {
namespace {

using std::chrono::seconds;

constexpr std::size_t kHeader = 44, kMaxFile = 1 << 20;
// Summer time after the last change stands in a rule of its own, which is not read: Debian's files list the changes until then.
constexpr seconds kFarEnough{2'114'380'800};  // 2037-01-01

class Bytes {
 public:
  explicit Bytes(std::span<const std::byte> bytes) : bytes_(bytes) {}
  bool has(std::size_t count) const { return bytes_.size() - at_ >= count; }
  void skip(std::size_t count) { at_ += count; }
  std::size_t left() const { return bytes_.size() - at_; }
  std::uint64_t number(std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | std::to_integer<std::uint64_t>(bytes_[at_++]);
    return value;
  }
  std::string rest() const { return {reinterpret_cast<const char*>(bytes_.data()) + at_, left()}; }

 private:
  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
};

struct Counts {
  std::size_t utc, standard, leaps, times, types, letters;
  std::size_t body(std::size_t time_size) const {
    return times * time_size + times + types * 6 + letters + leaps * (time_size + 4) + standard + utc;
  }
};

Result<Counts> read_header(Bytes& in) {
  const Error corrupt{ErrorKind::corrupt, "is no time zone file (RFC 8536) of version 2 or later"};
  if (!in.has(kHeader) || in.number(4) != 0x545a6966) return corrupt;  // "TZif"
  if (in.number(1) < '2') return corrupt;
  in.skip(15);
  Counts counts{};
  for (std::size_t* count : {&counts.utc, &counts.standard, &counts.leaps, &counts.times, &counts.types, &counts.letters}) *count = in.number(4);
  if (counts.types == 0 || counts.types > 256 || counts.times > kMaxFile || counts.leaps > kMaxFile || counts.letters > kMaxFile) return corrupt;
  return counts;
}

bool plain(const std::string& name) {
  if (name.empty() || name.size() > 64 || name.front() == '/' || name.find("..") != std::string::npos) return false;
  return std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '/' || c == '_' || c == '-' || c == '+'; });
}

}  // namespace

Result<Zone> Zone::load(const std::string& name, const std::filesystem::path& database) {
  if (!plain(name)) return Error{ErrorKind::invalid, "\"" + name + "\" is no name of a time zone"};
  if (name == "UTC") return Zone();
  std::ifstream file(database / name, std::ios::binary);
  std::vector<char> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file || bytes.empty() || bytes.size() > kMaxFile)
    return Error{ErrorKind::not_found, "there is no time zone \"" + name + "\" in " + database.string() + " (Debian's tzdata)"};
  Result<Zone> zone = parse(std::as_bytes(std::span(bytes)));
  if (!zone) return zone.error().within((database / name).string());
  return zone;
}

Result<Zone> Zone::parse(std::span<const std::byte> tzif) {
  Bytes in(tzif);
  const Error corrupt{ErrorKind::corrupt, "is shorter than it says"};
  // The first part has 32-bit times, and is there for old readers.
  const Counts old = TRY(read_header(in));
  if (!in.has(old.body(4))) return corrupt;
  in.skip(old.body(4));
  const Counts counts = TRY(read_header(in));
  if (!in.has(counts.body(8))) return corrupt;
  Zone out;
  for (std::size_t i = 0; i < counts.times; ++i) out.changes_.push_back({seconds(static_cast<std::int64_t>(in.number(8))), {}});
  std::vector<std::size_t> types;
  for (std::size_t i = 0; i < counts.times; ++i) types.push_back(in.number(1));
  std::vector<seconds> offsets;
  for (std::size_t i = 0; i < counts.types; ++i) {
    offsets.emplace_back(static_cast<std::int32_t>(in.number(4)));
    in.skip(2);
  }
  for (std::size_t i = 0; i < counts.times; ++i) {
    if (types[i] >= offsets.size() || (i > 0 && out.changes_[i].from <= out.changes_[i - 1].from)) return Error{ErrorKind::corrupt, "contradicts itself"};
    out.changes_[i].offset = offsets[types[i]];
  }
  out.first_ = offsets.front();
  in.skip(counts.letters + counts.leaps * 12 + counts.standard + counts.utc);
  const bool summer_time_goes_on = in.rest().find(',') != std::string::npos;
  if (summer_time_goes_on && (out.changes_.empty() || out.changes_.back().from < kFarEnough)) {
    return Error{ErrorKind::unsupported, "lists no changes of summer time until 2037, as Debian's tzdata does"};
  }
  return out;
}

seconds Zone::offset(UtcTime time) const {
  const seconds moment = std::chrono::floor<seconds>(time.time_since_epoch());
  const auto next = std::upper_bound(changes_.begin(), changes_.end(), moment, [](seconds at, const Change& change) { return at < change.from; });
  return next == changes_.begin() ? first_ : std::prev(next)->offset;
}

}  // namespace frostgate::policy
