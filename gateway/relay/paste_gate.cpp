#include "gateway/relay/paste_gate.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "gateway/relay/picture.h"
#include "storage/crypto/hex.h"

namespace frostgate::relay {
namespace {

constexpr std::size_t kNamesListed = 900;  // bytes of them

// Said by the side that has what was copied; all else by the side that pastes.
template <class Item>
constexpr bool kOwners = std::is_same_v<Item, copied::Offer> || std::is_same_v<Item, copied::Content> || std::is_same_v<Item, copied::Piece>;

std::string first_names(const std::vector<ListedFile>& files) {
  std::string out;
  for (const ListedFile& file : files) {
    if (out.size() + file.name.size() > kNamesListed) return out + ", ...";
    out += (out.empty() ? "" : ", ") + file.name;
  }
  return out;
}

}  // namespace

void PasteGate::open(Terms to_target, Terms to_client, bool spoken) {
  const std::lock_guard lock(mutex_);
  open_ = true;
  spoken_ = spoken;
  to_target_.terms = to_target;
  to_client_.terms = to_client;
  // Nobody answers any more what the earlier target was asked, or asks for what it asked for.
  for (const auto& [stream, asked] : to_client_.asked) fail(to_client_, asked.wish.stream);
  for (Way* way : {&to_target_, &to_client_}) {
    way->asked.clear();
    way->bytes_asked = 0;
    for (auto& [number, files] : std::exchange(way->kept, {})) drop(*way, files);
  }
  if (to_client_.offer.kinds.any()) take(to_client_, copied::Offer{to_client_.offer.copy + 1, {}, false});
}

void PasteGate::offer_again() {
  const std::lock_guard lock(mutex_);
  if (to_target_.offer.kinds.any()) pass_offer(to_target_);
}

void PasteGate::close() {
  const std::lock_guard lock(mutex_);
  for (Way* way : {&to_target_, &to_client_}) {
    way->asked.clear();
    for (auto& [number, files] : std::exchange(way->kept, {})) drop(*way, files);
    drop(*way, way->files);
    say_left_out(*way);
  }
}

void PasteGate::take(bool by_client, copied::Item item, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  now_ = now;
  std::visit(
      [&](auto&& one) {
        using Said = std::decay_t<decltype(one)>;
        take(by_client == kOwners<Said> ? to_target_ : to_client_, std::forward<decltype(one)>(one));
      },
      std::move(item));
}

void PasteGate::take(Way& way, copied::Offer offer) {
  way.offer = offer;
  drop(way, way.files);
  if (offer.kinds.files()) way.files = std::make_shared<Listing>();
  // Before there is a target nobody can be told anything.
  if (open_) pass_offer(way);
}

bool PasteGate::passes(const Way& way, copied::Kind kind) const {
  const bool allowed = kind == copied::Kind::files ? way.terms.files : way.terms.images;
  return open_ && spoken_ && allowed && way.offer.kinds.has(kind) && !(way.to_target && ends_.locked());
}

void PasteGate::pass_offer(Way& way) {
  copied::Offer passed = way.offer;
  passed.kinds = {};
  for (const copied::Kind kind : {copied::Kind::dib, copied::Kind::dib_v5, copied::Kind::png, copied::Kind::files}) {
    if (passes(way, kind)) passed.kinds.set(kind);
  }
  to_paster(way, passed);
  // Clients name each picture that is copied anywhere: once is enough, and where text goes with it nobody misses it.
  const auto tell = [&](bool there, bool goes, bool allowed, bool& told, std::string_view what) {
    if (!there || goes || way.offer.with_text || std::exchange(told, true)) return;
    ends_.refused(way.to_target, what, !allowed ? "by the policy; told once" : spoken_ ? "while the input is locked; told once" : "only text goes to and from VNC; told once");
  };
  tell(way.offer.kinds.pictures(), passed.kinds.pictures(), way.terms.images, way.told_picture, "a picture");
  tell(way.offer.kinds.files(), passed.kinds.files(), way.terms.files, way.told_files, "files");
}

void PasteGate::take(Way& way, copied::Wish wish) {
  if (wish.copy == way.offer.copy && passes(way, wish.kind)) return to_owner(way, wish);
  to_paster(way, copied::Content{wish, std::nullopt, 0});
}

void PasteGate::take(Way& way, copied::Content content) {
  if (content.bytes && !check(way, content)) content.bytes.reset();
  to_paster(way, std::move(content));
}

// What it is, in the log, or why it is kept back.
bool PasteGate::check(Way& way, copied::Content& content) {
  const bool is_list = content.wish.kind == copied::Kind::files;
  const std::string_view what = is_list ? "files" : "a picture";
  const auto refuse = [&](const std::string& why) {
    ends_.refused(way.to_target, what, why);
    return false;
  };
  if (content.wish.copy != way.offer.copy || !passes(way, content.wish.kind)) return false;
  if (content.length > (is_list ? copied::kLongestList : copied::kLongestPicture) || content.bytes->size() < content.length) {
    return refuse("too long: " + std::to_string(content.length) + " bytes");
  }
  if (!is_list) {
    const Result<Picture> picture = read_picture(content.wish.kind, *content.bytes);
    if (!picture) return refuse(picture.error().message);
    enter(way, {.what = Passed::What::picture, .bytes = content.bytes->size(), .sha256 = storage::to_hex(storage::Sha256::of(*content.bytes)), .size = picture.value().size});
    return true;
  }
  std::vector<ListedFile>& known = way.files->files;
  // Programs ask for it again and again; what was said of it once counts.
  if (known.empty()) {
    Result<std::vector<ListedFile>> files = read_file_list(*content.bytes);
    if (!files) return refuse(files.error().message);
    known = std::move(files).value();
    Passed entry{.what = Passed::What::files, .name = first_names(known), .count = known.size()};
    for (const ListedFile& file : known) entry.bytes += file.size.value_or(0);
    enter(way, std::move(entry));
  }
  content.bytes = write_file_list(known);
  return true;
}

PasteGate::Files PasteGate::files_of(const Way& way, const copied::PieceWish& wish) const {
  // A copy that is kept is read on when another has taken its place, as long as files may pass at all.
  if (!open_ || !spoken_ || !way.terms.files || (way.to_target && ends_.locked())) return nullptr;
  const auto kept = wish.lock ? way.kept.find(*wish.lock) : way.kept.end();
  if (kept != way.kept.end()) return kept->second;
  return wish.copy == way.offer.copy ? way.files : nullptr;
}

void PasteGate::take(Way& way, const copied::PieceWish& wish) {
  const Files files = files_of(way, wish);
  const bool twice = std::any_of(way.asked.begin(), way.asked.end(), [&](const auto& other) { return other.second.wish.stream == wish.stream; });
  if (!files || wish.file >= files->files.size() || files->files[wish.file].folder() || twice || way.asked.size() >= kMostAsked) return fail(way, wish.stream);
  copied::PieceWish cut = wish;
  const std::optional<std::uint64_t> size = files->files[wish.file].size;
  if (wish.size) {
    cut.from = 0;
    cut.length = 8;
  } else {
    if (size && wish.from > *size) return fail(way, wish.stream);
    const std::uint64_t rest = size ? *size - wish.from : copied::kLongestPiece;
    cut.length = static_cast<std::uint32_t>(std::min<std::uint64_t>({wish.length, copied::kLongestPiece, rest}));
    if (cut.length == 0) {
      watch(way, {cut, files}, {});
      return to_paster(way, copied::Piece{wish.stream, std::vector<std::byte>()});
    }
  }
  if (way.bytes_asked + cut.length > kMostBytesAsked) return fail(way, wish.stream);
  way.bytes_asked += cut.length;
  const std::uint32_t stream = way.next_stream++;
  way.asked.emplace(stream, Asked{cut, files});
  if (cut.lock && !way.kept.contains(*cut.lock)) cut.lock.reset();
  cut.stream = stream;
  to_owner(way, cut);
}

void PasteGate::take(Way& way, copied::Piece piece) {
  const auto found = way.asked.find(piece.stream);
  if (found == way.asked.end()) return;
  Asked asked = std::move(found->second);
  way.asked.erase(found);
  way.bytes_asked -= asked.wish.length;
  const bool fits = piece.bytes && (asked.wish.size ? piece.bytes->size() == 8 : piece.bytes->size() <= asked.wish.length);
  if (!fits) {
    drop(way, asked.files);
    return fail(way, asked.wish.stream);
  }
  if (asked.wish.size) {
    std::optional<std::uint64_t>& size = asked.files->files[asked.wish.file].size;
    if (!size) {
      size = 0;
      for (std::size_t i = 0; i < 8; ++i) *size |= std::to_integer<std::uint64_t>((*piece.bytes)[i]) << (8 * i);
    }
  } else {
    watch(way, asked, *piece.bytes);
  }
  drop(way, asked.files);
  to_paster(way, copied::Piece{asked.wish.stream, std::move(piece.bytes)});
}

void PasteGate::take(Way& way, copied::Lock lock) {
  if (!lock.on) {
    const auto found = way.kept.find(lock.number);
    if (found == way.kept.end()) return;
    Files files = std::move(found->second);
    way.kept.erase(found);
    drop(way, files);
  } else {
    if (!way.files || !passes(way, copied::Kind::files) || lock.copy != way.offer.copy || way.kept.size() >= kMostLocks || !way.kept.emplace(lock.number, way.files).second) return;
  }
  to_owner(way, lock);
}

void PasteGate::watch(Way& way, const Asked& asked, std::span<const std::byte> piece) {
  const ListedFile& file = asked.files->files[asked.wish.file];
  const auto digest = asked.files->read[asked.wish.file].read(asked.wish.from, piece, file.size);
  if (digest) enter(way, {.what = Passed::What::file, .name = file.name, .bytes = *file.size, .sha256 = storage::to_hex(*digest)});
}

// What was read of its files is told with the last that knows them.
void PasteGate::drop(Way& way, Files& files) {
  if (!files || files.use_count() > 1) return files.reset();
  for (const auto& [place, read] : files->read) {
    if (!read.whole()) enter(way, {.what = Passed::What::pieces, .name = files->files[place].name, .bytes = read.bytes()});
  }
  files.reset();
}

void PasteGate::enter(Way& way, Passed entry) {
  if (now_ - way.entries_from > kEntriesPer) {
    say_left_out(way);
    way.entries = 0;
    way.entries_from = now_;
  }
  if (++way.entries > kMostEntries) {
    ++way.left_out;
    return;
  }
  entry.to_target = way.to_target;
  ends_.passed(entry);
}

void PasteGate::say_left_out(Way& way) {
  if (way.left_out == 0) return;
  ends_.passed({.what = Passed::What::more, .to_target = way.to_target, .count = std::exchange(way.left_out, 0)});
}

}  // namespace frostgate::relay
