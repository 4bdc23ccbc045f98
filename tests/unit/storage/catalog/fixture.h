// A catalog in a temporary directory of its own, or, where FROSTGATE_TEST_POSTGRESQL has a connection string, in that database, which is emptied first.
#pragma once

#include <soci/soci.h>
#include <soci/postgresql/soci-postgresql.h>
#include <stdlib.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "storage/catalog/catalog.h"
#include "storage/catalog/manifests.h"
#include "storage/catalog/recordings.h"
#include "storage/catalog/targets.h"
#include "storage/catalog/users.h"
#include "tests/unit/bytes_of.h"

namespace frostgate::catalog {

class CatalogFixture {
 public:
  CatalogFixture() {
    std::string name = (std::filesystem::temp_directory_path() / "catalog test XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    directory = name;
    if (const char* connect = std::getenv("FROSTGATE_TEST_POSTGRESQL")) {
      postgresql = connect;
      empty_database();
    }
    reopen();
  }
  ~CatalogFixture() {
    catalog.reset();
    std::filesystem::remove_all(directory);
  }
  CatalogFixture(const CatalogFixture&) = delete;
  CatalogFixture& operator=(const CatalogFixture&) = delete;

  std::filesystem::path file() const { return directory / "catalog.sqlite"; }

  void reopen() {
    catalog.reset();
    auto opened = Catalog::open({file(), 4, postgresql});
    if (!opened) FAIL(opened.error().message);
    catalog = std::move(*opened);
  }

  void empty_database() {
    soci::session sql(*soci::factory_postgresql(), postgresql);
    sql << "SET client_min_messages = warning";
    sql << "DROP SCHEMA public CASCADE";
    sql << "CREATE SCHEMA public";
  }

  // Everything that lies in the catalog's directory, or in the server's tables, one file after the other.
  std::string bytes_on_disk() const {
    std::string all;
    std::filesystem::path files = directory;
    if (!postgresql.empty()) {
      soci::session sql(*soci::factory_postgresql(), postgresql);
      sql << "CHECKPOINT";
      const char* data = std::getenv("FROSTGATE_TEST_POSTGRESQL_DATA");
      REQUIRE(data != nullptr);
      files = std::filesystem::path(data) / "base";
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(files)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream stream(entry.path(), std::ios::binary);
      all.append(std::istreambuf_iterator<char>(stream), {});
    }
    return all;
  }

  std::filesystem::path directory;
  std::string postgresql;  // empty: SQLite
  std::unique_ptr<Catalog> catalog;
};

inline UtcTime at(std::int64_t seconds) { return UtcTime(std::chrono::seconds(1'800'000'000 + seconds)); }

inline Target windows_target(const std::string& name) {
  Target target;
  target.name = name;
  target.host = "10.0.0.7";
  target.port = 3389;
  target.account = Account::shared;
  target.login_user = "Administrator";
  return target;
}

inline Recording recording_named(const std::string& id) {
  Recording recording;
  recording.id = id;
  recording.user = "anna";
  recording.target = "dc1";
  recording.started = at(0);
  return recording;
}

inline ManifestRow manifest_of(const std::string& recording, std::int64_t generation) {
  ManifestRow manifest;
  manifest.recording = recording;
  manifest.generation = generation;
  manifest.made = at(generation);
  manifest.sha256 = std::string(64, 'a');
  manifest.signature_sha256 = std::string(64, 'b');
  return manifest;
}

// The kind of a result's error; a failed check when it has a value.
template <class T>
ErrorKind kind_of(const Result<T>& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error().kind;
}

// Runs the same work in `count` threads.
template <class Work>
void in_threads(int count, Work work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
}

}  // namespace frostgate::catalog
