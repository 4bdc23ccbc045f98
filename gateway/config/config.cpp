#include "gateway/config/config.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstdlib>

#include "gateway/alerts/settings_reader.h"
#include "gateway/base/ocr_models.h"
#include "gateway/config/yaml_reader.h"
#include "gateway/directory/settings_reader.h"
#include "gateway/oidc/settings_reader.h"

namespace frostgate::config {
namespace {

constexpr std::int64_t kMostCustodians = 32;

std::filesystem::path resolved(const std::string& path, const std::filesystem::path& base) {
  if (path.empty()) return {};
  return (std::filesystem::path(path).is_absolute() ? std::filesystem::path(path) : base / path).lexically_normal();
}

std::optional<ListenAddress> address(MappingReader& in, const char* key, const char* fallback) {
  const std::string text = in.text(key, fallback);
  if (text == "off") return std::nullopt;
  Result<ListenAddress> parsed = parse_address(text);
  if (!parsed) {
    in.problem(key, parsed.error().message);
    return std::nullopt;
  }
  return parsed.value();
}

void read_log(MappingReader& in, Config& out) {
  const std::string level = in.choice("level", "info", {"debug", "info", "warning", "error"});
  out.log_level = level == "debug"     ? log::Level::debug
                  : level == "warning" ? log::Level::warning
                  : level == "error"   ? log::Level::error
                                       : log::Level::info;
}

void read_redaction(MappingReader& in, RedactionSettings& out) {
  out.workers = static_cast<int>(in.number("workers", out.workers, 0, 64));
  out.sessions = static_cast<int>(in.number("sessions", out.sessions, 1, 256));
  out.profile = in.choice("profile", out.profile, {"balanced", "strict"});
  out.languages = in.texts("languages", out.languages);
  if (const auto problem = malformed_languages(out.languages)) in.problem("languages", *problem);
}

void read_evidence(MappingReader& in, const std::filesystem::path& base, EvidenceSettings& out) {
  out.certificate = resolved(in.text("certificate", ""), base);
  out.private_key = resolved(in.text("private_key", ""), base);
  if (out.certificate.empty() != out.private_key.empty()) {
    in.problem("certificate", "and \"private_key\" go together: give both or neither");
  }
  out.earlier_certificates = resolved(in.text("earlier_certificates", ""), base);
  out.timestamp_url = in.text("timestamp_url", "");
  if (!out.timestamp_url.empty() && !out.timestamp_url.starts_with("http://")) {
    in.problem("timestamp_url", "must begin with http:// (what the authority answers is signed)");
  }
  out.timestamp_certificates = resolved(in.text("timestamp_certificates", ""), base);
  if (out.timestamp_url.empty() != out.timestamp_certificates.empty()) {
    in.problem("timestamp_url", "and \"timestamp_certificates\" go together: give both or neither");
  }
  out.head_directory = resolved(in.text("head_directory", ""), base);
}

// Without systemd there is none: said when it is read, so that `doctor` on a shell can look at the rest.
std::filesystem::path credential_file(MappingReader& in, const char* key) {
  const std::string name = in.text(key, "");
  if (name.empty()) return {};
  if (name.find('/') != std::string::npos || name.starts_with('.')) in.problem(key, "must be the plain name of a credential, as in LoadCredential= of the systemd unit");
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  return std::filesystem::path(folder ? folder : "/run/credentials/frostgate.service") / name;
}

void read_key(MappingReader& in, const std::filesystem::path& base, KeySettings& out) {
  if (in.empty()) return;
  out.module = resolved(in.required_text("module").value_or("."), base);
  out.token = in.required_text("token").value_or("?");
  out.key = in.text("key", "frostgate");
  out.pin = resolved(in.text("pin_file", ""), base);
  const std::filesystem::path credential = credential_file(in, "pin_credential");
  if (out.pin.empty() == credential.empty()) in.problem("pin_file", "or \"pin_credential\": give one of them");
  if (out.pin.empty()) out.pin = credential;
}

void read_custodians(MappingReader& in, const std::filesystem::path& base, CustodianSettings& out) {
  if (in.empty()) return;
  for (const std::string& file : in.texts("certificates", {})) out.certificates.push_back(resolved(file, base));
  const auto count = static_cast<std::int64_t>(out.certificates.size());
  if (count < 1 || count > kMostCustodians) {
    in.problem("certificates", "has " + std::to_string(count) + " files; expected 1 to " + std::to_string(kMostCustodians) + ", one for each custodian");
  }
  out.threshold = static_cast<int>(in.number("threshold", 0, 1, kMostCustodians));
  if (out.threshold == 0) in.problem("threshold", "is missing; expected how many custodians open an original together");
  if (out.threshold > count) in.problem("threshold", "is " + std::to_string(out.threshold) + ", but there are only " + std::to_string(count) + " custodians");
}

policy::RetentionClass read_retention_class(MappingReader& in, bool has_archive) {
  policy::RetentionClass out;
  out.name = in.required_text("name").value_or("?");
  out.users = in.texts("users", out.users);
  out.targets = in.texts("targets", out.targets);
  in.mapping("tags", [&](MappingReader& tags) {
    for (auto& [name, value] : tags.all_texts()) out.tags.emplace(name, value);
  });
  // 0 stands for a missing number: nothing is deleted on the day it was made by mistake.
  out.keep = std::chrono::days(in.number("keep_days", 0, 1, 36500));
  out.archive = std::chrono::days(in.number("archive_days", 0, 0, 36500));
  if (out.archive.count() > 0 && !has_archive) in.problem("archive_days", "needs \"archive\", the directory that films are moved to");
  if (out.archive.count() > 0 && out.archive >= out.keep) in.problem("archive_days", "must be less than keep_days: films are deleted by then");
  if (out.keep.count() == 0) in.problem("keep_days", "is missing; expected a number of days from 1 to 36500");
  return out;
}

}  // namespace

Result<ListenAddress> parse_address(const std::string& text) {
  const Error bad{ErrorKind::invalid,
                  "is \"" + text + "\"; expected ADDRESS:PORT such as 127.0.0.1:3389 or [::1]:3389, or off"};
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return bad;
  ListenAddress out;
  out.host = text.substr(0, colon);
  if (out.host.size() > 2 && out.host.front() == '[' && out.host.back() == ']') {
    out.host = out.host.substr(1, out.host.size() - 2);
  }
  unsigned char buffer[16];
  if (inet_pton(AF_INET, out.host.c_str(), buffer) != 1 && inet_pton(AF_INET6, out.host.c_str(), buffer) != 1) {
    return bad;
  }
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data() + colon + 1, end, out.port);
  if (failure != std::errc() || stop != end) return bad;
  return out;
}

Result<Config> load(const std::filesystem::path& file) {
  const Document document = TRY(load_yaml(file.string()));
  std::error_code ignored;
  const std::filesystem::path base = std::filesystem::absolute(file, ignored).parent_path();
  std::vector<std::string> problems;
  Config out;
  {
    MappingReader in(document.root, file.string(), problems);
    out.data_dir = resolved(in.required_text("data_dir").value_or("."), base);
    out.run_dir = resolved(in.text("run_dir", (out.data_dir / "run").string()), base);
    out.kek = resolved(in.text("key_file", (out.data_dir / "kek").string()), base);
    out.key.credential = credential_file(in, "key_credential");
    in.mapping("key_token", [&](MappingReader& token) { read_key(token, base, out.key); });
    if (!out.key.credential.empty() && !out.key.module.empty()) in.problem("key_token", "and \"key_credential\" exclude each other: give one of them");
    out.postgresql = in.text("postgresql", "");
    out.policy = resolved(in.required_text("policy").value_or("."), base);
    in.mapping("listen", [&](MappingReader& listen) {
      out.rdp = address(listen, "rdp", "0.0.0.0:3389");
      out.vnc = address(listen, "vnc", "0.0.0.0:5900");
      out.https = address(listen, "https", "off");
    });
    in.mapping("tls", [&](MappingReader& tls) {
      out.tls_certificate = resolved(tls.text("certificate", ""), base);
      out.tls_private_key = resolved(tls.text("private_key", ""), base);
      out.target_authorities = resolved(tls.text("target_authorities", ""), base);
      if (out.tls_certificate.empty() != out.tls_private_key.empty()) {
        tls.problem("certificate", "and \"private_key\" go together: give both or neither");
      }
      out.tls_pkcs12 = resolved(tls.text("pkcs12", ""), base);
      out.tls_pkcs12_password = resolved(tls.text("pkcs12_password", ""), base);
      if (!out.tls_pkcs12.empty() && !out.tls_certificate.empty()) {
        tls.problem("pkcs12", "and \"certificate\" exclude each other: give one of them");
      }
      if (out.tls_pkcs12.empty() && !out.tls_pkcs12_password.empty()) {
        tls.problem("pkcs12_password", "is of no use without \"pkcs12\"");
      }
    });
    in.mapping("recording", [&](MappingReader& recording) {
      out.states_per_second = static_cast<int>(recording.number("states_per_second", 5, 1, 30));
      out.disk_reserve = std::int64_t{recording.number("disk_reserve_mb", 2048, 0, 1'000'000'000)} << 20;
      out.journal_grace = std::chrono::hours(recording.number("journal_grace_hours", 72, 0, 24 * 365));
    });
    in.mapping("limits", [&](MappingReader& limits) {
      out.max_silent = static_cast<int>(limits.number("silent", 1000, 1, 100000));
      out.max_unauthenticated = static_cast<int>(limits.number("unauthenticated", 64, 1, 10000));
      out.max_unauthenticated_per_address =
          static_cast<int>(limits.number("unauthenticated_per_address", 16, 1, 10000));
      out.handshake_seconds = static_cast<int>(limits.number("handshake_seconds", 15, 1, 15));
      out.target_connect_seconds = static_cast<int>(limits.number("target_connect_seconds", 10, 1, 60));
    });
    in.mapping("redaction", [&](MappingReader& redaction) { read_redaction(redaction, out.redaction); });
    in.mapping("evidence", [&](MappingReader& evidence) { read_evidence(evidence, base, out.evidence); });
    out.access_review_days = static_cast<int>(in.number("access_review_days", 0, 0, 3660));
    in.mapping("custodians", [&](MappingReader& custodians) { read_custodians(custodians, base, out.custodians); });
    out.archive = resolved(in.text("archive", ""), base);
    in.each("retention", [&](MappingReader& one) { out.retention.push_back(read_retention_class(one, !out.archive.empty())); });
    in.mapping("alerts", [&](MappingReader& alerts) { out.alerts = alerts::read_settings(alerts, base); });
    in.mapping("directory", [&](MappingReader& directory) { out.directory = directory::read_settings(directory, base); });
    in.mapping("sign_in", [&](MappingReader& sign_in) { out.sign_in = oidc::read_settings(sign_in, base); });
    in.mapping("log", [&](MappingReader& log) { read_log(log, out); });
  }
  TRY(as_result(problems));
  return out;
}

}  // namespace frostgate::config
