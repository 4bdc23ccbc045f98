// The film as a player takes it: an index with segments, or one part as a file that is read by ranges. Whatever is handed out is noted
// first as watched; what cannot be noted is not handed out.
#include <algorithm>
#include <charconv>
#include <map>

#include <nlohmann/json.hpp>

#include "gateway/base/log.h"
#include "gateway/http/codec_string.h"
#include "gateway/http/handlers.h"
#include "gateway/http/problem.h"
#include "gateway/serve/quarantine.h"
#include "gateway/serve/storyboard.h"
#include "gateway/serve/watch_gates.h"
#include "storage/catalog/keys.h"
#include "storage/catalog/segments.h"
#include "storage/catalog/views.h"

namespace frostgate::http {
namespace {

using nlohmann::json;

// Pieces of one way through a film that come within this time are one view.
constexpr auto kSameView = std::chrono::minutes(5);

// The recording, when its film may be handed out to the caller. A film that is being made again is a conflict with the present, not a secret.
Result<catalog::Recording> film_for(const Call& call) {
  const catalog::Recording row = TRY(watched_recording(call, call.path.at("id")));
  Result<catalog::Recording> released = serve::released(call.core, row.id);
  if (!released && released.error().kind != ErrorKind::io) return Error{ErrorKind::exists, released.error().message};
  return released;
}

Result<Secret> film_key(const Call& call, const std::string& id) {
  const auto wrapped = TRY(catalog::Keys(*call.core.catalog).find(id, catalog::KeyKind::film));
  return call.core.kek->unwrap(wrapped, serve::key_context(id, "film"));
}

// One part of a film as one run of bytes: its init segment, then its media segments.
struct PartFile {
  serve::Core& core;
  std::string recording, user;
  Secret key;
  std::vector<catalog::SegmentRow> segments;  // in order
  std::vector<std::uint64_t> begins;          // where each begins
  std::uint64_t size = 0;
  std::size_t noted = 0;  // segments before this one were noted

  Result<void> note(std::size_t at) {
    const catalog::SegmentRow& row = segments[at];
    if (row.kind == SegmentKind::init || at + 1 == noted) return {};
    TRY(catalog::Views(*core.catalog).add({recording, user, serve::utc_now(), row.start, row.start + row.duration, false}, kSameView));
    noted = at + 1;
    return {};
  }

  Result<std::vector<std::byte>> read(std::uint64_t offset, std::uint64_t wanted) {
    std::vector<std::byte> out;
    while (out.size() < wanted && offset < size) {
      const auto after = std::upper_bound(begins.begin(), begins.end(), offset);
      const auto at = static_cast<std::size_t>(after - begins.begin()) - 1;
      TRY(note(at));
      const auto end = begins[at] + static_cast<std::uint64_t>(segments[at].plain_size);
      const std::uint64_t take = std::min(wanted - out.size(), end - offset);
      const std::vector<std::byte> piece = TRY(core.vault->read(segments[at].object_key, key, offset - begins[at], take));
      if (piece.size() != take) return Error{ErrorKind::corrupt, "segment " + segments[at].object_key + " is shorter than its row says"};
      out.insert(out.end(), piece.begin(), piece.end());
      offset += take;
    }
    return out;
  }
};

Result<std::shared_ptr<PartFile>> part_file(const Call& call, const catalog::Recording& row, std::int64_t part) {
  auto out = std::make_shared<PartFile>(PartFile{call.core, row.id, call.caller.user, {}, {}, {}, 0, 0});
  for (catalog::SegmentRow& segment : TRY(catalog::Segments(*call.core.catalog).list(row.id, row.generation))) {
    if (segment.part != part || segment.plain_size <= 0) continue;
    out->begins.push_back(out->size);
    out->size += static_cast<std::uint64_t>(segment.plain_size);
    out->segments.push_back(std::move(segment));
  }
  if (out->segments.empty()) return Error{ErrorKind::not_found, "the film has no such part"};
  out->key = TRY(film_key(call, row.id));
  return out;
}

struct Range {
  std::uint64_t first = 0, last = 0;
};

// RFC 9110 14.1.2: one range of bytes. Several, other units and what is no range at all are ignored, as it allows. `bad`: none of it is there.
std::optional<Range> range_of(const std::string& header, std::uint64_t size, bool& bad) {
  bad = false;
  if (!header.starts_with("bytes=") || header.find(',') != std::string::npos) return std::nullopt;
  const char* at = header.data() + 6;
  const char* const end = header.data() + header.size();
  Range out;
  const auto [dash, no_first] = std::from_chars(at, end, out.first);
  if (dash == end || *dash != '-') return std::nullopt;
  const bool suffix = dash == at;
  const auto [stop, no_last] = std::from_chars(dash + 1, end, out.last);
  const bool open = dash + 1 == end;
  if (stop != end || (!suffix && no_first != std::errc()) || (!open && no_last != std::errc()) || (suffix && open)) return std::nullopt;
  if (suffix) {
    bad = out.last == 0 || size == 0;
    out = {size - std::min(out.last, size), size - 1};
    return bad ? std::nullopt : std::optional(out);
  }
  if (!open && out.last < out.first) return std::nullopt;
  bad = out.first >= size;
  out.last = open ? size - 1 : std::min(out.last, size - 1);
  return bad ? std::nullopt : std::optional(out);
}

// As film_for(), but an approval that was not used yet is none: whoever looks through a list has not sat down to watch.
Result<catalog::Recording> looked_at(const Call& call) {
  const catalog::Recording row = TRY(recording_for(call, call.path.at("id"), kWatchers));
  const bool may = TRY(serve::WatchGates(call.core, call.caller.user, call.now).open(row));
  if (!may) return Error{ErrorKind::denied, "the film of " + row.id + " is not open to you"};
  return row;
}

}  // namespace

Result<Response> storyboard(Call& call) {
  const catalog::Recording row = TRY(looked_at(call));
  json items = json::array();
  for (const catalog::ThumbnailRow& one : TRY(serve::storyboard(call.core, row.id))) {
    items.push_back({{"number", one.number}, {"at", seconds(one.at)}, {"width", one.size.width}, {"height", one.size.height}});
  }
  return json_response(200, {{"items", std::move(items)}});
}

Result<Response> thumbnail(Call& call) {
  const catalog::Recording row = TRY(looked_at(call));
  const std::int64_t number = TRY(call.path_number("number", 1 << 20));
  const catalog::ThumbnailRow one = TRY(catalog::Thumbnails(*call.core.catalog).find(row.id, static_cast<int>(number)));
  const std::vector<std::byte> bytes = TRY(serve::thumbnail(call.core, row.id, one.number));
  TRY(catalog::Views(*call.core.catalog).add({row.id, call.caller.user, call.now, one.at, one.at, false}, kSameView));
  Response out;
  out.status = 200;
  out.headers = {{"Content-Type", "image/jpeg"}, {"Cache-Control", "private, no-cache"}};
  out.body = std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return out;
}

Result<Response> film_index(Call& call) {
  const catalog::Recording row = TRY(film_for(call));
  const Secret key = TRY(film_key(call, row.id));
  json parts = json::array();
  for (const catalog::SegmentRow& segment : TRY(catalog::Segments(*call.core.catalog).list(row.id, row.generation))) {
    if (parts.empty() || parts.back()["part"] != segment.part) {
      parts.push_back({{"part", segment.part}, {"start", seconds(segment.start)}, {"duration", 0.0}, {"width", segment.size.width}, {"height", segment.size.height},
                       {"mime", "video/mp4"}, {"init", 0}, {"segments", json::array()}});
    }
    json& part = parts.back();
    if (segment.kind == SegmentKind::init) {
      const std::vector<std::byte> init = TRY(call.core.vault->read(segment.object_key, key));
      part["mime"] = mime_of(init);
      part["init"] = segment.index;
      continue;
    }
    part["segments"].push_back({{"index", segment.index}, {"start", seconds(segment.start)}, {"duration", seconds(segment.duration)}, {"size", segment.plain_size}});
    part["duration"] = seconds(segment.start + segment.duration) - part["start"].get<double>();
  }
  return json_response(200, {{"generation", row.generation}, {"duration", seconds(row.film_duration)}, {"parts", std::move(parts)}});
}

Result<Response> film_segment(Call& call) {
  const catalog::Recording row = TRY(film_for(call));
  const std::int64_t generation = TRY(call.path_number("generation", 1 << 30));
  const std::int64_t part = TRY(call.path_number("part", 1 << 20));
  const std::int64_t index = TRY(call.path_number("index", 1 << 20));
  // Of others nothing is shown: they may lack what the last one covers.
  if (generation != row.generation) return Error{ErrorKind::not_found, "another film of " + row.id + " is shown by now"};
  const auto segment = TRY(catalog::Segments(*call.core.catalog).find(row.id, generation, static_cast<int>(part), static_cast<int>(index)));
  const Secret key = TRY(film_key(call, row.id));
  if (segment.kind == SegmentKind::media) {
    TRY(catalog::Views(*call.core.catalog).add({row.id, call.caller.user, call.now, segment.start, segment.start + segment.duration, false}, kSameView));
  }
  const std::vector<std::byte> bytes = TRY(call.core.vault->read(segment.object_key, key));
  Response out;
  out.status = 200;
  // Written once under its number; but its reader's right may end.
  out.headers = {{"Content-Type", "video/mp4"}, {"Cache-Control", "private, no-cache"}, {"ETag", '"' + segment.sha256.substr(0, 32) + '"'}};
  out.body = std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return out;
}

Result<Response> film(Call& call) {
  const catalog::Recording row = TRY(film_for(call));
  const std::int64_t part = TRY(call.path_number("part", 1 << 20));
  const std::shared_ptr<PartFile> file = TRY(part_file(call, row, part));
  const std::string etag = "\"g" + std::to_string(row.generation) + "p" + call.path.at("part") + "\"";
  const std::string& only_if = call.request.header("if-range");
  bool bad = false;
  const auto range = only_if.empty() || only_if == etag ? range_of(call.request.header("range"), file->size, bad) : std::nullopt;
  Response out;
  if (bad) {
    out = problem(416, "range");
    out.headers.emplace_back("Content-Range", "bytes */" + std::to_string(file->size));
    return out;
  }
  out.status = range ? 206 : 200;
  out.headers = {{"Content-Type", "video/mp4"}, {"Accept-Ranges", "bytes"}, {"Cache-Control", "private, no-cache"}, {"ETag", etag}};
  const Range span = range.value_or(Range{0, file->size - 1});
  if (range) out.headers.emplace_back("Content-Range", "bytes " + std::to_string(span.first) + "-" + std::to_string(span.last) + "/" + std::to_string(file->size));
  out.body = ByteSource{span.last - span.first + 1, [file, span](std::uint64_t offset, std::uint64_t size) { return file->read(span.first + offset, size); }};
  return out;
}

}  // namespace frostgate::http
