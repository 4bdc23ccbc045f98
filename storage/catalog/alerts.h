// Alerts and what has been sent of them: an outbox that survives the program. What is an alert, and where it goes, is decided elsewhere
// (gateway/alerts).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"

namespace frostgate::catalog {

struct Alert {
  std::int64_t id = 0;   // given by raise()
  std::string kind;      // "redaction.failed"
  std::string severity;  // "info", "warning", "critical"
  std::string subject;   // of a recording, session, target, request, ...; or empty
  std::string text;      // a sentence for people
  UtcTime at;            // first
  UtcTime last;          // of its repetitions
  std::int64_t repeats = 0;

  bool operator==(const Alert&) const = default;
};

struct AlertDelivery {
  Alert alert;
  std::string sink;
  std::int64_t attempts = 0;
};

// What has become of an alert at one sink.
struct AlertOutcome {
  enum class State { waiting, sent, given_up };
  std::int64_t alert = 0;
  std::string sink;
  State state = State::waiting;
  std::int64_t attempts = 0;

  bool operator==(const AlertOutcome&) const = default;
};

struct AlertCounts {
  std::int64_t sent = 0, waiting = 0, given_up = 0;
  std::string last_error;  // of the newest that is not sent
};

// What the same kind and subject within its quiet time is: something that happened once more, which is counted, or what still is so.
enum class SameAlert { again, stands };

class Alerts {
 public:
  explicit Alerts(Catalog& catalog) : database_(catalog.database()) {}

  // Notes the alert, in the ledger too, with one delivery due at once for each sink. Where the same kind and subject was raised at or after `since`, that one
  // gets the time instead, and is counted up if it happened again; nothing new is sent: nullopt.
  Result<std::optional<Alert>> raise(const Alert& alert, const std::vector<std::string>& sinks, UtcTime since, SameAlert same = SameAlert::again);
  // How many alerts of the kind were raised at or after then, repetitions not counted.
  Result<std::int64_t> raised_since(const std::string& kind, UtcTime since);
  // Due deliveries to a sink, the oldest first. One process at a time asks for a sink (DESIGN: serve).
  Result<std::vector<AlertDelivery>> due(const std::string& sink, UtcTime now, std::int64_t limit);
  Result<void> sent(std::int64_t alert, const std::string& sink, UtcTime now);
  // Failed, and due again then; nullopt: given up.
  Result<void> failed(std::int64_t alert, const std::string& sink, const std::string& why, std::optional<UtcTime> next);
  // Newest first, those with ids below `before`; 0: from the last.
  Result<std::vector<Alert>> list(std::int64_t limit, std::int64_t before);
  // Of the alerts with these ids and all between, by id and sink.
  Result<std::vector<AlertOutcome>> outcomes(std::int64_t first, std::int64_t last);
  // Forgets deliveries, sent or given up, of alerts that were raised before then: how many. The alerts stay.
  Result<std::int64_t> trim(UtcTime before);
  // By the names of the sinks that have had one, as far as it is not forgotten.
  Result<std::map<std::string, AlertCounts>> counts();
  // How often each kind was raised, repetitions counted.
  Result<std::map<std::string, std::int64_t>> raised_by_kind();

 private:
  Database& database_;
};

}  // namespace frostgate::catalog
