// Opens an original: puts the custodians' shares together, and asks serve whether its span and region may be looked at.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "codec/base/custodians_consent.h"
#include "codec/base/secret.h"
#include "gateway/cli/control.h"
#include "gateway/original/original_film.h"

namespace frostgate::cli {

struct OpeningTask {
  std::string id;         // the recording's
  SessionTime from{}, to{};
  Rect area;              // empty: all of the screen
  std::string reason;
  std::vector<Secret> shares;
};

struct OpenedOriginal {
  CustodiansConsent consent;
  std::string approval;
  std::filesystem::path journal;
  UtcTime started;               // of the recording
  original::OriginalWish wish;   // without output and progress
};

// From then on the process has given up its powers (base/sandbox.h), since what is in the journal came from the target. Shares that do not
// fit together use up no approval.
Result<OpenedOriginal> open_original(Control& control, const OpeningTask& task);

}  // namespace frostgate::cli
