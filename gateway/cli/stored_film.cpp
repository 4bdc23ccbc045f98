#include "gateway/cli/stored_film.h"

#include <algorithm>
#include <cstdio>
#include <map>

namespace frostgate::cli {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxSegmentBytes = std::size_t{1} << 30;

struct Row {
  int part, index;
  bool init;
  SessionTime start, end;
  Size size;

  explicit Row(const json& row)
      : part(row.at(0).get<int>()),
        index(row.at(1).get<int>()),
        init(row.at(2).get<bool>()),
        start(row.at(3).get<std::int64_t>()),
        end(start + Microseconds(row.at(4).get<std::int64_t>())),
        size{row.at(5).get<int>(), row.at(6).get<int>()} {}
};

}  // namespace

Result<std::vector<codec::FilmPart>> stored_film(std::shared_ptr<Control> control, const FilmWish& wish) {
  const auto& [id, span, export_reason, break_glass] = wish;
  json question{{"type", "recordings.segments"}, {"id", id}};
  if (span) question.update({{"from_us", span->from.count()}, {"to_us", span->to.count()}});
  if (!export_reason.empty()) question["export_reason"] = export_reason;
  if (!break_glass.empty()) question["break_glass"] = break_glass;
  const auto answer = TRY(control->ask(question));
  const auto generation = TRY(answer.number("generation", 1, 1 << 30));
  std::vector<codec::FilmPart> parts;
  std::map<int, std::size_t> places;
  std::vector<std::shared_ptr<std::vector<int>>> chosen;  // the segments' indices, of each part
  SessionTime begin = SessionTime::max(), end{};
  bool shows = false;
  for (const json& cells : answer.body["segments"]) {
    const Row row(cells);
    if (!places.contains(row.part)) {
      places[row.part] = parts.size();
      const auto indices = std::make_shared<std::vector<int>>();
      chosen.push_back(indices);
      codec::FilmPart part;
      part.size = row.size;
      part.start = part.end = row.start;
      part.read = [control, id = wish.id, generation, number = row.part, indices](std::size_t index) -> Result<std::vector<std::byte>> {
        const auto segment = TRY(control->ask({{"type", "recordings.segment"}, {"id", id}, {"generation", generation},
                                               {"part", number}, {"index", indices->at(index)}}));
        if (segment.descriptors.size() != 1) return Error{ErrorKind::corrupt, "serve sent no segment"};
        return ipc::from_memory_file(segment.descriptors[0], kMaxSegmentBytes);
      };
      parts.push_back(std::move(part));
    }
    if (!row.init) begin = std::min(begin, row.start), end = std::max(end, row.end);
    const std::size_t place = places[row.part];
    codec::FilmPart& part = parts[place];
    if (!row.init && span && (row.end <= span->from || row.start >= span->to)) continue;
    if (!row.init && part.segments == 1) part.start = row.start;
    shows = shows || !row.init;
    chosen[place]->push_back(row.index);
    part.end = row.end;
    ++part.segments;
  }
  if (span && !shows) {
    const auto seconds = [](SessionTime time) { return std::chrono::duration<double>(time).count(); };
    char text[160];
    std::snprintf(text, sizeof text, "the film shows nothing in that span: it is of %.3f to %.3f s after the session's beginning", seconds(std::min(begin, end)), seconds(end));
    return Error{ErrorKind::invalid, text};
  }
  return parts;
}

}  // namespace frostgate::cli
