#include "gateway/evidence/ledger_head.h"

#include <cstdio>

#include <nlohmann/json.hpp>

#include "storage/catalog/ledger.h"
#include "storage/manifest/json_reader.h"
#include "storage/manifest/signed_text.h"
#include "storage/manifest/times.h"

namespace frostgate::evidence {
namespace {

constexpr const char* kHeadFormat = "frostgate ledger head v1";
constexpr std::int64_t kMaxEntries = 999'999'999'999;

LedgerHead read_head(storage::JsonReader in) {
  LedgerHead head;
  in.word("format", {kHeadFormat});
  head.node = in.text("node");
  head.entries = in.number("entries", 1, kMaxEntries);
  head.link = in.digest("link");
  head.made = in.time("made");
  in.nothing_else();
  return head;
}

}  // namespace

Result<std::string> to_json(const LedgerHead& head) {
  return storage::json_text({{"format", kHeadFormat},
                             {"node", head.node},
                             {"entries", head.entries},
                             {"link", head.link},
                             {"made", storage::utc_text(head.made)}});
}

Result<LedgerHead> parse_ledger_head(std::span<const std::byte> json) { return storage::read_json(json, "the head", read_head); }

Result<std::string> sign_head(catalog::Catalog& catalog, storage::ObjectStore& objects, const storage::SigningIdentity& signer,
                              const std::string& node, UtcTime now) {
  const catalog::LedgerEntry last = TRY(catalog::Ledger(catalog).last());
  const std::string text = TRY(to_json(LedgerHead{node, last.number, last.link, now}));
  char name[64];
  std::snprintf(name, sizeof name, "head/%012lld-%lld", static_cast<long long>(last.number),
                static_cast<long long>(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count()));
  TRY(storage::put_signed(objects, signer, name, text, now));
  return std::string(name);
}

}  // namespace frostgate::evidence
