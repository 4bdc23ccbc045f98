// Which lines are worth another look of the engine: those with a token that looks drawn by lot, is nothing public (digests, public keys)
// and that no rule has found. A label, a prefix or a mark beside it may have been misread.
#pragma once

#include <span>

#include "redaction/detectors/detectors.h"

namespace frostgate::redaction {

// `findings` are those of this line alone. Pure.
bool has_doubtful_token(const TextLine& line, std::span<const Finding> findings);

// Whether it is as long as base64 of a key is, and no digest: then what looks random at another look is so. In type in which an engine misreads
// every second letter it may look so at one look only, and digits of a digest may be misread as letters at one. Pure.
bool may_be_long_run(const TextLine& line);

}  // namespace frostgate::redaction
