// storage_bench [RECORDINGS [LINES]]: what sealing, reading by range and searching cost. Generated data in a
// temporary directory; the search has LINES lines of text in each of RECORDINGS recordings.
// storage_bench --search CATALOG.sqlite [RECORDINGS [LINES]]: searching alone, 100000 and 100 unless told; a catalog that is there is kept, and measured again.
// storage_bench --session DIRECTORY [PAGE.png FILMED.png]: what is stored of the session that record_session.sh made there, and what clips of it cost; and the page as its film shows it.
// Lines that begin with FIGURE are the table of figures to reach; libraries print others in between. storage_figures.sh runs all of it.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "codec/ffmpeg_messages.h"
#include "storage/catalog/recordings.h"
#include "storage/catalog/search.h"
#include "storage/crypto/random.h"
#include "storage/file_system.h"
#include "storage/vault/sealed_file.h"
#include "tests/bench/storage_bench.h"
#include "tests/bench/storage_bench_film.h"
#include "tests/unit/storage/temporary_directory.h"

using namespace frostgate;
using bench::measured;
using bench::must;

namespace {

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// A film's segment of a busy minute, and what a player asks of it.
void sealed_reads(const std::filesystem::path& folder) {
  constexpr std::size_t kSegment = std::size_t{32} << 20, kRange = std::size_t{1} << 20;
  constexpr int kRounds = 32;
  storage::DirectoryObjectStore objects = must(storage::DirectoryObjectStore::open(storage::real_file_system(), folder));
  const Secret key = must(storage::new_data_key());
  std::vector<std::byte> plain(kSegment);
  must(storage::random_bytes(plain));
  std::vector<std::byte> sealed;
  const bench::Spent sealing = measured([&] { sealed = must(storage::seal_file(key, "bench", plain)); });
  must(objects.put_if_absent("film/bench", sealed));
  std::mt19937_64 random(1);
  std::size_t bytes = 0;
  const bench::Spent reading = measured([&] {
    for (int i = 0; i < kRounds * 32; ++i) {
      storage::SealedFile file = must(storage::SealedFile::open(objects, "film/bench", key, "bench"));
      bytes += must(file.read(random() % (kSegment - kRange), kRange)).size();
    }
  });
  std::printf("sealing: %.2f GB per CPU s; reading ranges of 1 MiB: %.2f GB per s on the clock\n", kSegment / sealing.cpu / 1e9, static_cast<double>(bytes) / reading.wall / 1e9);
  bench::row("sealed range read, of 1 MiB, by a core", static_cast<double>(bytes) / reading.cpu / 1e9, "GB/s", 1, true);
}

// Words as they are frequent: few are in each line, many in few.
class Words {
 public:
  Words() {
    for (int i = 0; i < 20000; ++i) {
      std::string word;
      for (int n = 3 + static_cast<int>(random_() % 7); n > 0; --n) word += static_cast<char>('a' + random_() % 26);
      words_.push_back(word);
    }
  }
  const std::string& next() {
    const double u = static_cast<double>(random_() >> 11) / 9007199254740992.0;
    return words_[static_cast<std::size_t>(std::min(19999.0, 20000.0 * u * u * u))];
  }
  std::string line() {
    std::string out = next();
    for (int n = static_cast<int>(random_() % 8); n > 0; --n) out += " " + next();
    return out;
  }

 private:
  std::mt19937_64 random_{7};
  std::vector<std::string> words_;
};

// The 95th percentile, on the clock.
double report(const char* what, std::vector<bench::Spent>& spent) {
  const auto of = [&](double bench::Spent::*member) {
    std::vector<double> all;
    for (const bench::Spent& one : spent) all.push_back(one.*member * 1e3);
    std::sort(all.begin(), all.end());
    return all;
  };
  const std::vector<double> cpu = of(&bench::Spent::cpu), wall = of(&bench::Spent::wall);
  const std::size_t half = spent.size() / 2, last = spent.size() * 95 / 100;
  std::printf("%s: median %.1f, p95 %.1f, worst %.1f ms of CPU; %.1f, %.1f, %.1f ms on the clock\n", what, cpu[half], cpu[last], cpu.back(), wall[half], wall[last], wall.back());
  return wall[last];
}

void fill(catalog::Catalog& catalog, const std::filesystem::path& file, int recordings, int lines) {
  Words words;
  const bench::Spent writing = measured([&] {
    for (int i = 0; i < recordings; ++i) {
      catalog::Recording row;
      row.id = "r" + std::to_string(i);
      row.user = "user" + std::to_string(i % 50);
      row.target = "target" + std::to_string(i % 400);
      row.tags = {{"environment", i % 10 == 0 ? "production" : "test"}};
      row.started = UtcTime(std::chrono::seconds(1'700'000'000 + i));
      row.ended = row.started + std::chrono::hours(1);
      row.status = catalog::RecordingStatus::clean;
      must(catalog::Recordings(catalog).create(row));
      std::vector<catalog::VisibleLine> text;
      for (int n = 0; n < lines; ++n) text.push_back({std::chrono::seconds(n), std::chrono::seconds(n + 5), {0, n, 400, 12}, words.line()});
      must(catalog::VisibleText(catalog).replace(row.id, text));
    }
  });
  std::printf("%d recordings, %lld lines: written in %.0f s of CPU, %.0f MB\n", recordings, static_cast<long long>(recordings) * lines, writing.cpu,
              static_cast<double>(std::filesystem::file_size(file)) / 1e6);
}

void searches(const std::filesystem::path& file, int recordings, int lines) {
  const bool there = std::filesystem::exists(file);
  const auto catalog = must(catalog::Catalog::open({file}));
  if (!there) fill(*catalog, file, recordings, lines);
  Words words;
  double slowest = 0;
  const catalog::WatchRights all = catalog::WatchRights::everything();
  const catalog::WatchRights few{{{{"user7"}, {"*"}, {}}, {{"*"}, {"*"}, {{"environment", "prod*"}}}}};
  for (const auto& [name, rights] : {std::pair("everything", all), std::pair("a tenth", few)}) {
    std::vector<bench::Spent> by_text, plain, hits, filtered;
    for (int i = 0; i < 200; ++i) {
      catalog::RecordingQuery query;
      plain.push_back(measured([&] { must(catalog::Search(*catalog, rights).recordings(query)); }));
      catalog::RecordingQuery some;
      if (i % 4 == 0) some.user = "user" + std::to_string(i % 60);  // some are nobody
      if (i % 4 == 1) some.target = "target" + std::to_string(i * 3);
      if (i % 4 == 2) some.tags = {{"environment", i % 3 == 0 ? "production" : "nothing"}};
      if (i % 4 == 3) some.mask = "a rule that masked nothing";
      filtered.push_back(measured([&] { must(catalog::Search(*catalog, rights).recordings(some)); }));
      query.text = words.next() + (i % 2 == 0 ? " " + words.next() : "");
      by_text.push_back(measured([&] { must(catalog::Search(*catalog, rights).recordings(query)); }));
      hits.push_back(measured([&] { must(catalog::Search(*catalog, rights).lines({query.text, {}, "", 50})); }));
    }
    std::printf("who may see %s:\n", name);
    slowest = std::max({slowest, report("  a page of recordings", plain), report("  a page of recordings by user, target, tag or mask", filtered),
                        report("  a page of recordings by text", by_text), report("  a page of lines", hits)});
  }
  const std::string what = "search, a page over " + std::to_string(recordings) + " recordings, " + std::to_string(static_cast<long long>(recordings) * lines) + " lines, p95";
  bench::row(what.c_str(), slowest, "ms", 100);
}

}  // namespace

bench::Spent bench::measured(const std::function<void()>& work) {
  const double before = cpu_seconds();
  const auto began = std::chrono::steady_clock::now();
  work();
  return {cpu_seconds() - before, std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count()};
}

void bench::row(const char* what, double found, const char* unit, double target, bool at_least) {
  const bool reached = at_least ? found >= target : found <= target;
  std::printf("FIGURE  %-62s %10.4g %-10s (%s %g)  %s\n", what, found, unit, at_least ? "at least" : "at most", target, reached ? "reached" : "NOT REACHED");
}

int main(int argc, char** argv) {
  codec::silence_ffmpeg();
  if ((argc == 3 || argc == 5) && std::string_view(argv[1]) == "--session") {
    const storage::TemporaryDirectory scratch;
    bench::journal(argv[2], scratch.path() / "journal");
    bench::films(argv[2]);
    if (argc == 5) bench::film_page(argv[2], argv[3], argv[4], scratch.path());
    bench::clips(argv[2], scratch.path());
    return 0;
  }
  if (argc >= 3 && std::string_view(argv[1]) == "--search") {
    searches(argv[2], argc > 3 ? std::atoi(argv[3]) : 100'000, argc > 4 ? std::atoi(argv[4]) : 100);
    return 0;
  }
  const int recordings = argc > 1 ? std::atoi(argv[1]) : 1000, lines = argc > 2 ? std::atoi(argv[2]) : 100;
  const storage::TemporaryDirectory folder;
  sealed_reads(folder.path() / "vault");
  searches(folder.path() / "catalog.sqlite", recordings, lines);
  return 0;
}
