// What goes wrong, told to people: noted, de-duplicated, limited, and delivered from an outbox that survives the program. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "gateway/alerts/settings.h"
#include "storage/catalog/alerts.h"

namespace frostgate::alerts {

inline constexpr std::chrono::minutes kQuiet{10};  // the same kind and subject within so long is one alert

struct Event {
  std::string kind;     // "redaction.failed"; the list is in README.md
  Severity severity = Severity::warning;
  std::string subject;  // the recording, session, target, user or request that it is about; or empty
  std::string text;     // a sentence for people, without secrets
  // Of what is so at this moment, and found again at each look: it is said again after so long, and until then looks are not counted. Nothing: it has happened, and
  // the same again within kQuiet is counted.
  std::optional<std::chrono::minutes> stands{};
};

// The first rule that matches the kind. Without one: secret.* and session.* are dropped, since they are news only to those who asked for
// them, and all others have the defaults of Rule.
Rule rule_for(const std::vector<Rule>& rules, const std::string& kind);
// The sinks that get an event, `lately` others of its kind having been raised within the hour.
std::vector<std::string> sinks_for(const Settings& settings, const Rule& rule, Severity severity, std::int64_t lately);
// How long a delivery that has failed so often waits; nullopt: given up, after two days or so.
std::optional<std::chrono::seconds> retry_after(std::int64_t failures);

class Alerts {
 public:
  Alerts(catalog::Catalog& catalog, Settings settings, std::string node);
  // Waits for deliveries that are under way, a second at most.
  ~Alerts();

  // Notes it, in the audit log too, and wakes the deliveries; waits for none. Error: the catalog does not take it; whoever calls logs that.
  Result<void> raise(const Event& event, UtcTime now);
  // One thread for each sink, so that one that hangs holds up no other. Once.
  void start();
  // What start()'s threads do, once: how many were sent.
  Result<int> deliver_due(const std::string& sink, UtcTime now);

  struct Outcome {
    std::string sink;
    Result<void> sent;
  };
  // Sends a test to each sink, or to the one of that name, now, past rules and outbox: what each said. Takes ten seconds at most.
  // Error: not_found.
  Result<std::vector<Outcome>> test(UtcTime now, const std::optional<std::string>& only = {}) const;
  // Tells each syslog sink now, past rules and outbox, for what is said again in an hour anyhow. Takes ten seconds at most.
  std::vector<Outcome> tell_syslog(const Event& event, UtcTime now) const;

  const Settings& settings() const { return settings_; }

 private:
  std::vector<Outcome> send_now(const std::vector<const Sink*>& sinks, const catalog::Alert& alert, UtcTime now) const;
  void run(std::stop_token stop, const Sink& sink);
  Result<int> deliver_due(const Sink& sink, UtcTime now, std::stop_token stop);

  catalog::Catalog& catalog_;
  const Settings settings_;
  const std::string node_;
  std::mutex mutex_;
  std::condition_variable_any raised_;
  std::uint64_t count_ = 0;
  std::vector<std::jthread> threads_;
};

}  // namespace frostgate::alerts
