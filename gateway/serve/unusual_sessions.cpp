// Sessions that were far from what is usual for their user, by robust statistics over the earlier ones.
#include <cmath>

#include "gateway/alerts/baseline.h"
#include "gateway/base/log.h"
#include "gateway/serve/alarms.h"
#include "gateway/serve/session_volume.h"
#include "gateway/serve/trouble.h"

namespace frostgate::serve {
namespace {

constexpr std::int64_t kHistory = 200;  // sessions of a user that say what is usual

// One session, as far as it is known.
struct Conduct {
  std::optional<double> minutes, strokes, clipboard, files;  // the last two: KiB, both ways
};

Conduct conduct_of(const catalog::Recording& row) {
  Conduct out;
  if (row.ended) out.minutes = std::chrono::duration<double, std::ratio<60>>(*row.ended - row.started).count();
  if (const auto volume = volume_of(row.report_json)) {
    out.strokes = static_cast<double>(volume->strokes);
    out.clipboard = static_cast<double>(volume->pasted_bytes + volume->copied_bytes) / 1024;
  }
  if (const auto bytes = file_bytes_of(row.report_json)) out.files = static_cast<double>(*bytes) / 1024;
  return out;
}

struct Measure {
  const char* kind;
  std::optional<double> Conduct::*value;
  double never;           // unusual, whatever is usual, when no more than this
  const char* happened;   // "<who> <happened> <value> <unit>"
  const char* unit;
};
constexpr Measure kMeasures[] = {
    {"unusual.duration", &Conduct::minutes, 15, "lasted", "minutes"},
    {"unusual.input", &Conduct::strokes, 2000, "pressed keys and buttons", "times"},
    {"unusual.clipboard", &Conduct::clipboard, 64, "passed text by the clipboard,", "KiB"},
    {"unusual.files", &Conduct::files, 4096, "passed files and pictures,", "KiB"},
};

void alert_if_unusual(Core& core, const Measure& measure, const catalog::Recording& row, const Conduct& session, const std::vector<Conduct>& earlier, UtcTime now) {
  const std::optional<double> value = session.*measure.value;
  if (!value || *value <= measure.never) return;
  std::vector<double> history;
  for (const Conduct& one : earlier) {
    if (one.*measure.value) history.push_back(*(one.*measure.value));
  }
  const auto usual = alerts::baseline_of(std::move(history));
  if (!usual || !usual->far_above(*value)) return;
  const auto words = [&](double amount) { return std::to_string(std::llround(amount)) + " " + measure.unit; };
  raise_alert(core, {measure.kind, alerts::Severity::warning, row.id,
                     session_words(row) + " " + measure.happened + " " + words(*value) + ". The middle of this user's last " + std::to_string(usual->values) +
                         " sessions is " + words(usual->middle) + ", and half of them are within " + words(usual->spread) + " of it."},
              now);
}

}  // namespace

void alert_session_end(Core& core, const catalog::Recording& row, UtcTime now) {
  look_at_session(core, row, now);
  const Conduct session = conduct_of(row);
  catalog::RecordingFilter before;
  before.user = row.user;
  before.limit = kHistory;
  const auto listed = catalog::Recordings(*core.catalog).list(before);
  if (!listed) return log::error(row.id, "the earlier sessions of {} could not be read: {}", row.user, listed.error().message);
  std::vector<Conduct> earlier;
  for (const catalog::Recording& one : listed.value()) {
    if (one.id != row.id && one.ended) earlier.push_back(conduct_of(one));
  }
  for (const Measure& measure : kMeasures) alert_if_unusual(core, measure, row, session, earlier, now);
}

}  // namespace frostgate::serve
