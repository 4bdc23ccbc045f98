// `frostgate doctor`: what a machine needs to run serve, and what to do about what it lacks. Works without serve.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include <nlohmann/json.hpp>

#include "gateway/base/descriptor.h"
#include "gateway/base/ocr_models.h"
#include "gateway/cli/commands.h"
#include "gateway/config/config.h"
#include "gateway/directory/examination.h"
#include "gateway/base/secret_file.h"
#include "gateway/oidc/provider.h"
#include "gateway/policy/policy.h"
#include "gateway/redact/word_lists.h"
#include "gateway/serve/core.h"
#include "gateway/serve/custodians.h"
#include "gateway/serve/key_provider.h"
#include "gateway/serve/listener.h"
#include "gateway/serve/listener_identity.h"
#include "gateway/serve/retention.h"

namespace frostgate::cli {
namespace {

namespace fs = std::filesystem;

enum class Verdict { good, warning, bad };

struct Finding {
  Verdict verdict;
  std::string what;
  std::string advice;  // empty when there is nothing to do
};
using Findings = std::vector<Finding>;

// Versions of what we are linked with, asked by name so that no foreign header is needed here.
std::string version_of(const char* symbol) {
  using Function = const char* (*)();
  const auto function = reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, symbol));
  return function ? function() : "?";
}

void check_versions(Findings& out) {
  std::string all = "FreeRDP " + version_of("freerdp_get_version_string") + ", FFmpeg " + version_of("av_version_info") +
                    ", Tesseract " + version_of("TessVersion") + ", SQLite " + version_of("sqlite3_libversion") +
                    ", zstd " + version_of("ZSTD_versionString");
  out.push_back({Verdict::good, "libraries: " + all, ""});
}

void check_fonts(Findings& out) {
  std::error_code failure;
  int fonts = 0;
  for (const auto& entry : fs::recursive_directory_iterator("/usr/share/fonts", failure)) {
    const std::string ending = entry.path().extension().string();
    fonts += ending == ".ttf" || ending == ".otf";
  }
  if (fonts > 0) out.push_back({Verdict::good, "fonts: " + std::to_string(fonts) + " scalable", ""});
  else out.push_back({Verdict::warning, "fonts: none found in /usr/share/fonts", "apt-get install fonts-dejavu-core"});
}

void check_ocr(const std::vector<std::string>& languages, Findings& out) {
  const fs::path folder = ocr_model_folder();
  for (const std::string& language : languages) {
    const bool there = fs::exists(folder / (language + ".traineddata"));
    out.push_back({there ? Verdict::good : Verdict::bad,
                   "OCR data for \"" + language + "\": " + (there ? "in " : "missing in ") + folder.string(),
                   there ? "" : ocr_model_remedy(language)});
  }
}

void check_word_lists(const std::vector<std::string>& languages, Findings& out) {
  for (const redact::WordList& list : redact::word_lists(languages)) {
    const bool there = ::access(list.file.c_str(), R_OK) == 0;
    out.push_back({there ? Verdict::good : Verdict::warning,
                   "words that the strict profile may show: " + list.file.string() + (there ? "" : " is missing, so it covers more"),
                   there ? "" : "apt-get install " + list.package});
  }
}

void check_thread_limit(Findings& out) {
  // serve sets it for its workers; only `frostgate redact` started by hand takes it from here (and starts itself again).
  const char* limit = std::getenv("OMP_THREAD_LIMIT");
  out.push_back({Verdict::good, std::string("OMP_THREAD_LIMIT: ") + (limit ? limit : "not set here") +
                                    "; workers get 1", ""});
}

void check_directory(const fs::path& path, const char* what, Findings& out) {
  std::error_code failure;
  fs::path existing = path;
  while (!fs::exists(existing, failure) && existing.has_parent_path() && existing != existing.parent_path()) {
    existing = existing.parent_path();
  }
  if (::access(existing.c_str(), W_OK) != 0) {
    out.push_back({Verdict::bad, std::string(what) + " " + path.string() + ": this user cannot write in " + existing.string(),
                   "create it for the user that runs serve: install -d -m 0700 -o USER " + path.string()});
    return;
  }
  struct stat status {};
  if (existing == path && stat(path.c_str(), &status) == 0 && (status.st_mode & 077) != 0) {
    out.push_back({Verdict::warning, std::string(what) + " " + path.string() + ": other users may look in",
                   "chmod 0700 " + path.string()});
    return;
  }
  out.push_back({Verdict::good, std::string(what) + " " + path.string() + ": writable", ""});
}

bool on_one_disk(const fs::path& a, const fs::path& b) {
  struct stat first {}, second {};
  return stat(a.c_str(), &first) == 0 && stat(b.c_str(), &second) == 0 && first.st_dev == second.st_dev;
}

// That a recording was removed is seen against what left this machine, and against nothing else.
void check_heads(const config::Config& config, Findings& out) {
  const fs::path& place = config.evidence.head_directory;
  const bool told = std::ranges::any_of(config.alerts.sinks, [](const alerts::Sink& sink) { return sink.type == alerts::Sink::Type::syslog; });
  if (!place.empty()) {
    check_directory(place, "evidence.head_directory", out);
    if (on_one_disk(place, config.data_dir)) {
      out.push_back({Verdict::warning, "evidence.head_directory: on the same disk as the catalog: who can change one can change both", "put it on another machine, where this one can only add files"});
    }
  }
  if (place.empty() && !told && config.evidence.timestamp_url.empty()) {
    out.push_back({Verdict::warning, "heads of the ledger: they do not leave this machine, so who rules it can remove recordings unseen",
                   "set evidence.head_directory, evidence.timestamp_url, or a syslog sink under alerts"});
  }
}

void check_key(const config::Config& config, Findings& out) {
  if (!serve::key_in_file(config)) {
    const auto key = serve::load_key(config);
    const bool usable = key || (key.error().kind == ErrorKind::not_found && !config.key.module.empty());
    return out.push_back({usable ? Verdict::good : Verdict::bad, "key-encryption key: " + serve::place_of_key(config) + (key ? "" : usable ? " will be made" : ": " + key.error().message),
                          usable ? "" : "without it serve does not start"});
  }
  struct stat key {};
  if (stat(config.key_file().c_str(), &key) != 0) {
    out.push_back({Verdict::good, "key-encryption key: will be made at " + config.key_file().string(),
                   "after the first start, keep a copy of it somewhere else: without it every recording is lost"});
    return;
  }
  const bool safe = (key.st_mode & 077) == 0;
  out.push_back({safe ? Verdict::good : Verdict::bad, "key-encryption key: " + config.key_file().string(),
                 safe ? "" : "chmod 0600 " + config.key_file().string()});
  if (on_one_disk(config.vault_dir(), config.key_file())) {
    out.push_back({Verdict::warning, "key-encryption key: on the same disk as the recordings: who has the disk has both",
                   "put it on another (key_file), or encrypt the disk"});
  }
}

void check_disk(const fs::path& path, Findings& out) {
  fs::path existing = path;
  std::error_code failure;
  while (!fs::exists(existing, failure) && existing != existing.parent_path()) existing = existing.parent_path();
  struct statvfs space {};
  if (statvfs(existing.c_str(), &space) != 0) return;
  const double free_gib = static_cast<double>(space.f_bavail) * static_cast<double>(space.f_frsize) / (1 << 30);
  // Journals take up to 400 MB an hour and session, films 30 to 120.
  const Verdict verdict = free_gib < 1 ? Verdict::bad : free_gib < 10 ? Verdict::warning : Verdict::good;
  char text[64];
  std::snprintf(text, sizeof text, "disk: %.1f GiB free for ", free_gib);
  out.push_back({verdict, text + path.string(), verdict == Verdict::good ? "" : "make room: a session needs up to 0.4 GB an hour"});
}

void check_port(const std::optional<config::ListenAddress>& address, const char* what, Findings& out) {
  if (!address) {
    out.push_back({Verdict::good, std::string(what) + " listener: off", ""});
    return;
  }
  const auto socket = serve::listen_on(*address);
  const std::string where = address->host + " port " + std::to_string(address->port);
  if (socket) out.push_back({Verdict::good, std::string(what) + " listener: " + where + " is free", ""});
  else out.push_back({Verdict::warning, std::string(what) + " listener: " + socket.error().message,
                      "another program listens there (serve itself, if it runs); ports below 1024 need root"});
}

void check_clock(Findings& out) {
  timex status{};
  const bool synchronised = adjtimex(&status) >= 0 && (status.status & STA_UNSYNC) == 0;
  out.push_back({synchronised ? Verdict::good : Verdict::warning,
                 synchronised ? "clock: synchronised" : "clock: the kernel does not call it synchronised",
                 synchronised ? "" : "run an NTP client (apt-get install chrony): times in evidence should be true"});
}

void check_custodians(const config::Config& config, const policy::Policy& policy, Findings& out) {
  const auto custodians = serve::load_custodians(config.custodians);
  const Result<void> enough = custodians ? serve::check_custody(custodians.value(), policy) : Result<void>(custodians.error());
  if (!enough) return out.push_back({Verdict::bad, "custodians: " + enough.error().message, "correct custodians in the configuration: serve does not start without"});
  if (custodians.value().people.empty()) return;
  const UtcTime now = serve::utc_now();
  const bool over = !serve::expiring(custodians.value(), now, Microseconds(0)).empty();
  for (const std::string& problem : serve::expiring(custodians.value(), now, std::chrono::days(30))) {
    out.push_back({over ? Verdict::bad : Verdict::warning, "custodians: " + problem, "put a new certificate in its place: originals are not sealed for one that has ended"});
  }
  if (!over) out.push_back({Verdict::good, "custodians: " + std::to_string(config.custodians.threshold) + " of " + std::to_string(custodians.value().people.size()) + " open an original", ""});
}

void check_retention(const config::Config& config, const policy::Policy& policy, Findings& out) {
  if (const Result<void> known = serve::check_classes(config.retention, policy); !known) {
    out.push_back({Verdict::bad, "retention: " + known.error().message, "name a class that is there, or add it: serve does not start without"});
  }
}

void check_directory_servers(const config::Config& config, Findings& out) {
  for (const directory::Step& step : directory::examine_servers(config.directory)) {
    out.push_back({step.good ? Verdict::good : Verdict::bad, "directory: " + step.text, step.good ? "" : "see gateway/directory/README.md; local users sign in without it"});
  }
}

void check_providers(const config::Config& config, Findings& out) {
  const UtcTime now = std::chrono::floor<Microseconds>(std::chrono::system_clock::now());
  for (const auto& provider : oidc::providers_of(config.sign_in)) {
    const oidc::ProviderSettings& settings = provider->settings();
    const std::string what = "provider " + settings.name + ": ", advice = "see gateway/oidc/README.md; local users sign in without it";
    if (!settings.client_secret.empty()) {
      if (const auto secret = read_secret_file(settings.client_secret, "its client secret"); !secret) out.push_back({Verdict::bad, what + secret.error().message, advice});
    }
    if (const auto answer = provider->probe(now); answer) out.push_back({Verdict::good, what + settings.issuer + " answers, with keys that we can use; it must send people back to " + config.sign_in.redirect_url(), ""});
    else out.push_back({Verdict::bad, answer.error().message, advice});
  }
  if (!config.sign_in.providers.empty() && !config.https) out.push_back({Verdict::warning, "sign_in: without listen.https there is no portal to sign in to", "set listen.https"});
}

Findings examine(const config::Config& config) {
  Findings out;
  check_versions(out);
  check_fonts(out);
  check_ocr(config.redaction.languages, out);
  check_word_lists(config.redaction.languages, out);
  check_thread_limit(out);
  check_directory(config.data_dir, "data_dir", out);
  check_directory(config.run_dir, "run_dir", out);
  if (!config.archive.empty()) check_directory(config.archive, "archive", out);
  check_key(config, out);
  check_heads(config, out);
  check_disk(config.data_dir, out);
  check_port(config.rdp, "RDP", out);
  check_port(config.vnc, "VNC", out);
  check_port(config.https, "HTTPS", out);
  check_clock(out);
  check_directory_servers(config, out);
  check_providers(config, out);
  if (const auto policy = policy::Policy::load(config.policy); policy) {
    check_custodians(config, policy.value(), out);
    check_retention(config, policy.value(), out);
    out.push_back({Verdict::good, "policy: " + std::to_string(policy.value().rules().size()) + " rules in " + config.policy.string(), ""});
  } else {
    out.push_back({Verdict::bad, "policy: " + policy.error().message, "correct the file; nobody can connect without a policy"});
  }
  if (config.tls_certificate.empty() && config.tls_pkcs12.empty()) {
    out.push_back({Verdict::warning, "certificate: self-signed", "set tls.certificate and tls.private_key, or tls.pkcs12, to your organisation's"});
  } else if (const auto identity = serve::load_listener_identity(config); !identity) {
    out.push_back({Verdict::bad, "certificate: " + identity.error().message, "check tls in the configuration"});
  }
  return out;
}

const char* name_of(Verdict verdict) {
  return verdict == Verdict::good ? "ok" : verdict == Verdict::warning ? "warning" : "problem";
}

void doctor(Context& context) {
  const auto config = config::load(context.config_file);
  if (!config) return context.fail(config.error());
  bool usable = true;
  nlohmann::json rows = nlohmann::json::array();
  for (const Finding& finding : examine(config.value())) {
    usable = usable && finding.verdict != Verdict::bad;
    rows.push_back({{"verdict", name_of(finding.verdict)}, {"what", finding.what}, {"advice", finding.advice}});
    if (context.json) continue;
    std::cout << (finding.verdict == Verdict::good ? "  ok       " : finding.verdict == Verdict::warning ? "  warning  " : "  PROBLEM  ")
              << finding.what << '\n';
    if (!finding.advice.empty()) std::cout << "           -> " << finding.advice << '\n';
  }
  if (context.json) std::cout << rows.dump(2) << '\n';
  context.exit_status = usable ? kExitOk : kExitError;
}

}  // namespace

void add_doctor(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("doctor", "Checks this machine and the configuration, and says what to do");
  add_config_option(*command, context);
  command->callback([&context] { doctor(context); });
}

}  // namespace frostgate::cli
