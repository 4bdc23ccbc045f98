#include "storage/catalog/catalog.h"

#include "storage/catalog/database.h"
#include "storage/catalog/migrations.h"

namespace frostgate::catalog {

Catalog::Catalog(std::unique_ptr<Database> database) : database_(std::move(database)) {}
Catalog::~Catalog() = default;

Result<std::unique_ptr<Catalog>> Catalog::open(const CatalogOptions& options) {
  return std::unique_ptr<Catalog>(new Catalog(TRY(Database::open(options))));
}

Result<std::int64_t> Catalog::schema_version() {
  return database_->read([](soci::session& sql) -> Result<std::int64_t> { return std::int64_t{applied_version(sql)}; });
}

}  // namespace frostgate::catalog
