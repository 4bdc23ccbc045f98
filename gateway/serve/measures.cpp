#include "gateway/serve/measures.h"

#include <filesystem>

#include "gateway/base/log.h"
#include "gateway/serve/core.h"
#include "storage/catalog/segments.h"

namespace frostgate::serve {
namespace {

constexpr Microseconds of_seconds(int seconds) { return std::chrono::seconds(seconds); }

constexpr Microseconds kLiveLags[] = {of_seconds(1), of_seconds(2), of_seconds(3), of_seconds(4), of_seconds(5), of_seconds(7), of_seconds(10), of_seconds(15), of_seconds(30), of_seconds(60)};
constexpr Microseconds kRedactionLags[] = {of_seconds(1),   of_seconds(5),   of_seconds(15),   of_seconds(30),   of_seconds(60),    of_seconds(120),
                                           of_seconds(300), of_seconds(900), of_seconds(1800), of_seconds(3600), of_seconds(14400), of_seconds(86400)};

// What vanishes meanwhile has no size.
std::int64_t bytes_in(const std::filesystem::path& folder) {
  std::int64_t sum = 0;
  std::error_code failure;
  for (std::filesystem::recursive_directory_iterator entry(folder, std::filesystem::directory_options::skip_permission_denied, failure), end; !failure && entry != end; entry.increment(failure)) {
    std::error_code gone;
    const auto size = entry->is_regular_file(gone) ? entry->file_size(gone) : 0;
    if (!gone) sum += static_cast<std::int64_t>(size);
  }
  return sum;
}

}  // namespace

Measured::Measured() : relay_delay(kRelayDelays), live_lag(kLiveLags), redaction_lag(kRedactionLags) {
  for (const char* means : {"cache", "atlas", "tesseract", "hidden", "unread"}) lines[means] = 0;
}

bool Measures::relay_delays(std::span<const std::uint64_t> counts, Microseconds sum) {
  const std::lock_guard lock(mutex_);
  return measured_.relay_delay.add(counts, sum);
}

void Measures::live_lag(Microseconds behind) {
  const std::lock_guard lock(mutex_);
  measured_.live_lag.add(behind);
}

void Measures::redaction_lag(Microseconds took) {
  const std::lock_guard lock(mutex_);
  measured_.redaction_lag.add(took);
}

void Measures::lines(const std::string& means, std::uint64_t count) {
  const std::lock_guard lock(mutex_);
  measured_.lines[means] += count;
}

void Measures::session(const std::string& front, const std::string& back) {
  const std::lock_guard lock(mutex_);
  ++measured_.sessions[{front, back}];
}

void Measures::sign_in(const std::string& front, bool accepted) {
  const std::lock_guard lock(mutex_);
  ++measured_.sign_ins[{front, accepted}];
}

void Measures::decision(bool allowed) {
  const std::lock_guard lock(mutex_);
  ++measured_.decisions[allowed];
}

void Measures::storage(std::map<std::string, std::int64_t> bytes) {
  const std::lock_guard lock(mutex_);
  measured_.storage = std::move(bytes);
}

Measured Measures::so_far() const {
  const std::lock_guard lock(mutex_);
  return measured_;
}

void measure_storage(Core& core) {
  std::map<std::string, std::int64_t> bytes;
  const auto films = catalog::Segments(*core.catalog).sealed_bytes();
  if (!films) return log::warning("-", "how large the films are cannot be seen: {}", films.error().message);
  bytes["film"] = films.value().films;
  bytes["archived_film"] = films.value().archived;
  bytes["journal"] = bytes_in(core.config.journal_dir());
  if (core.config.postgresql.empty()) {
    std::error_code failure;
    const auto size = std::filesystem::file_size(core.config.catalog_file(), failure);
    if (!failure) bytes["catalog"] = static_cast<std::int64_t>(size);
  }
  core.measures.storage(std::move(bytes));
}

}  // namespace frostgate::serve
