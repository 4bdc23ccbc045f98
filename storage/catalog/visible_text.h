// The text that a film shows, for those who look for words: lines that the redactor read and never covered. They are written when the
// film is published, and go with its recording.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codec/base/geometry.h"
#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"
#include "storage/catalog/jobs.h"

namespace frostgate::catalog {

// On screen from `from` to `to`; the box is where it was first.
struct VisibleLine {
  SessionTime from{};
  SessionTime to{};
  Rect box;
  std::string text;
};

// More of one recording cannot be stored.
inline constexpr std::size_t kMaxVisibleLines = std::size_t{1} << 20;

// So that a film's signed report can say which text belongs to it (FORMAT.md).
struct TextDigest {
  std::int64_t lines = 0;
  std::string sha256;

  bool operator==(const TextDigest&) const = default;
};
TextDigest text_digest(const std::vector<VisibleLine>& lines);

struct StoredText {
  TextDigest digest;
  std::int64_t indexed = 0;  // so many lines a search for words looks at
};

class VisibleText {
 public:
  explicit VisibleText(Catalog& catalog) : database_(catalog.database()) {}

  // In place of what was known of the recording. Bytes that are not UTF-8 are replaced. With a lease, only while it is its job's last (`denied`
  // otherwise). `not_found` recording, `invalid` when there are too many lines.
  Result<void> replace(const std::string& recording, const std::vector<VisibleLine>& lines, const std::optional<Lease>& lease = std::nullopt);
  // `not_found` recording.
  Result<StoredText> stored(const std::string& recording);
  // Makes the words of lines that were forgotten since it was done last vanish from the database's files too, in many short transactions. Long: it may rewrite
  // the whole index. Nothing when none were.
  Result<void> wipe();

 private:
  Database& database_;
};

}  // namespace frostgate::catalog
