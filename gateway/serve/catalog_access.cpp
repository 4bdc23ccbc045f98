#include "gateway/serve/catalog_access.h"

#include "storage/catalog/archived.h"
#include "storage/file_system.h"

namespace frostgate::serve {

catalog::CatalogOptions catalog_options(const config::Config& config) {
  catalog::CatalogOptions out;
  out.file = config.catalog_file();
  out.postgresql = config.postgresql;
  out.connections = 10;  // the API's works take four, and whoever only reads a row must not wait for these
  return out;
}

Result<std::unique_ptr<catalog::Catalog>> open_existing_catalog(const config::Config& config) {
  if (config.postgresql.empty()) TRY(storage::real_file_system().status(config.catalog_file()));
  return catalog::Catalog::open(catalog_options(config));
}

Result<storage::TieredObjectStore> open_objects(const config::Config& config, catalog::Catalog& catalog) {
  const bool in_use = TRY(catalog::ArchivedFilms(catalog).any());
  return storage::TieredObjectStore::open(storage::real_file_system(), config.vault_dir(), config.archive, in_use);
}

}  // namespace frostgate::serve
