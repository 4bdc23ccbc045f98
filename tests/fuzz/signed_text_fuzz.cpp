// The readers of signed texts, and of the manifest that is sealed in a backup: what one takes is exactly what it would write, so that no two texts mean the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "gateway/backup/backup_manifest.h"
#include "gateway/evidence/ledger_head.h"
#include "gateway/evidence/restoration.h"
#include "gateway/evidence/tombstone.h"
#include "storage/evidence/bundle.h"
#include "storage/manifest/manifest.h"

namespace {

using namespace frostgate;

template <class Parse>
void check(std::span<const std::byte> bytes, Parse parse) {
  const auto parsed = parse(bytes);
  if (!parsed) return;
  const auto text = to_json(parsed.value());
  if (!text || !std::ranges::equal(std::as_bytes(std::span(text.value())), bytes)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  check(bytes, storage::parse_manifest);
  check(bytes, storage::parse_bundle_manifest);
  check(bytes, evidence::parse_ledger_head);
  check(bytes, evidence::parse_tombstone);
  check(bytes, evidence::parse_restoration);
  check(bytes, backup::parse_backup_manifest);
  return 0;
}
