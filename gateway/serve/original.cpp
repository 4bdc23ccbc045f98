#include "gateway/serve/original.h"

#include "gateway/base/log.h"
#include "gateway/evidence/journal_digest.h"
#include "gateway/serve/alarms.h"
#include "gateway/serve/custodians.h"
#include "gateway/serve/decision.h"
#include "storage/catalog/keys.h"
#include "storage/catalog/originals.h"
#include "storage/crypto/hex.h"
#include "storage/custody/shares.h"

namespace frostgate::serve {
namespace {

using nlohmann::json;

constexpr std::int64_t kMaxOpenedTime = std::int64_t{1} << 50;
constexpr std::size_t kMaxOpeningReason = 1000;

Result<catalog::SealedOriginal> sealed_for(const Custodians& custodians, const catalog::Recording& row, const Secret& key, UtcTime now) {
  catalog::SealedOriginal out;
  out.recording = row.id;
  out.sealed = now;
  out.threshold = custodians.threshold;
  const auto digest = evidence::journal_sha256(row.journal_directory);
  if (!digest) return Error{ErrorKind::io, "its journal cannot be read: " + digest.error().message};
  out.journal_sha256 = digest.value();
  const std::vector<Secret> shares = TRY(storage::split_key(key, row.id, custodians.threshold, static_cast<int>(custodians.people.size())));
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const storage::Custodian& one = custodians.people[i];
    std::vector<std::byte> enclosed = TRY(one.enclose(shares[i]));
    out.shares.push_back({one.subject(), one.fingerprint(), std::move(enclosed)});
  }
  return out;
}

Result<catalog::SealedOriginal> find_sealed(Core& core, const catalog::Recording& row) {
  Result<catalog::SealedOriginal> found = catalog::Originals(*core.catalog).find(row.id);
  if (found || found.error().kind != ErrorKind::not_found) return found;
  if (row.original == catalog::Original::discard) {
    return Error{ErrorKind::not_found, "recording " + row.id + " has no original: the rule \"" + row.rule + "\" does not keep it"};
  }
  return Error{ErrorKind::not_found, "the original of recording " + row.id + " is not sealed yet: that comes when its film is there and the grace is over"};
}

}  // namespace

Result<Rect> area_of(const ipc::Message& request) {
  const auto area = request.body.find("area");
  if (area == request.body.end() || area->is_null()) return Rect{};
  const Error bad{ErrorKind::invalid, "member \"area\" must be x, y, width and height within a screen"};
  if (!area->is_array() || area->size() != 4) return bad;
  int numbers[4];
  for (std::size_t i = 0; i < 4; ++i) {
    const json& number = (*area)[i];
    if (!number.is_number_integer()) return bad;
    const auto value = number.get<std::int64_t>();
    if (value < (i < 2 ? 0 : 1) || value > kMaxScreenSide) return bad;
    numbers[i] = static_cast<int>(value);
  }
  return Rect{numbers[0], numbers[1], numbers[2], numbers[3]};
}

Result<bool> seal_original(Core& core, const catalog::Recording& row, UtcTime now) {
  catalog::Originals originals(*core.catalog);
  const Result<bool> finished = originals.finished(row.id);
  if (!finished && finished.error().kind != ErrorKind::not_found) return finished.error();
  if (finished) {
    if (!finished.value()) TRY(originals.finish(row.id));
    return true;
  }
  const auto wrapped = catalog::Keys(*core.catalog).find(row.id, catalog::KeyKind::journal);
  if (!wrapped && wrapped.error().kind == ErrorKind::not_found) return false;
  if (!wrapped) return wrapped.error();
  const Custodians custodians = TRY(load_custodians(core.config.custodians));
  if (custodians.people.empty()) return Error{ErrorKind::unavailable, "the configuration names no custodians to seal the original for"};
  if (const auto over = expiring(custodians, now, Microseconds(0)); !over.empty()) {
    return Error{ErrorKind::unavailable, "the original cannot be sealed: " + over.front()};
  }
  const Secret key = TRY(core.kek->unwrap(wrapped.value(), key_context(row.id, "journal")));
  const catalog::SealedOriginal original = TRY(sealed_for(custodians, row, key, now));
  TRY(originals.seal(original));
  log::info(row.id, "the original is sealed for {} custodians, {} of whom open it together; its key is not here any more", original.shares.size(), original.threshold);
  return true;
}

Result<AdminReply> original_shares(Core& core, ipc::Message& request, UtcTime) {
  const std::string id = TRY(request.text("id", 64));
  const catalog::Recording row = TRY(catalog::Recordings(*core.catalog).find(id));
  const catalog::SealedOriginal original = TRY(find_sealed(core, row));
  AdminReply out;
  out.body = {{"id", id}, {"sealed", to_text(original.sealed)}, {"threshold", original.threshold}, {"journal_sha256", original.journal_sha256},
              {"started_us", row.started.time_since_epoch().count()}, {"shares", json::array()}};
  for (const catalog::CustodianShare& share : original.shares) {
    out.body["shares"].push_back({{"subject", share.subject}, {"fingerprint", share.fingerprint}, {"enclosed", storage::to_hex(share.enclosed)}});
  }
  return out;
}

Result<AdminReply> original_open(Core& core, ipc::Message& request, UtcTime now) {
  const std::string id = TRY(request.text("id", 64)), by = TRY(request.text("by", 512)), reason = TRY(request.text("reason", kMaxOpeningReason));
  if (reason.empty() || by.empty()) return Error{ErrorKind::invalid, "an original is opened by somebody, for a reason"};
  FilmSpan span;
  span.from = SessionTime(TRY(request.number("from_us", 0, kMaxOpenedTime)));
  span.to = SessionTime(TRY(request.number("to_us", 0, kMaxOpenedTime)));
  span.area = TRY(area_of(request));
  if (span.to <= span.from) return Error{ErrorKind::invalid, "the end must be later than the beginning"};
  const catalog::Recording row = TRY(catalog::Recordings(*core.catalog).find(id));
  TRY(find_sealed(core, row));
  if (row.node != core.node) return Error{ErrorKind::unavailable, "the journal of recording " + id + " lies on " + row.node + ": open it there"};
  const auto approval = TRY(pass_film_gate(core, row, policy::GateKind::watch_original, by, {reason, {}}, span, "original", now));
  if (!approval) return Error{ErrorKind::denied, "nobody opens an original alone, and the rule \"" + row.rule + "\" asks for no approval"};
  log::warning(id, "the original is opened by {} with the approval {}, from {} to {} us: {}", by, approval->id(), span.from.count(), span.to.count(), reason);
  raise_alert(core, {"original.opened", alerts::Severity::critical, approval->id(),
                     by + " opens the original of the session of " + row.user + " on " + row.target + " (" + id + ") with the approval " + approval->id() + ": " + reason},
              now);
  AdminReply out;
  out.body = {{"id", id}, {"approval", approval->id()}, {"by", by}, {"user", row.user}, {"target", row.target}, {"opened_us", now.time_since_epoch().count()},
              {"started_us", row.started.time_since_epoch().count()}, {"journal", row.journal_directory}};
  return out;
}

}  // namespace frostgate::serve
