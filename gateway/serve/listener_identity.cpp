#include "gateway/serve/listener_identity.h"

#include "gateway/base/log.h"

namespace frostgate::serve {
namespace {

constexpr auto kWarningTime = std::chrono::hours(30 * 24);
constexpr auto kWarningInterval = std::chrono::hours(24);

}  // namespace

Result<crypto::PemIdentity> load_listener_identity(const config::Config& config) {
  crypto::PemIdentity identity = TRY(crypto::load_configured_identity(config.tls_certificate, config.tls_private_key, config.tls_pkcs12, config.tls_pkcs12_password));
  // libfreerdp 2.11 fails at it on either side, and Windows' TLS has no such certificates.
  if (config.rdp && (identity.key_kind == "ED25519" || identity.key_kind == "ED448")) {
    return Error{ErrorKind::invalid, (config.tls_pkcs12.empty() ? config.tls_certificate : config.tls_pkcs12).string() + ": its key is " + identity.key_kind +
                                         ", with which RDP does not work; take one with RSA or ECDSA (P-256, P-384), or do not listen for RDP"};
  }
  return identity;
}

Result<std::unique_ptr<ListenerIdentity>> ListenerIdentity::open(const config::Config& config, const std::string& host,
                                                                 UtcTime now) {
  std::unique_ptr<ListenerIdentity> out(new ListenerIdentity(config));
  if (config.tls_certificate.empty() && config.tls_pkcs12.empty()) {
    out->self_signed_ = config.data_dir;
    const auto certificate = config.data_dir / "self-signed.crt", key = config.data_dir / "self-signed.key";
    std::error_code ignored;
    // The certificate is written last: without it an earlier first start was cut short.
    if (!std::filesystem::exists(certificate, ignored)) {
      TRY(crypto::make_self_signed(certificate, key, host, now));
      log::warning("-", "made a self-signed certificate ({}): good for trying out, not for people; see tls in the "
                        "configuration", certificate.string());
    }
  }
  out->times_ = out->times();
  crypto::PemIdentity loaded = TRY(out->load());
  out->current_ = std::make_shared<const crypto::PemIdentity>(std::move(loaded));
  out->warn_before_the_end(now);
  return out;
}

Result<crypto::PemIdentity> ListenerIdentity::load() const {
  if (!self_signed_.empty()) return crypto::load_identity(self_signed_ / "self-signed.crt", self_signed_ / "self-signed.key");
  return load_listener_identity(config_);
}

std::vector<std::filesystem::file_time_type> ListenerIdentity::times() const {
  std::vector<std::filesystem::file_time_type> out;
  for (const auto& file : {config_.tls_certificate, config_.tls_private_key, config_.tls_pkcs12, config_.tls_pkcs12_password}) {
    std::error_code missing;
    out.push_back(file.empty() ? std::filesystem::file_time_type() : std::filesystem::last_write_time(file, missing));
  }
  return out;
}

std::shared_ptr<const crypto::PemIdentity> ListenerIdentity::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

void ListenerIdentity::refresh(UtcTime now, bool always) {
  std::vector<std::filesystem::file_time_type> found = times();
  if (always || found != times_) {
    times_ = std::move(found);
    Result<crypto::PemIdentity> loaded = load();
    if (!loaded) {
      log::error("-", "the certificate was not taken anew: {}; the old one stays in use", loaded.error().message);
    } else {
      log::info("-", "certificate {} is in use from now on", loaded.value().fingerprint);
      auto fresh = std::make_shared<const crypto::PemIdentity>(std::move(loaded).value());
      const std::lock_guard lock(mutex_);
      current_ = std::move(fresh);
      warned_.reset();
    }
  }
  warn_before_the_end(now);
}

void ListenerIdentity::warn_before_the_end(UtcTime now) {
  const auto left = current()->not_after - now;
  if (left > kWarningTime || (warned_ && now - *warned_ < kWarningInterval)) return;
  warned_ = now;
  const auto days = std::chrono::duration_cast<std::chrono::hours>(left).count() / 24;
  if (left.count() <= 0) log::error("-", "the certificate that clients see has expired; they will refuse or warn");
  else log::warning("-", "the certificate that clients see expires in {} days; put a new one in its place", days);
}

}  // namespace frostgate::serve
