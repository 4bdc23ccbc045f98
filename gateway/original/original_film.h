// A span of an original that its custodians have opened, from the journal to watermarked segments of film, or an MP4 of them.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "codec/base/custodians_consent.h"
#include "codec/base/geometry.h"
#include "codec/base/result.h"
#include "codec/base/segment.h"
#include "codec/base/time.h"
#include "storage/journal/journal_source.h"

namespace frostgate::original {

struct OriginalWish {
  SessionTime from{}, to{};
  Rect area;                 // of the screen; empty: all of it
  std::string mark, notice;  // what stands all over the picture, and below it
  std::filesystem::path output;  // of write_original()
  std::function<bool(double done)> progress;  // 0 to 1; false cancels
};

struct OriginalFacts {
  SessionTime from{}, to{};   // what it shows: the span, cut to the session's
  std::uint64_t pictures = 0;
  std::string damage;         // why the journal stops within the span; empty: it does not
};

struct OriginalFilm {
  OriginalFacts facts;
  std::vector<Segment> segments;  // their times begin with the span
};

// Errors: `invalid` when there was no picture in the span, `corrupt` when the key is not this journal's, `cancelled`.
Result<OriginalFilm> render_original(storage::JournalSource& journal, const CustodiansConsent& consent, const OriginalWish& wish);

// The film's first moment is `from`. Errors: as above, and those of codec::write_film. Nothing is left of a film that did not come about.
Result<OriginalFacts> write_original(storage::JournalSource& journal, const CustodiansConsent& consent, const OriginalWish& wish);

}  // namespace frostgate::original
