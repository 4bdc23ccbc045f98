#include "storage/catalog/manifests.h"

#include "storage/catalog/columns.h"
#include "storage/catalog/database.h"

namespace frostgate::catalog {
namespace {

constexpr const char* kSelectManifests =
    "SELECT recording, generation, made, sha256, signature_sha256, timestamp_sha256 FROM manifests";

// A manifest as its columns hold it.
struct StoredManifest {
  ManifestRow text;
  long long generation = 0, made = 0;

  ManifestRow finished() const {
    ManifestRow out = text;
    out.generation = generation;
    out.made = time_from_column(made);
    return out;
  }
};

auto into_row(StoredManifest& row, soci::details::prepare_temp_type prepared) {
  return (prepared, soci::into(row.text.recording), soci::into(row.generation), soci::into(row.made), soci::into(row.text.sha256),
          soci::into(row.text.signature_sha256), soci::into(row.text.timestamp_sha256));
}

}  // namespace

Result<ManifestRow> Manifests::find(const std::string& recording) {
  TRY(check_text("a recording's id", recording));
  return database_.read([&](soci::session& sql) -> Result<ManifestRow> {
    StoredManifest row;
    soci::statement select =
        into_row(row, (sql.prepare << std::string(kSelectManifests) + " WHERE recording = :recording", soci::use(recording)));
    if (!select.execute(true)) return Error{ErrorKind::not_found, "the film of " + recording + " has no manifest"};
    return row.finished();
  });
}

Result<std::vector<ManifestRow>> Manifests::unstamped(std::int64_t limit) {
  const long long most = limit;
  return database_.read([&](soci::session& sql) -> Result<std::vector<ManifestRow>> {
    StoredManifest row;
    soci::statement select = into_row(
        row, (sql.prepare << std::string(kSelectManifests) + " WHERE timestamp_sha256 = '' ORDER BY made, recording LIMIT :max_rows",
              soci::use(most)));
    std::vector<ManifestRow> rows;
    select.execute();
    while (select.fetch()) rows.push_back(row.finished());
    return rows;
  });
}

Result<void> Manifests::note_timestamp(const std::string& recording, std::int64_t generation, const std::string& sha256) {
  TRY(check_text("a recording's id", recording));
  TRY(check_sha256("a time-stamp's digest", sha256));
  const long long number = generation;
  return database_.write([&](soci::session& sql) -> Result<void> {
    soci::statement update =
        (sql.prepare << "UPDATE manifests SET timestamp_sha256 = :sha256 WHERE recording = :recording AND generation = :generation"
                        " AND timestamp_sha256 = ''",
         soci::use(sha256), soci::use(recording), soci::use(number));
    if (execute(update) == 0) return Error{ErrorKind::not_found, "no such manifest of " + recording + " waits for a time-stamp"};
    return {};
  });
}

}  // namespace frostgate::catalog
