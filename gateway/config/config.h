// The configuration of `frostgate serve`: one YAML file, documented key by key in samples/gateway.yaml.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "gateway/alerts/settings.h"
#include "gateway/base/log.h"
#include "gateway/directory/settings.h"
#include "gateway/oidc/settings.h"
#include "gateway/policy/retention.h"

namespace frostgate::config {

struct ListenAddress {
  std::string host;         // a numeric IPv4 or IPv6 address
  std::uint16_t port = 0;   // 0: any free one
};

struct RedactionSettings {
  int workers = 1;
  int sessions = 4;  // running ones that are followed at a time
  std::string profile = "balanced";
  std::vector<std::string> languages{"eng"};
};

// What published films and the ledger are signed and stamped with.
struct EvidenceSettings {
  // PEM files; empty: a key in data_dir, made at first start.
  std::filesystem::path certificate, private_key;
  std::filesystem::path earlier_certificates;    // PEM; of keys that signed before
  std::string timestamp_url;                     // of an RFC 3161 authority; empty: none
  std::filesystem::path timestamp_certificates;  // PEM; what vouches for its stamps
  std::filesystem::path head_directory;          // where copies of the ledger's signed heads go; empty: nowhere
};

// For whom the journals' keys are kept where a rule says `original: sealed`.
struct CustodianSettings {
  int threshold = 0;                                // so many of them open an original together; 0: there are none
  std::vector<std::filesystem::path> certificates;  // PEM, one each
};

// Where the key-encryption key is, when it is in no file.
struct KeySettings {
  std::filesystem::path credential;      // a file that systemd has made
  std::filesystem::path module;          // or a PKCS#11 library, with the token and the key in it, by their labels
  std::string token, key;
  std::filesystem::path pin;             // a file with the token's PIN
};

struct Config {
  std::filesystem::path data_dir;
  std::filesystem::path run_dir;
  std::filesystem::path kek;  // empty: in data_dir
  KeySettings key;            // instead of the file
  std::string postgresql;     // the catalog's database, a connection string of libpq; empty: SQLite in data_dir
  std::filesystem::path policy;
  std::optional<ListenAddress> rdp;
  std::optional<ListenAddress> vnc;
  std::optional<ListenAddress> https;  // the API and the portal
  // PEM files; empty: a self-signed identity in data_dir, made at first start.
  std::filesystem::path tls_certificate;
  std::filesystem::path tls_private_key;
  // Or a PKCS#12 file, and a file with its password.
  std::filesystem::path tls_pkcs12;
  std::filesystem::path tls_pkcs12_password;
  std::filesystem::path target_authorities;  // PEM; empty: none
  int states_per_second = 5;
  int max_silent = 1000;
  std::int64_t disk_reserve = std::int64_t{2} << 30;  // bytes free in data_dir below which no session begins, and while sessions run no film and no export
  std::chrono::hours journal_grace{72};  // how long a journal outlives the publishing of its film
  int max_unauthenticated = 64;
  int max_unauthenticated_per_address = 16;
  int handshake_seconds = 15;
  int target_connect_seconds = 10;
  RedactionSettings redaction;
  EvidenceSettings evidence;
  CustodianSettings custodians;
  alerts::Settings alerts;
  directory::Settings directory;
  oidc::Settings sign_in;  // through which providers people sign in to the portal
  int access_review_days = 0;  // between two signatures for who may do what; 0: none is wanted
  std::filesystem::path archive;                  // the directory that films are moved to; empty: none
  std::vector<policy::RetentionClass> retention;  // the first that names a recording counts; none: it is kept
  log::Level log_level = log::Level::info;

  std::filesystem::path control_socket() const { return run_dir / "control.sock"; }
  std::filesystem::path catalog_file() const { return data_dir / "catalog.sqlite"; }
  std::filesystem::path key_file() const { return kek.empty() ? data_dir / "kek" : kek; }
  std::filesystem::path signing_certificate() const { return evidence.certificate.empty() ? data_dir / "signing.crt" : evidence.certificate; }
  std::filesystem::path signing_key() const { return evidence.private_key.empty() ? data_dir / "signing.key" : evidence.private_key; }
  std::filesystem::path journal_dir() const { return data_dir / "journal"; }
  std::filesystem::path vault_dir() const { return data_dir / "vault"; }
  std::filesystem::path atlas_dir() const { return data_dir / "atlas"; }  // what each target's screens taught about its fonts
};

// Relative paths in the file are relative to the file's folder. The error lists every problem with file and line.
Result<Config> load(const std::filesystem::path& file);

// "127.0.0.1:3389", "[::1]:3389".
Result<ListenAddress> parse_address(const std::string& text);

}  // namespace frostgate::config
