#include "gateway/cli/original_opening.h"

#include <algorithm>

#include "gateway/base/log.h"
#include "gateway/base/sandbox.h"
#include "gateway/cli/bundle_maker.h"
#include "gateway/cli/commands.h"
#include "gateway/ipc/segment_message.h"
#include "storage/custody/shares.h"

namespace frostgate::cli {
namespace {

using nlohmann::json;

constexpr std::size_t kMostInNotice = 300;
constexpr auto kTaskPatience = std::chrono::seconds(30);
constexpr std::int64_t kLastMoment = std::int64_t{1} << 50;

// Cut where a character of UTF-8 ends.
std::string shortened(const std::string& text) {
  if (text.size() <= kMostInNotice) return text;
  std::size_t end = kMostInNotice;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

Result<Rect> area_of_task(const ipc::Message& start) {
  if (!start.body.contains("area")) return Rect{};
  const json& area = start.body["area"];
  if (!area.is_array() || area.size() != 4 || !std::ranges::all_of(area, [](const json& one) { return one.is_number_integer(); })) {
    return Error{ErrorKind::corrupt, "serve gave no area"};
  }
  return Rect{area[0].get<int>(), area[1].get<int>(), area[2].get<int>(), area[3].get<int>()};
}

Result<OpeningTask> opening_task(ipc::Channel& channel) {
  const std::optional<ipc::Message> start = TRY(channel.receive(kTaskPatience));
  if (!start || start->type() != "start") return Error{ErrorKind::timeout, "serve gave no task"};
  OpeningTask task;
  task.id = TRY(start->text("recording", 64));
  task.from = SessionTime(TRY(start->number("from_us", 0, kLastMoment)));
  task.to = SessionTime(TRY(start->number("to_us", 0, kLastMoment)));
  task.area = TRY(area_of_task(*start));
  task.reason = TRY(start->text("reason"));
  const std::int64_t shares = TRY(start->number("shares", 1, storage::kMostCustodians));
  while (static_cast<std::int64_t>(task.shares.size()) < shares) {
    const std::optional<ipc::Message> one = TRY(channel.receive(kTaskPatience));
    if (!one || one->type() != "share" || one->descriptors.size() != 1) return Error{ErrorKind::corrupt, "serve gave no share"};
    std::vector<std::byte> bytes = TRY(ipc::from_memory_file(one->descriptors[0], storage::kMaxShareBytes));
    task.shares.emplace_back(std::span<const std::byte>(bytes));
    wipe_memory(bytes.data(), bytes.size());
  }
  return task;
}

Result<void> open_for_serve(Control& control) {
  OpeningTask task = TRY(opening_task(control.channel()));
  OpenedOriginal opened = TRY(open_original(control, task));
  task.shares.clear();
  double told = 0;
  opened.wish.progress = [&](double done) {
    if (done < told + 0.01) return true;
    told = done;
    return control.channel().send({{"type", "progress"}, {"done", std::clamp(done, 0.0, 1.0)}}).has_value();
  };
  storage::DirectoryJournalSource journal(storage::real_file_system(), opened.journal);
  const original::OriginalFilm film = TRY(original::render_original(journal, opened.consent, opened.wish));
  for (const Segment& segment : film.segments) {
    const ipc::Message message = TRY(ipc::segment_message(segment));
    const int fd = message.descriptors[0].fd();
    TRY(control.channel().send(message.body, {&fd, 1}));
  }
  return control.channel().send({{"type", "done"}, {"approval", opened.approval}, {"from_us", film.facts.from.count()}, {"to_us", film.facts.to.count()}, {"damage", film.facts.damage}});
}

}  // namespace

Result<OpenedOriginal> open_original(Control& control, const OpeningTask& task) {
  // Before the approval is used up.
  CustodiansConsent consent = TRY(storage::ShareCombiner::combine(task.id, task.shares));
  json question{{"type", "original.open"}, {"id", task.id}, {"from_us", task.from.count()}, {"to_us", task.to.count()}, {"reason", task.reason},
                {"custodians", task.shares.size()}};
  if (!task.area.empty()) question["area"] = {task.area.x, task.area.y, task.area.width, task.area.height};
  const auto answer = TRY(control.ask(question));
  OpenedOriginal out{std::move(consent), TRY(answer.text("approval", 64)), TRY(answer.text("journal", 4096)), {}, {}};
  out.started = UtcTime(Microseconds(TRY(answer.number("started_us", 0, std::int64_t{1} << 60))));
  out.wish.from = task.from;
  out.wish.to = task.to;
  out.wish.area = task.area;
  const std::string when = clock_of(UtcTime(Microseconds(TRY(answer.number("opened_us", 0, std::int64_t{1} << 60))))).substr(0, 19) + " UTC";
  const std::string by = TRY(answer.text("by", 512));
  out.wish.mark = "ORIGINAL " + by + " " + when;
  out.wish.notice = "ORIGINAL, unredacted, of session " + task.id + " (" + TRY(answer.text("user", 512)) + " on " + TRY(answer.text("target", 512)) + "). Opened by " + by +
                    ", " + when + ", with the approval " + out.approval + ": " + shortened(task.reason);
  TRY(give_up_powers());
  return out;
}

int run_original_worker(int channel) {
  Control control{Descriptor(channel)};
  const Result<void> opened = open_for_serve(control);
  if (opened) return 0;
  log::warning("-", "original: {}", opened.error().message);
  // When serve has gone nobody wants to know.
  static_cast<void>(control.channel().send({{"type", "failed"}, {"message", opened.error().message}}));
  return 1;
}

}  // namespace frostgate::cli
