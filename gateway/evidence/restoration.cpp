#include "gateway/evidence/restoration.h"

#include <nlohmann/json.hpp>

#include "storage/manifest/json_reader.h"
#include "storage/manifest/signed_text.h"
#include "storage/manifest/times.h"

namespace frostgate::evidence {
namespace {

constexpr const char* kFormat = "frostgate restoration v1";

Restoration read_restoration(storage::JsonReader in) {
  Restoration out;
  in.word("format", {kFormat});
  out.node = in.text("node");
  out.made = in.time("made");
  out.backup_made = in.time("backup_made");
  out.entries = in.number("entries", 0, 999'999'999'999);
  out.link = in.text("link");
  in.nothing_else();
  return out;
}

}  // namespace

Result<std::string> to_json(const Restoration& restoration) {
  return storage::json_text({{"format", kFormat},
                             {"node", restoration.node},
                             {"made", storage::utc_text(restoration.made)},
                             {"backup_made", storage::utc_text(restoration.backup_made)},
                             {"entries", restoration.entries},
                             {"link", restoration.link}});
}

Result<Restoration> parse_restoration(std::span<const std::byte> json) { return storage::read_json(json, "what is signed about it", read_restoration); }

Result<std::string> sign_restoration(storage::ObjectStore& objects, const storage::SigningIdentity& signer, const Restoration& restoration) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(restoration.made).time_since_epoch().count();
  const std::string text = TRY(to_json(restoration));
  const storage::SignedDigests digests = TRY(storage::put_signed(objects, signer, "restoration/" + std::to_string(seconds), text, restoration.made));
  return digests.signature;
}

}  // namespace frostgate::evidence
