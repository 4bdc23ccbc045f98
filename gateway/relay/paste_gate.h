// Between the two sides of a session: what of pictures and files one of them has copied the other may see and paste, by the policy; nothing is fetched before
// somebody pastes it. Looks at all that passes: pictures by their heads, lists of files by their names, pieces of files by the list. Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "codec/base/geometry.h"
#include "gateway/relay/copied.h"
#include "gateway/relay/file_list.h"
#include "gateway/relay/read_through.h"

namespace frostgate::relay {

class PasteGate {
 public:
  using Clock = std::chrono::steady_clock;
  // Of one direction. The zero value lets nothing pass.
  struct Terms {
    bool images = false, files = false;
  };
  // What passed, for logs. `file`: read from beginning to end; `pieces`: read otherwise; `more`: so many entries that were left out, since there are too many.
  struct Passed {
    enum class What { picture, files, file, pieces, more };
    What what = What::picture;
    bool to_target = false;
    std::string name = {};    // of a file; of the first ones of a list, with ", " between them
    std::uint64_t bytes = 0;  // of a picture, a file or all files of a list; that were read of one in pieces
    std::string sha256 = {};  // of a picture or file; hex
    Size size = {};           // of a picture
    std::uint64_t count = 0;  // of files or entries
  };
  // None calls back. `to_client` and `to_target` only take note. `locked`: nothing goes to the target now.
  struct Ends {
    std::function<void(copied::Item)> to_client, to_target;
    std::function<bool()> locked;
    std::function<void(const Passed&)> passed;
    std::function<void(bool to_target, std::string_view what, std::string_view why)> refused;  // `what`: "files", "a picture"
  };

  explicit PasteGate(Ends ends) : ends_(std::move(ends)) {}

  // A connection to the target begins: what an earlier one has copied is gone. `spoken`: both sides know such a clipboard.
  void open(Terms to_target, Terms to_client, bool spoken);
  // The target takes what is passed to it from now on: what the client has copied before is offered to it.
  void offer_again();
  void from_client(copied::Item item, Clock::time_point now) { take(true, std::move(item), now); }
  void from_target(copied::Item item, Clock::time_point now) { take(false, std::move(item), now); }
  // The session is over: what was begun is told.
  void close();

 private:
  static constexpr std::size_t kMostAsked = 64, kMostLocks = 64, kMostBytesAsked = std::size_t{16} << 20;
  static constexpr int kMostEntries = 200;  // of files, in kEntriesPer
  static constexpr auto kEntriesPer = std::chrono::minutes(1);

  // The files of a copy; known once the list was fetched.
  struct Listing {
    std::vector<ListedFile> files;
    std::map<std::uint32_t, ReadThrough> read;
  };
  using Files = std::shared_ptr<Listing>;
  struct Asked {
    copied::PieceWish wish;  // as the pasting side put it, its length cut
    Files files;
  };
  struct Way {
    explicit Way(bool goes_to_target) : to_target(goes_to_target) {}
    const bool to_target;
    Terms terms;
    copied::Offer offer;  // as it came
    Files files;          // of that
    std::map<std::uint32_t, Files> kept;   // by the number of a lock
    std::map<std::uint32_t, Asked> asked;  // of the side that has the files, by our own number of the stream
    std::uint32_t next_stream = 1;
    std::size_t bytes_asked = 0;
    bool told_picture = false, told_files = false;
    int entries = 0;  // since
    Clock::time_point entries_from{};
    std::uint64_t left_out = 0;
  };

  void take(bool by_client, copied::Item item, Clock::time_point now);
  void take(Way& way, copied::Offer offer);
  void take(Way& way, copied::Wish wish);
  void take(Way& way, copied::Content content);
  void take(Way& way, const copied::PieceWish& wish);
  void take(Way& way, copied::Piece piece);
  void take(Way& way, copied::Lock lock);

  void pass_offer(Way& way);
  bool passes(const Way& way, copied::Kind kind) const;
  bool check(Way& way, copied::Content& content);
  Files files_of(const Way& way, const copied::PieceWish& wish) const;
  void fail(const Way& way, std::uint32_t stream) { to_paster(way, copied::Piece{stream, std::nullopt}); }
  void watch(Way& way, const Asked& asked, std::span<const std::byte> piece);
  void drop(Way& way, Files& files);
  void enter(Way& way, Passed entry);
  void say_left_out(Way& way);
  void to_paster(const Way& way, copied::Item item) { (way.to_target ? ends_.to_target : ends_.to_client)(std::move(item)); }
  void to_owner(const Way& way, copied::Item item) { (way.to_target ? ends_.to_client : ends_.to_target)(std::move(item)); }

  const Ends ends_;
  std::mutex mutex_;  // guards what follows
  bool open_ = false, spoken_ = false;
  Clock::time_point now_{};  // of what is taken
  Way to_target_{true}, to_client_{false};
};

}  // namespace frostgate::relay
