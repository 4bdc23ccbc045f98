#include "gateway/alerts/alerts.h"

#include <algorithm>

#include "gateway/alerts/delivery.h"
#include "gateway/base/log.h"
#include "gateway/policy/pattern.h"

namespace frostgate::alerts {
namespace {

constexpr auto kPatience = std::chrono::seconds(10);
constexpr auto kLookEvery = std::chrono::seconds(2);
constexpr std::int64_t kAtATime = 50;
constexpr std::int64_t kMostFailures = 200;
constexpr std::chrono::seconds kFirstRetry{5}, kLastRetry{900};

UtcTime utc_now() { return std::chrono::floor<Microseconds>(std::chrono::system_clock::now()); }

}  // namespace

Rule rule_for(const std::vector<Rule>& rules, const std::string& kind) {
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const Rule& rule) { return policy::any_matches(rule.kinds, kind); });
  if (found != rules.end()) return *found;
  Rule out;
  out.drop = kind.starts_with("secret.") || kind.starts_with("session.");
  return out;
}

std::vector<std::string> sinks_for(const Settings& settings, const Rule& rule, Severity severity, std::int64_t lately) {
  std::vector<std::string> out;
  for (const Sink& sink : settings.sinks) {
    const bool named = rule.sinks.empty() || std::find(rule.sinks.begin(), rule.sinks.end(), sink.name) != rule.sinks.end();
    if (named && severity >= sink.least && lately < rule.per_hour) out.push_back(sink.name);
  }
  return out;
}

std::optional<std::chrono::seconds> retry_after(std::int64_t failures) {
  if (failures >= kMostFailures) return std::nullopt;
  return std::min(kFirstRetry * (std::int64_t{1} << std::min<std::int64_t>(failures, 10)), kLastRetry);
}

Alerts::Alerts(catalog::Catalog& catalog, Settings settings, std::string node)
    : catalog_(catalog), settings_(std::move(settings)), node_(std::move(node)) {}

Alerts::~Alerts() {
  for (std::jthread& thread : threads_) thread.request_stop();
}

Result<void> Alerts::raise(const Event& event, UtcTime now) {
  const Rule rule = rule_for(settings_.rules, event.kind);
  if (rule.drop) return {};
  const Severity severity = rule.severity.value_or(event.severity);
  catalog::Alerts kept(catalog_);
  const std::int64_t lately = TRY(kept.raised_since(event.kind, now - std::chrono::hours(1)));
  catalog::Alert alert;
  alert.kind = event.kind;
  alert.severity = to_string(severity);
  alert.subject = event.subject;
  alert.text = event.text;
  alert.at = now;
  const std::vector<std::string> sinks = sinks_for(settings_, rule, severity, lately);
  const auto same = event.stands ? catalog::SameAlert::stands : catalog::SameAlert::again;
  const auto raised = TRY(kept.raise(alert, sinks, now - rule.quiet.value_or(event.stands.value_or(kQuiet)), same));
  if (!raised) return {};
  if (severity == Severity::info) log::info("-", "alert {}: {}", event.kind, event.text);
  else log::warning("-", "ALERT {} {}: {}", alert.severity, event.kind, event.text);
  {
    const std::lock_guard lock(mutex_);
    ++count_;
  }
  raised_.notify_all();
  return {};
}

void Alerts::start() {
  prepare_deliveries();
  for (const Sink& sink : settings_.sinks) threads_.emplace_back([this, &sink](std::stop_token stop) { run(stop, sink); });
}

void Alerts::run(std::stop_token stop, const Sink& sink) {
  while (!stop.stop_requested()) {
    std::uint64_t seen = 0;
    {
      const std::lock_guard lock(mutex_);
      seen = count_;
    }
    const Result<int> sent = deliver_due(sink, utc_now(), stop);
    if (!sent) log::error("-", "alerts for {} wait: {}", sink.name, sent.error().message);
    std::unique_lock lock(mutex_);
    raised_.wait_for(lock, stop, kLookEvery, [&] { return count_ != seen; });
  }
}

Result<int> Alerts::deliver_due(const std::string& name, UtcTime now) {
  const auto sink = std::find_if(settings_.sinks.begin(), settings_.sinks.end(), [&](const Sink& one) { return one.name == name; });
  if (sink == settings_.sinks.end()) return Error{ErrorKind::not_found, "there is no sink " + name};
  return deliver_due(*sink, now, {});
}

Result<int> Alerts::deliver_due(const Sink& sink, UtcTime now, std::stop_token stop) {
  catalog::Alerts kept(catalog_);
  int sent = 0;
  for (const catalog::AlertDelivery& delivery : TRY(kept.due(sink.name, now, kAtATime))) {
    if (stop.stop_requested()) break;
    const Result<void> taken = deliver(sink, delivery.alert, node_, now, {kPatience, stop});
    if (taken) {
      TRY(kept.sent(delivery.alert.id, sink.name, now));
      ++sent;
      continue;
    }
    // What we broke off ourselves says nothing about the sink.
    if (stop.stop_requested()) break;
    const auto wait = retry_after(delivery.attempts);
    log::warning("-", "alert {} did not reach {}{}: {}", delivery.alert.id, sink.name, wait ? "" : ", and is given up", taken.error().message);
    TRY(kept.failed(delivery.alert.id, sink.name, taken.error().message, wait ? std::optional<UtcTime>(now + *wait) : std::nullopt));
  }
  return sent;
}

Result<std::vector<Alerts::Outcome>> Alerts::test(UtcTime now, const std::optional<std::string>& only) const {
  std::vector<const Sink*> sinks;
  for (const Sink& sink : settings_.sinks) {
    if (!only || sink.name == *only) sinks.push_back(&sink);
  }
  if (only && sinks.empty()) return Error{ErrorKind::not_found, "there is no sink \"" + *only + "\""};

  catalog::Alert alert;
  alert.kind = "test";
  alert.severity = to_string(Severity::info);
  alert.text = "This is a test of Frostgate's alerts.";
  alert.at = alert.last = now;
  return send_now(sinks, alert, now);
}

std::vector<Alerts::Outcome> Alerts::tell_syslog(const Event& event, UtcTime now) const {
  std::vector<const Sink*> sinks;
  for (const Sink& sink : settings_.sinks) {
    if (sink.type == Sink::Type::syslog) sinks.push_back(&sink);
  }
  catalog::Alert alert;
  alert.kind = event.kind;
  alert.severity = to_string(event.severity);
  alert.subject = event.subject;
  alert.text = event.text;
  alert.at = alert.last = now;
  return send_now(sinks, alert, now);
}

std::vector<Alerts::Outcome> Alerts::send_now(const std::vector<const Sink*>& sinks, const catalog::Alert& alert, UtcTime now) const {
  std::vector<Outcome> outcomes;
  for (const Sink* sink : sinks) outcomes.push_back({sink->name, {}});
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      threads.emplace_back([&, i] { outcomes[i].sent = deliver(*sinks[i], alert, node_, now, {kPatience, {}}); });
    }
  }
  return outcomes;
}

}  // namespace frostgate::alerts
