// A published film in a gateway's core.
#pragma once

#include "gateway/evidence/film_manifest.h"
#include "gateway/serve/film_intake.h"
#include "gateway/serve/reconciliation.h"
#include "storage/catalog/keys.h"
#include "storage/crypto/random.h"
#include "tests/unit/gateway/serve/gateway_fixture.h"

namespace frostgate::serve {

inline ipc::Message segment_message(const char* kind, int index, const std::string& bytes) {
  ipc::Message out = message({{"type", "segment"}, {"kind", kind}, {"part", 0}, {"index", index}, {"start_us", 0}, {"duration_us", index * 1000000},
                              {"width", 64}, {"height", 48}, {"frames", index}});
  out.descriptors.push_back(ipc::to_memory_file(std::as_bytes(std::span(bytes))).value());
  return out;
}

// A session that is over, and its film's key.
inline catalog::Recording end_session(Core& core, const std::string& id, catalog::Original original = catalog::Original::discard) {
  catalog::Recording row;
  row.id = id;
  row.user = "anna";
  row.target = "dc1";
  row.rule = "operators";
  row.policy_digest = core.policy->digest();
  row.started = kNow;
  row.ended = kNow + std::chrono::seconds(60);
  row.original = original;
  REQUIRE(catalog::Recordings(*core.catalog).create(row));
  const Secret key = storage::new_data_key().value();
  REQUIRE(catalog::Keys(*core.catalog).add(id, catalog::KeyKind::film, core.kek->wrap(key, key_context(id, "film")).value(), kNow));
  REQUIRE(catalog::Jobs(*core.catalog).enqueue({"redact", id, "", kNow, 3}));
  return row;
}

// A film of two segments, in its second generation, that is published as a worker's would be.
inline Result<void> make_film(Core& core, catalog::Recording row, UtcTime now) {
  const auto job = TRY(catalog::Jobs(*core.catalog).claim("redact", "worker", now, std::chrono::seconds(60)));
  REQUIRE(job);
  FilmIntake film = TRY(FilmIntake::open(core, row.id, job->lease));
  TRY(film.store(segment_message("init", 0, "head")));
  TRY(film.store(segment_message("media", 1, "pictures")));
  TRY(film.begin_generation());
  TRY(film.store(segment_message("media", 1, "pictures with masks")));
  for (int number = 0; number < 2; ++number) {
    ipc::Message picture = message({{"type", "thumbnail"}, {"number", number}, {"at_us", number * 500000}, {"width", 32}, {"height", 24}});
    const std::string bytes = "picture " + std::to_string(number);
    picture.descriptors.push_back(ipc::to_memory_file(std::as_bytes(std::span(bytes))).value());
    TRY(film.store_thumbnail(picture));
  }
  row.status = catalog::RecordingStatus::clean;
  row.report_json = R"({"redaction":{"status":"clean"}})";
  TRY(film.publish(row, now));
  catalog::RecordingChange change;
  change.status = row.status;
  change.report_json = row.report_json;
  change.film_duration = film.end();
  change.film_size = film.size();
  return catalog::Recordings(*core.catalog).update(row.id, change);
}

inline void publish_film(Core& core, const std::string& id, catalog::Original original = catalog::Original::discard) {
  const Result<void> made = make_film(core, end_session(core, id, original), kNow);
  INFO((made ? std::string() : made.error().message));
  REQUIRE(made);
}

// Both steps of it, one after the other.
inline Result<Reconciliation> reconcile(Core& core) {
  Reconciler reconciler(core);
  Reconciliation out = TRY(reconciler.unfinished());
  const Reconciliation rest = TRY(reconciler.finished({}));
  out.unfinished_writes += rest.unfinished_writes;
  out.unentered_objects += rest.unentered_objects;
  out.adopted.insert(out.adopted.end(), rest.adopted.begin(), rest.adopted.end());
  out.problems.insert(out.problems.end(), rest.problems.begin(), rest.problems.end());
  return out;
}

}  // namespace frostgate::serve
