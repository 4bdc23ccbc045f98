// The audit log: what became of every recording, and what people did, as a hash chain to which entries are only added. That a row of
// another table is gone, or an entry is, shows against the chain, and that the chain's end is gone shows against a signed head of it that lies
// elsewhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"

namespace frostgate::catalog {

// The first four are added with what they note, by this room alone, and have a digest instead of details.
enum class LedgerEvent { begun, published, deleted, restored, ended, login, decision, view, exported, approval, policy, key, configuration, alert, node, paused, resumed, stopped, joined, left, refused_channel, copied, device };
const char* to_string(LedgerEvent event);
// Error: invalid, with the words that there are.
Result<LedgerEvent> ledger_event_named(const std::string& word);

struct NewLedgerEntry {
  LedgerEvent event = LedgerEvent::configuration;
  std::string subject;  // the recording, session, user, target, request, ... that it is about
  std::string actor;    // who did it; empty: the gateway itself, or nobody knows
  std::string details;  // a JSON object on one line, small and without secrets
  UtcTime at;
};

struct LedgerEntry {
  std::int64_t number = 0;  // from 1, without gaps
  UtcTime at;
  LedgerEvent event = LedgerEvent::begun;
  std::string subject;         // a recording where the event is begun, published or deleted; empty for restored
  std::string actor, details;  // empty for these four
  // begun: of the policy; SHA-256 of the signature of, published: the manifest, deleted: the tombstone, restored: the text that says so; others:
  // ledger_digest().
  std::string digest;
  std::string link;  // SHA-256 over this entry and the link before

  bool operator==(const LedgerEntry&) const = default;
};

// All but begun, published, deleted and restored.
bool has_details(LedgerEvent event);
// What the digest of an entry with actor and details must be.
std::string ledger_digest(const std::string& actor, const std::string& details);
// What an entry's link must be, given the link of the entry before (empty for the first).
std::string ledger_link(const std::string& before, const LedgerEntry& entry);

// What is not given is not looked at.
struct LedgerQuery {
  std::optional<LedgerEvent> event{};
  std::optional<std::string> subject{}, actor{};  // "*" stands for any characters
  std::optional<UtcTime> since{}, until{};  // from and before
  std::int64_t before = 0;              // numbers below it; 0: from the last
  std::int64_t limit = 50;
};

class Ledger {
 public:
  explicit Ledger(Catalog& catalog) : database_(catalog.database()) {}

  // Its number.
  Result<std::int64_t> append(const NewLedgerEntry& entry);
  // Entries with larger numbers than `after`, in order.
  Result<std::vector<LedgerEntry>> list(std::int64_t after, std::int64_t limit);
  Result<std::vector<LedgerEntry>> find(const LedgerQuery& query);  // newest first
  // How many entries were ever written.
  Result<std::int64_t> given();
  // The last entry; `not_found` when there is none yet.
  Result<LedgerEntry> last();

 private:
  Database& database_;
};

}  // namespace frostgate::catalog
