#include "gateway/serve/storyboard.h"

#include "gateway/serve/quarantine.h"
#include "storage/catalog/keys.h"

namespace frostgate::serve {

Result<std::vector<catalog::ThumbnailRow>> storyboard(Core& core, const std::string& recording) {
  TRY(released(core, recording));
  return catalog::Thumbnails(*core.catalog).list(recording);
}

Result<std::vector<std::byte>> thumbnail(Core& core, const std::string& recording, int number) {
  TRY(released(core, recording));
  const catalog::ThumbnailRow row = TRY(catalog::Thumbnails(*core.catalog).find(recording, number));
  const auto wrapped = TRY(catalog::Keys(*core.catalog).find(recording, catalog::KeyKind::film));
  const Secret key = TRY(core.kek->unwrap(wrapped, key_context(recording, "film")));
  return core.vault->read(row.object_key, key);
}

}  // namespace frostgate::serve
