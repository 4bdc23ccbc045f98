#include "storage/catalog/catalog.h"

#include "storage/catalog/database.h"
#include "storage/catalog/migrations.h"

namespace frostgate::catalog {

Catalog::Catalog(std::unique_ptr<Database> database) : database_(std::move(database)) {}
Catalog::~Catalog() = default;

Result<std::unique_ptr<Catalog>> Catalog::open(const CatalogOptions& options) {
  std::unique_ptr<Database> database = TRY(Database::open(options));
  return std::unique_ptr<Catalog>(new Catalog(std::move(database)));
}

Result<void> Catalog::check_writable() {
  return database_->write([](soci::session& sql) -> Result<void> {
    sql << "UPDATE counters SET value = value WHERE name = 'ledger'";
    return {};
  });
}

Result<std::int64_t> Catalog::schema_version() {
  return database_->read([](soci::session& sql) -> Result<std::int64_t> { return std::int64_t{applied_version(sql)}; });
}

}  // namespace frostgate::catalog
