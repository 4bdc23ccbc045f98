// Recordings, and what was on screen in them, as somebody with these watch rights may see them: what lies outside does not exist, neither as
// a hit nor in a page's length. Pages go from the newest recording to the oldest; a cursor stays good while recordings come and go.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "storage/catalog/recordings.h"
#include "storage/catalog/visible_text.h"
#include "storage/catalog/watch_rights.h"

namespace frostgate::catalog {

// What is set must hold.
struct RecordingQuery {
  std::optional<std::string> user, target, rule;          // "*" stands for any characters
  std::optional<std::string> status;                      // a word of RecordingStatus
  std::optional<std::string> mask;                        // rules of detection, one of which covered something: "pem.*,label.key,-pem.body"
  std::map<std::string, std::string> tags;
  std::optional<UtcTime> since, until;                    // when the session began: since <= t < until
  std::string text;    // words that all stand in one line that its film shows; "*" ends the beginning of a word, of two letters at least
  std::string cursor;  // what the page before said; empty: the first page
  int limit = 50;      // 1 to 500
};

struct RecordingPage {
  std::vector<Recording> recordings;  // without their reports
  std::vector<std::map<std::string, std::int64_t>> masks;  // of each: rules of detection, and how many masks they made
  std::vector<std::string> cursors;  // of each, for a page that begins after it
  std::string next;                  // empty: the end
};

struct TextQuery {
  std::string text;  // as in RecordingQuery, but not empty
  std::optional<std::string> recording;
  std::string cursor;
  int limit = 50;
};

struct TextHit {
  std::string recording;
  VisibleLine line;
  std::string cursor;  // for a page that begins after it,
  std::string past;    // or after all of its recording
};

struct TextPage {
  std::vector<TextHit> hits;
  std::string next;
};

class Search {
 public:
  Search(Catalog& catalog, WatchRights rights) : database_(catalog.database()), rights_(std::move(rights)) {}

  // `not_found`, too, when it may not be seen.
  Result<Recording> find(const std::string& id);
  // `invalid` cursor, limit, status or text without a word.
  Result<RecordingPage> recordings(const RecordingQuery& query);
  Result<TextPage> lines(const TextQuery& query);  // the latest first in each recording

 private:
  Database& database_;
  WatchRights rights_;
};

}  // namespace frostgate::catalog
