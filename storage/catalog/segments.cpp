#include "storage/catalog/segments.h"

#include <limits>

#include "storage/catalog/columns.h"
#include "storage/catalog/database.h"
#include "storage/catalog/fence.h"
#include "storage/catalog/ledger_append.h"

namespace frostgate::catalog {
namespace {

constexpr const char* kSelectSegments =
    "SELECT recording, generation, part, idx, kind, start_us, duration_us, width, height, frames, object_key, sealed_size,"
    " plain_size, sha256 FROM segments";
constexpr const char* kInit = "init";
constexpr const char* kMedia = "media";

// A segment as its columns hold it.
struct StoredSegment {
  std::string recording, kind, object_key, sha256;
  long long generation = 0, part = 0, index = 0, start = 0, duration = 0, width = 0, height = 0, frames = 0, sealed_size = 0,
            plain_size = 0;

  StoredSegment() = default;
  explicit StoredSegment(const SegmentRow& row)
      : recording(row.recording),
        kind(row.kind == SegmentKind::init ? kInit : kMedia),
        object_key(row.object_key),
        sha256(row.sha256),
        generation(row.generation),
        part(row.part),
        index(row.index),
        start(row.start.count()),
        duration(row.duration.count()),
        width(row.size.width),
        height(row.size.height),
        frames(row.frames),
        sealed_size(row.sealed_size),
        plain_size(row.plain_size) {}

  Result<SegmentRow> finished() const {
    constexpr long long kMax = std::numeric_limits<int>::max();
    for (const long long number : {part, index, width, height, frames}) {
      if (number < 0 || number > kMax) return Error{ErrorKind::corrupt, "the catalog has an impossible segment of " + recording};
    }
    if (kind != kInit && kind != kMedia) {
      return Error{ErrorKind::corrupt, "the catalog has an unknown kind of segment for " + recording};
    }
    return SegmentRow{.recording = recording,
                      .generation = generation,
                      .part = static_cast<int>(part),
                      .index = static_cast<int>(index),
                      .kind = kind == kInit ? SegmentKind::init : SegmentKind::media,
                      .start = SessionTime(start),
                      .duration = Microseconds(duration),
                      .size = {static_cast<int>(width), static_cast<int>(height)},
                      .frames = static_cast<std::uint32_t>(frames),
                      .object_key = object_key,
                      .sealed_size = sealed_size,
                      .plain_size = plain_size,
                      .sha256 = sha256};
  }
};

auto into_row(StoredSegment& row, soci::details::prepare_temp_type prepared) {
  return (prepared, soci::into(row.recording), soci::into(row.generation), soci::into(row.part), soci::into(row.index),
          soci::into(row.kind), soci::into(row.start), soci::into(row.duration), soci::into(row.width),
          soci::into(row.height), soci::into(row.frames), soci::into(row.object_key), soci::into(row.sealed_size),
          soci::into(row.plain_size), soci::into(row.sha256));
}

Result<void> check(const SegmentRow& row) {
  TRY(check_text("a recording's id", row.recording));
  TRY(check_text("an object's key", row.object_key));
  TRY(check_sha256("a segment's digest", row.sha256));
  const bool sizes = row.size.width >= 0 && row.size.height >= 0 && row.sealed_size >= 0 && row.plain_size >= 0;
  if (row.generation < 1 || row.part < 0 || row.index < 0 || !sizes || row.duration.count() < 0 || row.start.count() < 0 ||
      row.frames > static_cast<std::uint32_t>(std::numeric_limits<int>::max())) {
    return Error{ErrorKind::invalid, "a segment's generation begins with 1, its other numbers are not negative"};
  }
  return {};
}

// The generation that is shown; the recording's row stays locked until the transaction ends.
Result<long long> shown_generation(soci::session& sql, const Dialect& dialect, const std::string& recording) {
  long long generation = 0;
  const std::string select = "SELECT generation FROM recordings WHERE id = :id ";
  sql << select + dialect.lock_row, soci::use(recording), soci::into(generation);
  if (!sql.got_data()) return Error{ErrorKind::not_found, "there is no recording " + recording};
  return generation;
}

Result<SegmentRow> select_one(soci::session& sql, const StoredSegment& place) {
  StoredSegment row;
  soci::statement select = into_row(
      row, (sql.prepare << std::string(kSelectSegments) +
                               " WHERE recording = :recording AND generation = :generation AND part = :part AND idx = :idx",
            soci::use(place.recording), soci::use(place.generation), soci::use(place.part), soci::use(place.index)));
  if (!select.execute(true)) return Error{ErrorKind::not_found, "there is no such segment of " + place.recording};
  return row.finished();
}

long long insert_one(soci::session& sql, const StoredSegment& row) {
  soci::statement insert =
      (sql.prepare << "INSERT INTO segments (recording, generation, part, idx, kind, start_us, duration_us, width, height,"
                      " frames, object_key, sealed_size, plain_size, sha256) VALUES (:recording, :generation, :part, :idx,"
                      " :kind, :start_us, :duration_us, :width, :height, :frames, :object_key, :sealed_size, :plain_size,"
                      " :sha256) ON CONFLICT DO NOTHING",
       soci::use(row.recording), soci::use(row.generation), soci::use(row.part), soci::use(row.index), soci::use(row.kind),
       soci::use(row.start), soci::use(row.duration), soci::use(row.width), soci::use(row.height), soci::use(row.frames),
       soci::use(row.object_key), soci::use(row.sealed_size), soci::use(row.plain_size), soci::use(row.sha256));
  return execute(insert);
}

}  // namespace

Result<void> Segments::commit(const SegmentRow& segment, const std::optional<Lease>& lease) {
  TRY(check(segment));
  const StoredSegment row(segment);
  return database_.write([&](soci::session& sql) -> Result<void> {
    if (lease) TRY(check_lease(sql, database_.dialect(), *lease));
    const long long shown = TRY(shown_generation(sql, database_.dialect(), segment.recording));
    if (row.generation <= shown) {
      return Error{ErrorKind::denied, "generation " + std::to_string(row.generation) + " of " + row.recording + " is closed"};
    }
    if (insert_one(sql, row) == 0) {
      if (TRY(select_one(sql, row)) == segment) return {};
      return Error{ErrorKind::exists, "another segment of " + row.recording + " has this generation, part and index"};
    }
    sql << "UPDATE recordings SET last_generation = :generation WHERE id = :id AND last_generation < :known",
        soci::use(row.generation), soci::use(row.recording), soci::use(row.generation);
    return {};
  });
}

Result<void> Segments::inherit(const std::string& recording, std::int64_t before, std::int64_t generation,
                               const std::optional<Lease>& lease) {
  TRY(check_text("a recording's id", recording));
  const long long from = before, to = generation;
  return database_.write([&](soci::session& sql) -> Result<void> {
    if (lease) TRY(check_lease(sql, database_.dialect(), *lease));
    const long long shown = TRY(shown_generation(sql, database_.dialect(), recording));
    if (to <= shown) return Error{ErrorKind::denied, "generation " + std::to_string(to) + " of " + recording + " is closed"};
    sql << "INSERT INTO segments (recording, generation, part, idx, kind, start_us, duration_us, width, height, frames,"
           " object_key, sealed_size, plain_size, sha256) SELECT recording, :new_generation, part, idx, kind, start_us,"
           " duration_us, width, height, frames, object_key, sealed_size, plain_size, sha256 FROM segments"
           " WHERE recording = :recording AND generation = :generation ON CONFLICT DO NOTHING",
        soci::use(to), soci::use(recording), soci::use(from);
    return {};
  });
}

Result<SegmentRow> Segments::find(const std::string& recording, std::int64_t generation, int part, int index) {
  TRY(check_text("a recording's id", recording));
  StoredSegment place;
  place.recording = recording;
  place.generation = generation;
  place.part = part;
  place.index = index;
  return database_.read([&](soci::session& sql) -> Result<SegmentRow> { return select_one(sql, place); });
}

Result<std::vector<SegmentRow>> Segments::list(const std::string& recording, std::int64_t generation) {
  TRY(check_text("a recording's id", recording));
  const long long number = generation;
  return database_.read([&](soci::session& sql) -> Result<std::vector<SegmentRow>> {
    StoredSegment row;
    soci::statement select =
        into_row(row, (sql.prepare << std::string(kSelectSegments) +
                                          " WHERE recording = :recording AND generation = :generation ORDER BY part, idx",
                       soci::use(recording), soci::use(number)));
    std::vector<SegmentRow> segments;
    select.execute();
    while (select.fetch()) segments.push_back(TRY(row.finished()));
    return segments;
  });
}

Result<FilmBytes> Segments::sealed_bytes() {
  return database_.read([&](soci::session& sql) -> Result<FilmBytes> {
    long long films = 0, archived = 0;
    sql << "SELECT CAST(COALESCE(SUM(CASE WHEN archived_films.recording IS NULL THEN sealed_size ELSE 0 END), 0) AS BIGINT),"
           " CAST(COALESCE(SUM(CASE WHEN archived_films.recording IS NULL THEN 0 ELSE sealed_size END), 0) AS BIGINT)"
           " FROM segments JOIN recordings ON recordings.id = segments.recording AND recordings.generation = segments.generation"
           " LEFT JOIN archived_films ON archived_films.recording = segments.recording",
        soci::into(films), soci::into(archived);
    return FilmBytes{films, archived};
  });
}

Result<std::set<std::string>> Segments::object_keys(const std::string& recording) {
  TRY(check_text("a recording's id", recording));
  return database_.read([&](soci::session& sql) -> Result<std::set<std::string>> {
    std::string key;
    soci::statement select = (sql.prepare << "SELECT DISTINCT object_key FROM segments WHERE recording = :recording",
                              soci::use(recording), soci::into(key));
    std::set<std::string> keys;
    select.execute();
    while (select.fetch()) keys.insert(key);
    return keys;
  });
}

Result<std::int64_t> Segments::next_generation(const std::string& recording) {
  TRY(check_text("a recording's id", recording));
  return database_.write([&](soci::session& sql) -> Result<std::int64_t> {
    long long number = 0;
    soci::statement update = (sql.prepare << "UPDATE recordings SET last_generation = last_generation + 1 WHERE id = :id"
                                             " RETURNING last_generation",
                              soci::use(recording), soci::into(number));
    if (!update.execute(true)) return Error{ErrorKind::not_found, "there is no recording " + recording};
    return std::int64_t{number};
  });
}

Result<void> Segments::publish(const ManifestRow& manifest, const std::optional<Lease>& lease) {
  const std::string& recording = manifest.recording;
  TRY(check_text("a recording's id", recording));
  TRY(check_sha256("a manifest's digest", manifest.sha256));
  TRY(check_sha256("a signature's digest", manifest.signature_sha256));
  if (manifest.sha256.empty() || manifest.signature_sha256.empty() || !manifest.timestamp_sha256.empty()) {
    return Error{ErrorKind::invalid, "a film is published with its signed manifest, and stamped afterwards"};
  }
  const long long number = manifest.generation, made = to_column(manifest.made);
  return database_.write([&](soci::session& sql) -> Result<void> {
    if (lease) TRY(check_lease(sql, database_.dialect(), *lease));
    const long long shown = TRY(shown_generation(sql, database_.dialect(), recording));
    if (number <= shown) return Error{ErrorKind::denied, "a later generation of " + recording + " is shown already"};
    long long part = 0;
    sql << "SELECT part FROM segments WHERE recording = :recording AND generation = :generation LIMIT 1",
        soci::use(recording), soci::use(number), soci::into(part);
    if (!sql.got_data()) return Error{ErrorKind::not_found, "this generation of " + recording + " has no segments"};
    sql << "UPDATE recordings SET generation = :generation WHERE id = :id", soci::use(number), soci::use(recording);
    // What was moved to the archive was another film.
    sql << "DELETE FROM archived_films WHERE recording = :recording", soci::use(recording);
    sql << "DELETE FROM manifests WHERE recording = :recording", soci::use(recording);
    sql << "INSERT INTO manifests (recording, generation, made, sha256, signature_sha256, timestamp_sha256)"
           " VALUES (:recording, :generation, :made, :sha256, :signature_sha256, '')",
        soci::use(recording), soci::use(number), soci::use(made), soci::use(manifest.sha256), soci::use(manifest.signature_sha256);
    append_to_ledger(sql, LedgerEvent::published, recording, manifest.signature_sha256, manifest.made);
    return {};
  });
}

Result<void> Segments::remove_older(const std::string& recording) {
  TRY(check_text("a recording's id", recording));
  return database_.write([&](soci::session& sql) -> Result<void> {
    const long long shown = TRY(shown_generation(sql, database_.dialect(), recording));
    sql << "DELETE FROM segments WHERE recording = :recording AND generation < :shown", soci::use(recording), soci::use(shown);
    return {};
  });
}

}  // namespace frostgate::catalog
