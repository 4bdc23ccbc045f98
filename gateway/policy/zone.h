// A time zone of the system's database (Debian's tzdata), read once, so that a decision depends on nothing but its arguments.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"

namespace frostgate::policy {

class Zone {
 public:
  // "Europe/Berlin", "UTC". Errors: `not_found`, `unsupported`, `corrupt`. Source: RFC 8536, version 2 and later.
  static Result<Zone> load(const std::string& name, const std::filesystem::path& database = "/usr/share/zoneinfo");
  static Result<Zone> parse(std::span<const std::byte> tzif);

  // How far local time is ahead of UTC then.
  std::chrono::seconds offset(UtcTime time) const;

 private:
  struct Change {
    std::chrono::seconds from{};  // since 1970, UTC
    std::chrono::seconds offset{};
  };
  std::chrono::seconds first_{};  // before the first change
  std::vector<Change> changes_;
};

}  // namespace frostgate::policy
