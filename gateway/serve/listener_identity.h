// The certificate and key that clients see, taken anew from their files without a restart.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "gateway/config/config.h"
#include "gateway/crypto/tls_identity.h"

namespace frostgate::serve {

// What the configuration names, if clients can use it. Errors: as of crypto::load_configured_identity(), and invalid for a key with which RDP does not work where
// the gateway listens for it.
Result<crypto::PemIdentity> load_listener_identity(const config::Config& config);

class ListenerIdentity {
 public:
  // Without files in the configuration: a self-signed identity in data_dir, made for `host` at first start.
  static Result<std::unique_ptr<ListenerIdentity>> open(const config::Config& config, const std::string& host, UtcTime now);

  // Thread-safe; sessions that have begun keep what they got.
  std::shared_ptr<const crypto::PemIdentity> current() const;
  // Of the organisation, not self-signed by us.
  bool configured() const { return self_signed_.empty(); }

  // Call now and then, from one thread: loads the files again when one of them has changed, or in any case (`always`), and
  // warns once a day from 30 days before the certificate's end. What does not load is logged, and the old one stays.
  void refresh(UtcTime now, bool always = false);

 private:
  explicit ListenerIdentity(const config::Config& config) : config_(config) {}
  Result<crypto::PemIdentity> load() const;
  std::vector<std::filesystem::file_time_type> times() const;
  void warn_before_the_end(UtcTime now);

  const config::Config& config_;
  std::filesystem::path self_signed_;  // the folder; empty: the configuration names files
  std::vector<std::filesystem::file_time_type> times_;
  std::optional<UtcTime> warned_;
  mutable std::mutex mutex_;
  std::shared_ptr<const crypto::PemIdentity> current_;
};

}  // namespace frostgate::serve
