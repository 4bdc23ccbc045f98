#include "gateway/redact/pause_card.h"

#include <string>

#include "gateway/relay/screens/painter.h"
#include "storage/manifest/times.h"

namespace frostgate::redact {
namespace {

std::string clock_time(UtcTime time) {
  const std::string text = storage::utc_text(time);
  return text.substr(0, 10) + " " + text.substr(11, 8) + " UTC";
}

}  // namespace

Result<void> prepare_cards() { return relay::screens::load_fonts(); }

Frame pause_card(const RecordingPaused& paused, Size size) {
  // Where there is a file system still, and nobody has prepared.
  (void)prepare_cards().has_value();
  relay::screens::Dialog card;
  card.mood = relay::screens::Mood::warning;
  card.title = paused.until ? "Recording paused" : "Recording stopped";
  card.text = "By " + paused.by + ", approval " + paused.request + (paused.approved_by.empty() ? ", which nobody had to give." : ", given by " + paused.approved_by + ".") +
              "\nFrom " + clock_time(paused.from) + (paused.until ? ", until " + clock_time(*paused.until) + " at the latest." : " on, for as long as the session lasts.");
  if (!paused.reason.empty()) card.text += "\nReason: " + paused.reason;
  card.footnote = "What was on screen and typed meanwhile was not stored.";
  return relay::screens::paint(relay::screens::DialogState(card), size, Frame()).picture;
}

}  // namespace frostgate::redact
