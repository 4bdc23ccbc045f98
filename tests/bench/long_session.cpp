// long_session CONFIG HOURS: leaves the journal of a session of so many hours that the gateway died in, so that the next start makes its film:
// ten seconds of work at the start of each tenth minute, something small that moves every two seconds in between, another size of the screen at each quarter. The gateway must not run. Prints its number.
#include <cstdlib>
#include <iostream>

#include "codec/tiles/event_coding.h"
#include "codec/tiles/tile_encoder.h"
#include "gateway/serve/core.h"
#include "storage/catalog/keys.h"
#include "storage/catalog/recordings.h"
#include "storage/crypto/random.h"
#include "storage/journal/journal_writer.h"

using namespace frostgate;

namespace {

// Bars that move: many colours, no line of text to read.
Frame bars(Size size, int turn) {
  Frame frame(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      std::uint8_t* pixel = frame.row(y) + x * kBytesPerPixel;
      const int bar = ((x + turn * 16) / 64 + y / 64) % 6;
      pixel[0] = static_cast<std::uint8_t>(60 + bar * 30);
      pixel[1] = static_cast<std::uint8_t>(90 + turn % 60);
      pixel[2] = static_cast<std::uint8_t>(200 - bar * 30);
    }
  }
  return frame;
}

// A square that moves along the lower edge; what it covered comes back.
Region move_square(Frame& frame, const Frame& behind, int turn) {
  Region changed;
  for (const int step : {turn - 1, turn}) {
    const Rect square{(step * 32) % (frame.size().width - 16), frame.size().height - 16, 16, 16};
    for (int y = square.y; y < square.bottom(); ++y) {
      for (int x = square.x; x < square.right(); ++x) {
        const std::uint8_t* from = behind.view().at(x, y);
        for (std::ptrdiff_t c = 0; c < 3; ++c) frame.row(y)[x * kBytesPerPixel + c] = step == turn ? std::uint8_t{20} : from[c];
      }
    }
    changed.add(square);
  }
  return changed;
}

class Journal {
 public:
  Journal(storage::JournalWriter& writer, SessionTime length) : writer_(writer), length_(length) {}

  Result<void> show(SessionTime at, const Frame& frame, const Region& changed) {
    if (at >= length_) return {};
    const auto coded = encoder_.encode(frame.view(), changed);
    if (!coded) return {};
    return writer_.append(storage::JournalEntryKind::state, at, *coded);
  }

 private:
  storage::JournalWriter& writer_;
  SessionTime length_;
  codec::TileEncoder encoder_;
};

Result<void> write_journal(const catalog::Recording& row, const Secret& key, SessionTime length) {
  storage::JournalWriter writer = TRY(storage::JournalWriter::create(storage::real_file_system(), row.journal_directory, row.id, key));
  const SessionStarted started{row.started, true, row.id, row.user, row.target, "vnc", "vnc", false};
  TRY(writer.append(storage::JournalEntryKind::event, SessionTime{}, codec::encode_event(started)));
  Journal journal(writer, length);
  int turn = 0;
  for (SessionTime burst{}; burst < length; burst += std::chrono::minutes(10)) {
    const Size size = (burst * 4 / length) % 2 == 0 ? Size{1024, 768} : Size{1280, 720};
    for (int n = 0; n < 20; ++n, ++turn) {
      const Frame frame = bars(size, turn);
      TRY(journal.show(burst + std::chrono::milliseconds(500) * n, frame, Region(Rect::of(size))));
    }
    const Frame behind = bars(size, turn);
    Frame frame = bars(size, turn);
    TRY(journal.show(burst + std::chrono::seconds(10), frame, Region(Rect::of(size))));
    for (int n = 6; n < 300; ++n) {
      const Region changed = move_square(frame, behind, n);
      TRY(journal.show(burst + std::chrono::seconds(2 * n), frame, changed));
    }
    TRY(writer.flush());
  }
  TRY(writer.append(storage::JournalEntryKind::event, length, codec::encode_event(SessionEnded{"the user left"})));
  return writer.finish();
}

Result<std::string> leave_session(const std::string& config, int hours) {
  config::Config settings = TRY(config::load(config));
  const auto core = TRY(serve::Core::open(std::move(settings)));
  const UtcTime now = serve::utc_now();
  const SessionTime length = std::chrono::hours(hours);
  catalog::Recording row;
  row.id = TRY(serve::new_session_id(now - length));
  row.user = "alice";
  row.target = "machine";
  row.front = catalog::Front::vnc;
  row.back = catalog::Protocol::vnc;
  row.peer = "127.0.0.1";
  row.node = core->node;
  row.rule = core->policy->rules().front().name;
  row.policy_digest = core->policy->digest();
  row.started = now - length;
  row.journal_directory = (core->config.journal_dir() / row.id).string();
  TRY(storage::real_file_system().make_directories(std::filesystem::path(row.journal_directory)));
  const Secret journal = TRY(storage::new_data_key());
  const Secret film = TRY(storage::new_data_key());
  std::vector<catalog::WrappedKey> keys;
  const auto wrapped_journal = TRY(core->kek->wrap(journal, serve::key_context(row.id, "journal")));
  keys.push_back({catalog::KeyKind::journal, wrapped_journal});
  const auto wrapped_film = TRY(core->kek->wrap(film, serve::key_context(row.id, "film")));
  keys.push_back({catalog::KeyKind::film, wrapped_film});
  TRY(catalog::Recordings(*core->catalog).create(row, keys));
  TRY(write_journal(row, journal, length));
  return row.id;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  const Result<std::string> id = leave_session(arguments[1], std::atoi(arguments[2]));
  if (!id) {
    std::cerr << id.error().message << '\n';
    return 1;
  }
  std::cout << id.value() << '\n';
}
