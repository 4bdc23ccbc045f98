#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <tuple>

#include "gateway/redact/recording_redaction.h"
#include "tests/unit/gateway/redact/session_history.h"

using namespace frostgate;
using namespace frostgate::redact;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

class Shelf final : public FilmSink {
 public:
  Result<void> store(const std::vector<Segment>& segments) override {
    for (const Segment& segment : segments) {
      // Once in a generation, as the catalog has it.
      REQUIRE(stored_.insert({generations, segment.part, segment.index}).second);
      film[{segment.part, segment.index}] = segment.bytes;
      ++count;
    }
    return {};
  }
  Result<void> begin_generation() override {
    ++generations;
    return {};
  }

  std::map<std::pair<int, int>, std::vector<std::byte>> film;  // of the last generation
  int generations = 1;
  int count = 0;

 private:
  std::set<std::tuple<int, int, int>> stored_;
};

struct Made {
  std::map<std::pair<int, int>, std::vector<std::byte>> film;
  std::vector<redaction::Mask> masks;
  int generations = 0;
  int stored_before_the_end = 0;
  JournalSummary summary;
  std::vector<std::pair<SessionTime, std::vector<std::byte>>> stills;
};

Made finished(RecordingRedaction& redaction, const Shelf& shelf, int before) {
  REQUIRE(redaction.over());
  REQUIRE(redaction.finish([]() -> Result<void> { return {}; }));
  Made made{shelf.film, redaction.plan().masks(), shelf.generations, before, redaction.summary(), {}};
  const std::vector<FilmMaker::Still> stills = redaction.stills(5).value();
  CHECK(stills.size() <= 5);
  for (const FilmMaker::Still& still : stills) made.stills.emplace_back(still.at, still.picture.jpeg);
  return made;
}

void run_on(RecordingRedaction& redaction) {
  for (bool more = true; more;) {
    const Result<bool> stepped = redaction.step();
    REQUIRE(stepped);
    more = stepped.value();
  }
}

void follow_typing(RecordingRedaction& redaction, const HistoryJournal& journal, storage::DirectoryJournalSource& typing,
                   storage::JournalGrowth growth) {
  redaction.follow_typing(TypedStream::open(typing, journal.recording, journal.key, growth).value(),
                          [](redaction::ReaderPtr reader, std::span<const Secret> typed) -> Result<redaction::Redactor> {
                            return redactor(std::move(reader), typed);
                          });
}

// After the fact, from the whole journal.
Made made_afterwards(HistoryJournal& journal) {
  Shelf shelf;
  StageClock clock;
  auto source = journal.source(), typing = journal.typing();
  auto redaction = RecordingRedaction::open({source, journal.recording, journal.key}, storage::JournalGrowth::ended, redactor(), shelf, clock);
  REQUIRE(redaction);
  follow_typing(redaction.value(), journal, typing, storage::JournalGrowth::ended);
  run_on(redaction.value());
  CHECK(shelf.count == 0);
  return finished(redaction.value(), shelf, shelf.count);
}

// Meanwhile: the journal is written before the worker's eyes. Flushed after each `flush_every` entries.
Made made_meanwhile(HistoryJournal& journal, const History& history, std::optional<SessionTime> end, std::size_t flush_every) {
  Shelf shelf;
  StageClock clock;
  auto source = journal.source(), typing = journal.typing();
  auto redaction = RecordingRedaction::open({source, journal.recording, journal.key}, storage::JournalGrowth::growing, redactor(), shelf, clock);
  REQUIRE(redaction);
  follow_typing(redaction.value(), journal, typing, storage::JournalGrowth::growing);
  for (std::size_t i = 0; i < history.size(); ++i) {
    for (const char typed : history[i].typed) journal.press(history[i].at - milliseconds(50), typed == '\n' ? 0xFF0D : static_cast<std::uint32_t>(typed));
    journal.write(history[i]);
    if (i % flush_every == 0) journal.flush();
    run_on(redaction.value());
    CHECK_FALSE(redaction.value().over());
  }
  const int before = shelf.count;
  if (end) journal.finish(*end);
  else journal.abandon();
  run_on(redaction.value());
  redaction.value().expect_no_more();
  run_on(redaction.value());
  return finished(redaction.value(), shelf, before);
}

void require_same(const Made& meanwhile, const Made& afterwards) {
  CHECK(afterwards.generations == 1);
  REQUIRE(meanwhile.film.size() == afterwards.film.size());
  for (const auto& [place, bytes] : afterwards.film) {
    INFO("part " << place.first << " segment " << place.second);
    REQUIRE(meanwhile.film.contains(place));
    CHECK(meanwhile.film.at(place) == bytes);
  }
  CHECK(meanwhile.stills == afterwards.stills);
  REQUIRE(meanwhile.masks.size() == afterwards.masks.size());
  for (std::size_t i = 0; i < meanwhile.masks.size(); ++i) {
    CHECK(meanwhile.masks[i].box == afterwards.masks[i].box);
    CHECK(meanwhile.masks[i].from == afterwards.masks[i].from);
    CHECK(meanwhile.masks[i].to == afterwards.masks[i].to);
    CHECK(meanwhile.masks[i].rule == afterwards.masks[i].rule);
  }
}

constexpr const char* kToken = "ghp_A7dK2mQ9xW4rT6yU1pL3sD8fG5hJ0zXcVbNm";

}  // namespace

TEST_CASE("a film made while its session runs is the film made afterwards, byte for byte, though a mask reached back into sealed segments") {
  History history;
  std::vector<std::string> lines{"Last login was on Monday", "$ cat notes", "$ "};
  SessionTime at = seconds(1);
  history.push_back({at, screen_of(lines), {}});
  at = seconds(20);
  // So slowly that the first characters are in segments that are long complete when the rule knows the token.
  type(history, lines, kToken, 4, seconds(14), at);
  history.push_back({at + milliseconds(10), {}, PointerMoved{{40, 50}, 0}});
  at += seconds(3);
  lines.push_back("$ exit");
  history.push_back({at, screen_of(lines), {}});
  const SessionTime end = at + seconds(20);

  HistoryJournal journal;
  const Made meanwhile = made_meanwhile(journal, history, end, 1);
  const Made afterwards = made_afterwards(journal);
  REQUIRE(afterwards.film.size() >= 4);
  CHECK(meanwhile.stored_before_the_end >= 3);
  CHECK(meanwhile.generations > 1);
  CHECK(meanwhile.summary.complete);
  REQUIRE_FALSE(afterwards.masks.empty());
  CHECK(afterwards.masks.front().from < seconds(60));
  require_same(meanwhile, afterwards);
}

TEST_CASE("a film made meanwhile is the same whatever was typed, scrolled, resized and pointed at, and where the journal was flushed") {
  for (const unsigned seed : {1U, 2U, 3U}) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const auto upto = [&](unsigned n) { return random() % n; };
    History history;
    std::vector<std::string> lines{"$ "};
    SessionTime at{};
    Size size{520, 160};
    for (int step = 0; step < 40; ++step) {
      at += milliseconds(200 + upto(9000));
      switch (upto(6)) {
        case 0: lines.push_back("password: hunter2Kq9x"); break;
        case 1: lines.push_back("the report of this week is here"); break;
        case 2: lines.back() += std::string(kToken).substr(upto(30), 6); break;
        case 3: lines.back() += "ghp_A7dK2mQ9xW4rT6yU1pL3sD8fG5hJ0zXcVbNm"; break;
        case 4: size = {size.width == 520 ? 480 : 520, 160}; break;
        default: history.push_back({at - milliseconds(100), {}, PointerMoved{{static_cast<int>(upto(500)), 60}, static_cast<std::uint8_t>(upto(2))}}); break;
      }
      if (lines.size() > 5) lines.erase(lines.begin());
      history.push_back({at, screen_of(lines, size), {}});
    }
    HistoryJournal journal;
    const Made meanwhile = made_meanwhile(journal, history, at + seconds(2), 1 + seed);
    require_same(meanwhile, made_afterwards(journal));
  }
}

TEST_CASE("what was typed at a prompt is covered in segments that were sealed long before it was typed") {
  History history;
  const std::string password = "hunter2Kq9x";
  std::vector<std::string> lines{"$ cat notes", "the word " + password + " stands here", "$ "};
  history.push_back({seconds(1), screen_of(lines), {}, {}});
  lines.erase(lines.begin(), lines.begin() + 2);
  history.push_back({seconds(30), screen_of(lines), {}, {}});
  history.push_back({seconds(85), {}, PointerMoved{{200, 100}, 0}, {}});
  lines.back() += "sudo ls";
  history.push_back({seconds(100), screen_of(lines), {}, "sudo ls"});
  lines.push_back("[sudo] password for admin: ");
  history.push_back({seconds(101), screen_of(lines), {}, "\n"});
  // Nothing of it shows.
  history.push_back({seconds(104), {}, PointerMoved{{300, 100}, 0}, password});
  lines.push_back("$ ");
  history.push_back({seconds(105), screen_of(lines), {}, "\n"});
  HistoryJournal journal;
  const Made meanwhile = made_meanwhile(journal, history, seconds(110), 1);
  CHECK(meanwhile.stored_before_the_end >= 2);
  CHECK(meanwhile.generations > 1);
  CHECK(std::any_of(meanwhile.masks.begin(), meanwhile.masks.end(), [](const redaction::Mask& mask) {
    return mask.rule == "known.typed" && mask.from <= seconds(1) && mask.to >= seconds(30);
  }));
  require_same(meanwhile, made_afterwards(journal));
}

TEST_CASE("what was copied like a password is covered where it stands without a label, and not what was copied besides") {
  History history;
  const std::string password = "Mvrtl-wadnik74";
  history.push_back({seconds(1), screen_of({"$ cat notes", "the word " + password + " stands here", "nginx is harmless", "$ "}), {}, {}});
  HistoryJournal journal;
  journal.copy(seconds(1), "nginx");
  journal.copy(seconds(2), password);
  const Made meanwhile = made_meanwhile(journal, history, seconds(5), 1);
  const auto learned = std::count_if(meanwhile.masks.begin(), meanwhile.masks.end(), [](const redaction::Mask& mask) { return mask.rule == "known.typed"; });
  CHECK(learned == 1);
}

TEST_CASE("a password that was given on the gateway's screen is covered though it is a plain word") {
  History history;
  history.push_back({seconds(1), screen_of({"$ cat notes", "the word harbour stands here", "nginx is harmless", "$ "}), {}, {}});
  HistoryJournal journal;
  journal.copy(seconds(1), "harbour", storage::JournalEntryKind::secret);
  const Made meanwhile = made_meanwhile(journal, history, seconds(5), 1);
  const auto learned = std::count_if(meanwhile.masks.begin(), meanwhile.masks.end(), [](const redaction::Mask& mask) { return mask.rule == "known.typed"; });
  CHECK(learned == 1);
}

TEST_CASE("a session whose relay was killed has the film of what was flushed, made meanwhile or afterwards") {
  History history;
  std::vector<std::string> lines{"$ "};
  SessionTime at = seconds(1);
  type(history, lines, std::string("mysql -p") + kToken, 3, seconds(6), at);
  HistoryJournal journal;
  const Made meanwhile = made_meanwhile(journal, history, std::nullopt, 4);
  CHECK_FALSE(meanwhile.summary.complete);
  const Made afterwards = made_afterwards(journal);
  CHECK_FALSE(afterwards.film.empty());
  require_same(meanwhile, afterwards);
}

TEST_CASE("thumbnails show what the film shows: those of two sessions with other secrets are the same bytes") {
  const auto stills_with = [](const std::string& secret) {
    History history;
    std::vector<std::string> lines{"$ cat notes", "password: "};
    history.push_back({seconds(1), screen_of(lines), {}});
    lines.back() += secret;
    history.push_back({seconds(20), screen_of(lines), {}});
    history.push_back({seconds(40), {}, PointerMoved{{200, 120}, 0}});
    lines = {"$ ", "all is done"};
    history.push_back({seconds(60), screen_of(lines), {}});
    HistoryJournal journal;
    const Made made = made_meanwhile(journal, history, seconds(70), 1);
    REQUIRE_FALSE(made.masks.empty());
    return made.stills;
  };
  const auto stills = stills_with("hunter2Kq9x");
  REQUIRE(stills.size() == 4);
  CHECK(stills[1].first == seconds(20));
  CHECK(stills == stills_with("wombat7Zr4m"));
  CHECK(stills[1].second != stills[3].second);
}

TEST_CASE("a thumbnail is not of the blank screen that a session begins with, but of what it shows then") {
  History history;
  history.push_back({seconds(1), screen_of({}), {}});
  history.push_back({seconds(2), {}, PointerMoved{{200, 120}, 0}});
  history.push_back({seconds(4), screen_of({"$ cat notes", "all is done and written down"}), {}});
  history.push_back({seconds(30), screen_of({}), {}});
  HistoryJournal journal;
  const Made made = made_meanwhile(journal, history, seconds(40), 1);
  // From 30 s on nothing is shown any more.
  REQUIRE(made.stills.size() == 2);
  CHECK(made.stills[0].first == seconds(4));
  CHECK(made.stills[1].first == seconds(30));
  CHECK(made.stills == made_afterwards(journal).stills);
}

TEST_CASE("while its recording paused a film shows a card, in segments that are made again too, and nothing of the screen before") {
  const auto made_with = [](const std::string& secret) {
    History history;
    history.push_back({seconds(1), screen_of({"$ cat notes", "the word " + secret + " stands here", "$ "}), {}, {}});
    RecordingPaused paused;
    paused.by = "anna";
    paused.request = "r-1a2b3c4d5e6f";
    paused.reason = "a key is typed";
    history.push_back({seconds(20), {}, {}, {}, paused});
    std::vector<std::string> lines{"$ "};
    history.push_back({seconds(130), screen_of(lines), {}, {}});
    // It is known only now, when the segments with the card are long complete.
    lines.push_back("[sudo] password for admin: ");
    history.push_back({seconds(140), screen_of(lines), {}, "\n"});
    history.push_back({seconds(144), {}, PointerMoved{{300, 100}, 0}, secret});
    lines.push_back("$ ");
    history.push_back({seconds(145), screen_of(lines), {}, "\n"});
    HistoryJournal journal;
    Made meanwhile = made_meanwhile(journal, history, seconds(150), 1);
    CHECK(meanwhile.stored_before_the_end >= 2);
    CHECK(meanwhile.generations > 1);
    require_same(meanwhile, made_afterwards(journal));
    for (const redaction::Mask& mask : meanwhile.masks) CHECK((mask.to <= seconds(20) || mask.from >= seconds(130)));
    REQUIRE(meanwhile.summary.events.size() == 1);
    return meanwhile;
  };
  const Made one = made_with("hunter2Kq9x"), other = made_with("wombat7Zr4m");
  CHECK_FALSE(one.masks.empty());
  CHECK(one.film == other.film);
  CHECK(one.stills == other.stills);
}

TEST_CASE("a session without a picture has no film, and that is no failure") {
  HistoryJournal journal;
  const Made meanwhile = made_meanwhile(journal, {}, seconds(3), 1);
  CHECK(meanwhile.film.empty());
  CHECK(made_afterwards(journal).film.empty());
}
