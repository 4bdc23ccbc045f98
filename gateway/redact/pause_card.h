// What a film shows while its session was not recorded: who asked for that, who approved it, and why.
#pragma once

#include "codec/base/event.h"
#include "codec/base/frame.h"
#include "codec/base/result.h"

namespace frostgate::redact {

// Reads the fonts, once, while there is a file system. Error: not_found, with the package to install; cards have no words then.
Result<void> prepare_cards();

// The same event and size give the same picture, with the same fonts installed.
Frame pause_card(const RecordingPaused& paused, Size size);

}  // namespace frostgate::redact
