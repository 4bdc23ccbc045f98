#include "gateway/backup/restore.h"

#include <algorithm>
#include <map>

#include "gateway/backup/backup_manifest.h"
#include "gateway/backup/configured_files.h"
#include "gateway/base/whole_file.h"
#include "gateway/evidence/restoration.h"
#include "gateway/evidence/trusted_signers.h"
#include "gateway/serve/catalog_access.h"
#include "gateway/serve/catalog_copy.h"
#include "gateway/serve/key_provider.h"
#include "gateway/serve/key_rotation.h"
#include "gateway/serve/late_deletions.h"
#include "storage/catalog/copies.h"
#include "storage/catalog/deletions.h"
#include "storage/catalog/visible_text.h"
#include "storage/catalog/keys.h"
#include "storage/manifest/signed_text.h"
#include "storage/tiered_object_store.h"

namespace frostgate::backup {
namespace {

namespace fs = std::filesystem;
using storage::KeyEncryptionKey;

constexpr std::size_t kMaxRestoredBytes = std::size_t{16} << 20;
constexpr std::uint64_t kMaxSignedBytes = std::uint64_t{1} << 20;

struct RestoredFile {
  fs::path path;
  std::vector<std::byte> bytes;
};

Result<KeyEncryptionKey> key_of(const Restore& wanted) {
  if (!wanted.key_file.empty()) return KeyEncryptionKey::load(storage::real_file_system(), wanted.key_file);
  const config::Config config = TRY(config::load(wanted.key_config));
  return serve::load_key(config);
}

// Before anything is written.
Error unusable(const Restore& wanted, const Error& error) { return error.within("nothing was replaced: the backup in " + wanted.folder.string()); }

class Restoring {
 public:
  Restoring(const Restore& wanted, OpenedBackup backup, UtcTime now, storage::FileSystem& files) : wanted_(wanted), backup_(std::move(backup)), now_(now), files_(files) {}

  Result<Restored> run() {
    if (const Result<void> whole = open_all(); !whole) return unusable(wanted_, whole.error());
    config_ = TRY(configuration());
    TRY(find_places());
    TRY(files_.make_directories(config_.data_dir));
    const Descriptor claimed = TRY(serve::claim_key(config_, serve::KeyUse::alone));
    TRY(refuse_to_replace());
    // One that an earlier call left is removed, by serve too.
    const Descriptor copying = TRY(serve::claim_catalog_copy(config_));
    TRY(stage_catalog());
    TRY(write_files());
    TRY(catch_up());
    TRY(take_place());
    out_.made = backup_.manifest.made;
    out_.entries = backup_.manifest.entries;
    return std::move(out_);
  }

 private:
  // Every object once: small files are kept, the catalog is only looked at.
  Result<void> open_all() {
    bool catalog = false;
    for (const BackupObject& object : backup_.manifest.objects) {
      std::vector<std::byte> bytes = TRY(backup_.read(object));
      catalog = catalog || object.name == kCatalogName;
      if (object.name != kCatalogName && !contents_.emplace(object.name, std::move(bytes)).second) return Error{ErrorKind::corrupt, "the backup has two files " + object.name};
    }
    if (!catalog) return Error{ErrorKind::corrupt, "the backup has no catalog"};
    return {};
  }

  // As it will be read from its place: paths in it are relative to that.
  Result<config::Config> configuration() {
    const auto text = contents_.find(kConfigurationName);
    if (text == contents_.end()) return Error{ErrorKind::corrupt, "the backup has no configuration"};
    std::error_code ignored;
    TRY(files_.make_directories(fs::absolute(wanted_.config_file, ignored).parent_path()));
    const fs::path beside = wanted_.config_file.string() + ".restored";
    TRY(replace_file(beside, text->second));
    Result<config::Config> config = config::load(beside);
    TRY(files_.remove(beside));
    return config;
  }

  Result<void> find_places() {
    for (auto& [name, bytes] : contents_) places_.push_back({TRY(path_of(name, config_, wanted_.config_file)), std::move(bytes)});
    if (wanted_.key_file.empty() || !serve::key_in_file(config_)) return {};
    const auto key = TRY(files_.read_whole(wanted_.key_file, kMaxRestoredBytes));
    places_.push_back({config_.key_file(), key});
    return {};
  }

  Result<void> refuse_to_replace() {
    std::string there;
    std::error_code ignored;
    if (in_postgresql()) {
      const auto catalog = TRY(catalog::Catalog::open(one_connection()));
      if (TRY(catalog::replaceable_rows(*catalog))) there = "the catalog in PostgreSQL";
    } else if (fs::exists(config_.catalog_file(), ignored)) {
      there = config_.catalog_file().string();
    }
    for (const RestoredFile& file : places_) {
      const auto bytes = TRY(read_whole_file(file.path, kMaxRestoredBytes));
      if (!bytes || *bytes == file.bytes) continue;
      // Another key has wrapped what is there: whoever throws it away must do so knowingly.
      if (file.path == config_.key_file()) return Error{ErrorKind::exists, file.path.string() + " is another key than that of the backup: move it away first"};
      there += (there.empty() ? "" : ", ") + file.path.string();
    }
    if (there.empty() || wanted_.replace) return stray_policies();
    return Error{ErrorKind::exists, "there already, and not as in the backup: " + there + ". Move it away, or say --replace, which throws it away"};
  }

  // A file beside those of the backup would be a part of the policy.
  Result<void> stray_policies() {
    std::error_code ignored;
    if (!fs::is_directory(config_.policy, ignored)) return {};
    const auto found = TRY(configured_files(config_, wanted_.config_file));
    for (const ConfiguredFile& file : found) {
      const bool known = std::ranges::any_of(places_, [&](const RestoredFile& place) { return place.path == file.path; });
      if (!known && file.name.starts_with("policy")) return Error{ErrorKind::exists, file.path.string() + " is not in the backup, and would be a part of the policy: move it away first"};
    }
    return {};
  }

  Result<void> stage_catalog() {
    staged_ = serve::catalog_copy(config_);
    {
      auto file = TRY(files_.create(staged_));
      for (const BackupObject& object : backup_.manifest.objects) {
        if (object.name != kCatalogName) continue;
        const auto piece = TRY(backup_.read(object));
        TRY(file->append(piece));
      }
      TRY(file->sync());
    }
    const auto catalog = TRY(catalog::Catalog::open({staged_, 1}));
    TRY(catalog::check_whole(*catalog));
    const auto wrapped = TRY(catalog::Keys(*catalog).any_wrapped());
    const KeyEncryptionKey kek = TRY(key_of(wanted_));
    if (wrapped && !kek.wrapped_this(*wrapped)) return Error{ErrorKind::denied, "the keys in the backup's catalog are wrapped by another key-encryption key"};
    return {};
  }

  Result<void> write_files() {
    for (const RestoredFile& file : places_) {
      const auto there = TRY(read_whole_file(file.path, kMaxRestoredBytes));
      if (there && *there == file.bytes) continue;
      TRY(files_.make_directories(file.path.parent_path()));
      TRY(replace_file(file.path, file.bytes));
      out_.files.push_back(file.path);
    }
    return {};
  }

  // What is known outside of deletions, the vault is told first: what is signed by one of ours, the signature before the text.
  Result<void> take_tombstones_in(storage::ObjectStore& objects, const std::vector<std::string>& trusted) {
    const fs::path& directory = config_.evidence.head_directory;
    std::error_code ignored;
    if (directory.empty() || !fs::is_directory(directory, ignored)) return {};
    auto outside = TRY(storage::DirectoryObjectStore::open(files_, directory));
    for (const std::string& key : TRY(outside.list("tombstone"))) {
      if (!key.ends_with(".json")) continue;
      const std::string stem = key.substr(0, key.size() - 5);
      if (const auto text = storage::read_signed(outside, stem, trusted); !text) {
        out_.problems.push_back((directory / key).string() + " is no tombstone of ours: " + text.error().message);
        continue;
      }
      for (const std::string& name : {stem + ".p7s", key}) {
        const auto bytes = TRY(outside.read(name, 0, kMaxSignedBytes));
        const Result<void> put = objects.put_if_absent(name, bytes);
        if (!put && put.error().kind != ErrorKind::exists) return put;
      }
    }
    return {};
  }

  Result<void> catch_up() {
    auto objects = TRY(storage::TieredObjectStore::open(files_, config_.vault_dir(), config_.archive, false));
    const auto trusted = TRY(evidence::trusted_signers(config_.signing_certificate(), config_.evidence.earlier_certificates));
    TRY(take_tombstones_in(objects, trusted));
    const auto signer = TRY(storage::SigningIdentity::load(files_, config_.signing_certificate(), config_.signing_key()));
    const auto catalog = TRY(catalog::Catalog::open({staged_, 1}));
    const evidence::Restoration text{wanted_.node, now_, backup_.manifest.made, backup_.manifest.entries, backup_.manifest.link};
    const std::string digest = TRY(evidence::sign_restoration(objects, signer, text));
    TRY(catalog::begin_again(*catalog, digest, now_));
    serve::LateDeletions late = TRY(serve::catch_up_on_deletions(*catalog, objects, trusted));
    out_.deleted = std::move(late.deleted);
    out_.problems.insert(out_.problems.end(), late.problems.begin(), late.problems.end());
    if (!out_.deleted.empty()) TRY(catalog::VisibleText(*catalog).wipe());
    // All of it has to be in the one file that is renamed.
    return catalog::Deletions(*catalog).wipe_log();
  }

  Result<void> take_place() {
    std::error_code ignored;
    if (fs::exists(staged_.string() + "-wal", ignored)) return Error{ErrorKind::io, staged_.string() + " could not be written whole; is the disk full?"};
    if (in_postgresql()) {
      const auto catalog = TRY(catalog::Catalog::open(one_connection()));
      TRY(catalog::replace_rows(*catalog, staged_));
      // All is in its place by now: who is told that it failed would call again, and be refused.
      if (const auto removed = files_.remove(staged_); !removed) out_.problems.push_back(removed.error().message + ": the next start of serve removes that copy of the catalog");
      return {};
    }
    TRY(remove_database(config_.catalog_file()));
    TRY(files_.rename_new(staged_, config_.catalog_file()));
    out_.files.push_back(config_.catalog_file());
    return files_.sync_directory(config_.data_dir);
  }

  bool in_postgresql() const { return !config_.postgresql.empty(); }
  catalog::CatalogOptions one_connection() const {
    catalog::CatalogOptions out = serve::catalog_options(config_);
    out.connections = 1;
    return out;
  }

  // With its log: one that is left beside another database would be taken for that one's.
  Result<void> remove_database(const fs::path& file) {
    for (const char* ending : {"-wal", "-shm", ""}) {
      const Result<void> removed = files_.remove(file.string() + ending);
      if (!removed && removed.error().kind != ErrorKind::not_found) return removed;
    }
    return {};
  }

  const Restore& wanted_;
  OpenedBackup backup_;
  UtcTime now_;
  storage::FileSystem& files_;
  std::map<std::string, std::vector<std::byte>> contents_;
  config::Config config_;
  std::vector<RestoredFile> places_;
  fs::path staged_;
  Restored out_;
};

}  // namespace

Result<Restored> restore(const Restore& wanted, UtcTime now, storage::FileSystem& files) {
  const KeyEncryptionKey kek = TRY(key_of(wanted));
  Result<OpenedBackup> backup = OpenedBackup::open(wanted.folder, kek);
  if (!backup) return unusable(wanted, backup.error());
  return Restoring(wanted, std::move(backup).value(), now, files).run();
}

}  // namespace frostgate::backup
