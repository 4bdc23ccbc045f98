// Which lines are worth another look of the engine: those with a token that looks drawn by lot, is nothing public (digests, public keys)
// and that no rule has found. A label, a prefix or a mark beside it may have been misread.
#pragma once

#include <span>

#include "redaction/detectors/detectors.h"

namespace frostgate::redaction {

// `findings` are those of this line alone. Pure.
bool has_doubtful_token(const TextLine& line, std::span<const Finding> findings);

}  // namespace frostgate::redaction
