#include "gateway/relay/rdp/clipboard.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "gateway/base/utf16.h"

namespace frostgate::relay::rdp {
namespace {

using namespace clip;

// Windows ends lines with CR LF, all others with LF.
std::string with_line_feeds(std::string text) {
  std::erase(text, '\r');
  return text;
}

std::string with_carriage_returns(const std::string& text) {
  std::string out;
  out.reserve(text.size() + text.size() / 16);
  for (const char c : text) {
    if (c == '\r') continue;
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

}  // namespace

std::size_t Clipboard::longest() const {
  if (!fetching_ || !fetching_wish_) return kLongestText;
  return kHeader + (fetching_wish_->kind == copied::Kind::files ? copied::kLongestList : copied::kLongestPicture);
}

void Clipboard::receive(Message message) {
  if (message.size() < kHeader) return;
  const std::uint32_t type = number(message, 0, 2), flags = number(message, 2, 2), size = number(message, 4, 4);
  message.erase(message.begin(), message.begin() + kHeader);
  if (type == kDataResponse) return receive_data(std::move(message), size, (flags & kOk) != 0);
  message.resize(message.size() < size ? 0 : size);
  switch (type) {
    case kCapabilities: peer_flags_ = read_capabilities(message); return;
    case kMonitorReady:
      if (role_ == Role::client && !ready_) ready_ = capabilities_due_ = list_due_ = true;
      return;
    case kFormatList: return receive_formats(message, (flags & kAsciiNames) != 0);
    case kDataRequest: return receive_request(message);
    case kPieceRequest: return receive_piece_request(message);
    case kPieceResponse: return receive_piece(std::move(message), (flags & kOk) != 0);
    case kLock: return receive_lock(message, true);
    case kUnlock: return receive_lock(message, false);
    default: return;
  }
}

void Clipboard::receive_formats(std::span<const std::byte> content, bool ascii) {
  // A client has nothing to say before its server's greeting, and a server's client begins with a list.
  if (role_ == Role::client && !ready_) return;
  if (!std::exchange(ready_, true)) list_due_ = ours_ || other_.kinds.any();
  answer_due_ = true;
  formats_ = read_formats(content, can(kLongNames), ascii);
  text_offered_ = formats_.text;
  std::erase_if(items_, [](const copied::Item& item) { return std::holds_alternative<copied::Offer>(item); });
  outdated_ = fetching_ && !fetching_wish_;
  if (wish_) items_.emplace_back(copied::Content{*std::exchange(wish_, std::nullopt), std::nullopt, 0});
  items_.emplace_back(copied::Offer{++copy_, formats_.kinds, formats_.text});
  if (!formats_.any || formats_.text || formats_.kinds.any() || std::exchange(told_kept_, true)) return;
  kept_ = formats_.other_picture ? "a picture" : "neither text nor picture nor file";
}

void Clipboard::receive_request(std::span<const std::byte> content) {
  const std::uint32_t format = content.size() < 4 ? 0 : number(content, 0, 4);
  const std::optional<copied::Kind> kind = named_by_us(format);
  if (!kind || !other_.kinds.has(*kind)) {
    text_due_ = true;
    asked_for_text_ = format == kUnicodeText;
    return;
  }
  const copied::Wish wish{other_.copy, *kind};
  if (awaited_ == wish) return;
  awaited_ = wish;
  items_.emplace_back(wish);
}

void Clipboard::receive_data(Message content, std::size_t length, bool ok) {
  if (!std::exchange(fetching_, false)) return;
  content.resize(std::min(content.size(), length));
  if (const auto wish = std::exchange(fetching_wish_, std::nullopt)) {
    copied::Content answer{*wish, std::nullopt, length};
    if (ok) answer.bytes = std::move(content);
    items_.emplace_back(std::move(answer));
    return;
  }
  if (std::exchange(outdated_, false) || !ok || content.size() < length) return;
  std::string text = with_line_feeds(from_utf16(content));
  text.resize(std::min(text.size(), text.find('\0')));
  if (!text.empty()) theirs_ = std::move(text);
}

void Clipboard::receive_piece_request(std::span<const std::byte> content) {
  if (content.size() < 4) return;
  ++pieces_due_;
  std::optional<copied::PieceWish> wish = read_piece_request(content);
  const std::uint32_t stream = number(content, 0, 4);
  if (!wish || !streams_.insert(stream).second) return out_.push_back(piece_response({stream, std::nullopt}));
  wish->copy = other_.copy;
  items_.emplace_back(*wish);
}

void Clipboard::receive_piece(Message content, bool ok) {
  if (content.size() < 4) return;
  copied::Piece piece{number(content, 0, 4), std::nullopt};
  content.erase(content.begin(), content.begin() + 4);
  if (ok) piece.bytes = std::move(content);
  items_.emplace_back(std::move(piece));
}

void Clipboard::receive_lock(std::span<const std::byte> content, bool on) {
  if (content.size() >= 4) items_.emplace_back(copied::Lock{number(content, 0, 4), other_.copy, on});
}

void Clipboard::pass(copied::Item item) {
  std::visit([this](auto&& one) { take(std::forward<decltype(one)>(one)); }, std::move(item));
}

void Clipboard::take(copied::Offer offer) {
  if (awaited_) content_ = copied::Content{*std::exchange(awaited_, std::nullopt), std::nullopt, 0};
  const bool changes = other_.kinds.any() || offer.kinds.any();
  other_ = offer;
  if (!changes) return;
  if (offer.kinds.any()) ours_.reset();  // of an earlier copy; what goes with this one comes after it
  list_due_ = ready_;
}

void Clipboard::take(copied::Wish wish) {
  if (wish.copy == copy_ && formats_.kinds.has(wish.kind)) wish_ = wish;
  else items_.emplace_back(copied::Content{wish, std::nullopt, 0});
}

void Clipboard::take(copied::Content content) {
  if (awaited_ != content.wish) return;
  awaited_.reset();
  content_ = std::move(content);
}

void Clipboard::take(copied::PieceWish wish) {
  if (!can(kLocks)) wish.lock.reset();
  out_.push_back(piece_request(wish));
}

void Clipboard::take(copied::Piece piece) {
  if (streams_.erase(piece.stream) != 0) out_.push_back(piece_response(std::move(piece)));
}

void Clipboard::take(copied::Lock wanted) {
  if (can(kLocks)) out_.push_back(lock(wanted));
}

std::optional<copied::Item> Clipboard::take_item() {
  if (items_.empty()) return std::nullopt;
  copied::Item item = std::move(items_.front());
  items_.pop_front();
  return item;
}

std::optional<Clipboard::Message> Clipboard::next() {
  if (std::exchange(capabilities_due_, false)) return capabilities();
  if (std::exchange(greeting_due_, false)) return message(kMonitorReady, 0);
  if (std::exchange(answer_due_, false)) return message(kFormatListResponse, kOk);
  if (std::exchange(list_due_, false)) return formats();
  if (std::exchange(text_due_, false)) return text_data();
  if (auto content = std::exchange(content_, std::nullopt)) {
    return content->bytes ? message(kDataResponse, kOk, std::move(*content->bytes)) : message(kDataResponse, kFail);
  }
  if (!out_.empty()) {
    Message next = std::move(out_.front());
    out_.pop_front();
    if (number(next, 0, 2) == kPieceResponse) --pieces_due_;
    return next;
  }
  return request();
}

// A second request would make the answer to the first one look like its own.
std::optional<Clipboard::Message> Clipboard::request() {
  if (fetching_ || (!text_wanted_ && !wish_)) return std::nullopt;
  fetching_ = true;
  if (std::exchange(text_wanted_, false)) return data_request(kUnicodeText);
  fetching_wish_ = std::exchange(wish_, std::nullopt);
  return data_request(formats_.numbers[static_cast<std::size_t>(fetching_wish_->kind)]);
}

Clipboard::Message Clipboard::formats() const {
  copied::Kinds kinds = other_.kinds;
  if (!can(kFiles)) kinds.set(copied::Kind::files, false);
  return format_list(ours_.has_value(), kinds, can(kLongNames));
}

Clipboard::Message Clipboard::text_data() const {
  auto text = ours_ && asked_for_text_ ? to_utf16(with_carriage_returns(*ours_)) : std::nullopt;
  if (!text) return message(kDataResponse, kFail);
  text->resize(text->size() + 2);
  return message(kDataResponse, kOk, std::move(*text));
}

std::optional<bool> Clipboard::take_offer() { return std::exchange(text_offered_, std::nullopt); }

std::optional<std::string_view> Clipboard::take_kept() { return std::exchange(kept_, std::nullopt); }

void Clipboard::fetch() { text_wanted_ = true; }

std::optional<std::string> Clipboard::take_text() { return std::exchange(theirs_, std::nullopt); }

void Clipboard::offer(std::string text) {
  ours_ = std::move(text);
  list_due_ = ready_;
}

}  // namespace frostgate::relay::rdp
