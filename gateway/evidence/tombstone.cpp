#include "gateway/evidence/tombstone.h"

#include <nlohmann/json.hpp>

#include "storage/manifest/json_reader.h"
#include "storage/manifest/signed_text.h"
#include "storage/manifest/times.h"

namespace frostgate::evidence {
namespace {

constexpr const char* kTombstoneFormat = "frostgate tombstone v1";

TombstoneText read_tombstone(storage::JsonReader in) {
  TombstoneText out;
  in.word("format", {kTombstoneFormat});
  out.recording = in.text("recording");
  out.user = in.text("user");
  out.target = in.text("target");
  out.started = in.time("started");
  out.ended = in.time("ended");
  out.film_manifest_sha256 = in.text("film_manifest_sha256");
  out.why = in.text("why");
  out.node = in.text("node");
  out.deleted = in.time("deleted");
  in.nothing_else();
  return out;
}

}  // namespace

Result<std::string> to_json(const TombstoneText& text) {
  return storage::json_text({{"format", kTombstoneFormat},
                             {"recording", text.recording},
                             {"user", text.user},
                             {"target", text.target},
                             {"started", storage::utc_text(text.started)},
                             {"ended", storage::utc_text(text.ended)},
                             {"film_manifest_sha256", text.film_manifest_sha256},
                             {"why", text.why},
                             {"node", text.node},
                             {"deleted", storage::utc_text(text.deleted)}});
}

Result<TombstoneText> parse_tombstone(std::span<const std::byte> json) { return storage::read_json(json, "the tombstone", read_tombstone); }

Result<SignedTombstone> sign_tombstone(storage::ObjectStore& objects, const storage::SigningIdentity& signer, const TombstoneText& text) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(text.deleted).time_since_epoch().count();
  const std::string stem = "tombstone/" + text.recording + "/" + std::to_string(seconds);
  const std::string json = TRY(to_json(text));
  const storage::SignedDigests digests = TRY(storage::put_signed(objects, signer, stem, json, text.deleted));
  return SignedTombstone{stem, digests.signature};
}

}  // namespace frostgate::evidence
