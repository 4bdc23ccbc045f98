#include "gateway/serve/core.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "gateway/base/log.h"
#include "gateway/base/utc_text.h"
#include "gateway/serve/alarms.h"
#include "gateway/serve/audit.h"
#include "gateway/serve/catalog_access.h"
#include "gateway/serve/custodians.h"
#include "gateway/serve/decision.h"
#include "gateway/serve/key_provider.h"
#include "gateway/serve/key_rotation.h"
#include "gateway/serve/retention.h"
#include "storage/catalog/keys.h"
#include "storage/catalog/policies.h"
#include "storage/crypto/hex.h"
#include "storage/crypto/random.h"
#include "storage/file_system.h"

namespace frostgate::serve {
namespace {

// A first start makes the key. A later one must find it: a new one would open nothing that the catalog holds.
Result<storage::KeyEncryptionKey> open_kek(const config::Config& config, catalog::Catalog& catalog) {
  const std::optional<std::vector<std::byte>> wrapped = TRY(catalog::Keys(catalog).any_wrapped());
  if (!wrapped) return load_or_create_key(config);
  if (key_in_file(config)) TRY(finish_key_rotation(config, *wrapped));
  Result<storage::KeyEncryptionKey> kek = load_key(config);
  const bool missing = !kek && kek.error().kind == ErrorKind::not_found;
  if (kek ? kek.value().wrapped_this(*wrapped) : !missing) return kek;
  return Error{ErrorKind::not_found,
               "the " + place_of_key(config) + (missing ? " is missing" : " is another key than the one that was used") +
                   ", and without the right one nobody can open the recordings and the targets' passwords in " +
                   (config.postgresql.empty() ? config.catalog_file().string() : "the catalog") + ". Put your copy back (a file has mode 0600); if the key is elsewhere now, see frostgate key rotate --previous. If there is none, move " +
                   config.data_dir.string() + " aside and start anew"};
}

Result<storage::SigningIdentity> open_signer(const config::Config& config, const std::string& host) {
  storage::FileSystem& files = storage::real_file_system();
  const auto certificate = config.signing_certificate(), key = config.signing_key();
  std::error_code ignored;
  // The certificate is written last: without it an earlier first start was cut short.
  const bool own = config.evidence.certificate.empty();
  if (own && !std::filesystem::exists(certificate, ignored)) {
    TRY(storage::SigningIdentity::make(files, certificate, key, "Frostgate evidence of " + host, utc_now()));
    log::warning("-", "made a signing key ({}): tell those who will check evidence the fingerprint of its certificate", certificate.string());
  }
  return storage::SigningIdentity::load(files, certificate, key);
}

}  // namespace

std::string host_name() {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == 0 && name[0] ? name : "localhost";
}

UtcTime utc_now() { return std::chrono::floor<Microseconds>(std::chrono::system_clock::now()); }

std::string to_text(UtcTime time) {
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count() % 1000;
  char fraction[8];
  std::snprintf(fraction, sizeof fraction, ".%03dZ", static_cast<int>(millis));
  return utc_text(time, "%Y-%m-%dT%H:%M:%S") + fraction;
}

Result<std::string> new_session_id(UtcTime now) {
  std::array<std::byte, 4> noise{};
  TRY(storage::random_bytes(noise));
  return utc_text(now, "%Y%m%d-%H%M%S-") + storage::to_hex(noise);
}

Result<std::unique_ptr<Core>> Core::open(config::Config config) {
  auto core = std::make_unique<Core>();
  core->config = std::move(config);
  core->node = host_name();
  storage::FileSystem& files = storage::real_file_system();
  for (const auto& directory : {core->config.data_dir, core->config.run_dir, core->config.journal_dir(),
                                core->config.vault_dir(), core->config.atlas_dir()}) {
    TRY(files.make_directories(directory));
  }
  core->policy.replace(TRY(policy::Policy::load(core->config.policy)));
  const Custodians custodians = TRY(load_custodians(core->config.custodians));
  TRY(check_custody(custodians, *core->policy.current()));
  TRY(check_classes(core->config.retention, *core->policy.current()));
  core->key_claim = TRY(claim_key(core->config, KeyUse::shared));
  core->catalog = TRY(catalog::Catalog::open(catalog_options(core->config)));
  core->kek = std::make_unique<storage::KeyEncryptionKey>(TRY(open_kek(core->config, *core->catalog)));
  TRY(catalog::Policies(*core->catalog).keep(core->policy->digest(), core->policy->text(), utc_now()));
  core->signer = std::make_unique<storage::SigningIdentity>(TRY(open_signer(core->config, core->node)));
  core->objects = std::make_unique<storage::TieredObjectStore>(TRY(open_objects(core->config, *core->catalog)));
  core->vault = std::make_unique<storage::Vault>(*core->objects);
  if (!core->config.directory.servers.empty()) core->directory = std::make_unique<directory::Directory>(core->config.directory);
  core->access = std::make_unique<access::Access>(*core->catalog, *core->kek, core->directory.get());
  core->providers = oidc::providers_of(core->config.sign_in);
  core->web_access = std::make_unique<access::WebAccess>(*core->catalog, *core->kek, *core->access, core->providers);
  core->alerts = std::make_unique<alerts::Alerts>(*core->catalog, core->config.alerts, core->node);
  core->approvals = std::make_unique<approvals::Approvals>(*core->catalog, [core = core.get()](const approvals::Request& request, const char* what) {
    const UtcTime now = utc_now();
    note_approval(*core, request, what, now);
    alert_approval(*core, request, what, now);
    announce(*core, request);
  });
  core->identity = TRY(ListenerIdentity::open(core->config, core->node, utc_now()));
  if (!core->config.target_authorities.empty()) {
    const std::vector<std::byte> pem = TRY(files.read_whole(core->config.target_authorities, 1 << 17));
    core->target_authorities.assign(reinterpret_cast<const char*>(pem.data()), pem.size());
  }
  return core;
}

}  // namespace frostgate::serve
