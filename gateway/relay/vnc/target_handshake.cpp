#include "gateway/relay/vnc/target_handshake.h"

#include <algorithm>
#include <array>
#include <vector>

#include "codec/base/geometry.h"
#include "gateway/crypto/passwords.h"

namespace frostgate::relay::vnc {
namespace {

constexpr std::uint32_t kMaxReason = 4096, kMaxName = 4096;
constexpr std::size_t kMaxQuoted = 120;
constexpr std::size_t kServerInit = 24;  // before the name

std::string quoted(std::string text) {
  text.resize(std::min(text.size(), kMaxQuoted));
  for (char& c : text) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  return "\"" + text + "\"";
}

bool is_certified(std::uint32_t subtype) { return subtype >= security::kX509None && subtype <= security::kX509Plain; }

class Entrance {
 public:
  Entrance(Talk& talk, const TargetLogin& login, const crypto::TlsTrust& trust, crypto::ShownCertificate& shown) : talk_(talk), login_(login), trust_(trust), shown_(shown) {}

  Result<EnteredTarget> run() {
    const std::string greeting = TRY(talk_.read_text(kOurVersion.size(), kOurVersion.size()));
    version_ = TRY(version_of(greeting));
    TRY(talk_.write("RFB 003.00" + std::to_string(version_) + "\n"));
    const std::uint8_t type = TRY(choose_type());
    TRY(authenticate(type));
    EnteredTarget entered;
    entered.server_init = TRY(initialise());
    entered.tunnel = std::move(tunnel_);
    return entered;
  }

 private:
  Result<std::uint8_t> choose_type() {
    if (version_ == 3) {
      const std::uint32_t type = TRY(talk_.read_word());
      if (type == security::kInvalid) return turned_away();
      if (!trust_.pinned.empty()) return no_tls_any_more();
      if (type != security::kNone && type != security::kVncAuth) return no_way_in();
      return static_cast<std::uint8_t>(type);
    }
    const std::uint8_t count = TRY(talk_.read_byte());
    if (count == 0) return turned_away();
    const std::string types = TRY(talk_.read_text(count, count));
    for (const std::uint8_t type : {security::kVeNCrypt, security::kVncAuth, security::kNone}) {
      if (types.find(static_cast<char>(type)) == std::string::npos) continue;
      if (type != security::kVeNCrypt && !trust_.pinned.empty()) return no_tls_any_more();
      TRY(talk_.write(std::string(1, static_cast<char>(type))));
      return type;
    }
    return no_way_in();
  }

  Result<void> authenticate(std::uint8_t type) {
    if (type == security::kVeNCrypt) {
      TRY(authenticate_over_tls());
    } else if (type == security::kVncAuth) {
      TRY(answer_challenge());
    } else if (version_ != 8) {
      return {};  // older versions say nothing more of None
    }
    return read_result();
  }

  Result<void> authenticate_over_tls() {
    TRY(talk_.read_byte());
    TRY(talk_.read_byte());
    TRY(talk_.write(std::string{'\0', '\2'}));
    const std::uint8_t refused = TRY(talk_.read_byte());
    if (refused != 0) return Error{ErrorKind::unsupported, "the target speaks another version of VeNCrypt"};
    const std::uint8_t count = TRY(talk_.read_byte());
    std::vector<std::uint32_t> offered(count);
    for (std::uint32_t& subtype : offered) subtype = TRY(talk_.read_word());
    const std::uint32_t subtype = TRY(choose_subtype(offered));
    TRY(talk_.write(big_endian(subtype)));
    const std::uint8_t goes_on = TRY(talk_.read_byte());
    if (goes_on != 1) return Error{ErrorKind::corrupt, "the target broke off the VNC handshake"};
    const crypto::TlsHandshake with{talk_.socket(), talk_.stop(), talk_.deadline()};
    auto tunnel = is_certified(subtype) ? crypto::TlsTunnel::connect(with, trust_, shown_) : crypto::TlsTunnel::connect_anonymous(with);
    if (!tunnel) return tunnel.error().within("the target");
    tunnel_ = std::move(tunnel).value();
    talk_.move_to(tunnel_->plain());
    if (subtype == security::kX509Plain || subtype == security::kTlsPlain) return send_password();
    if (subtype == security::kX509Vnc || subtype == security::kTlsVnc) return answer_challenge();
    return {};
  }

  Result<std::uint32_t> choose_subtype(const std::vector<std::uint32_t>& offered) {
    // With a name to give, a name is given.
    std::vector<std::uint32_t> wanted{security::kX509Vnc, security::kX509None};
    if (!login_.user.empty()) wanted.insert(wanted.begin(), security::kX509Plain);
    if (trust_.pinned.empty()) {
      if (!login_.user.empty()) wanted.push_back(security::kTlsPlain);
      wanted.insert(wanted.end(), {security::kTlsVnc, security::kTlsNone});
    }
    for (const std::uint32_t subtype : wanted) {
      if (std::find(offered.begin(), offered.end(), subtype) != offered.end()) return subtype;
    }
    if (!trust_.pinned.empty()) return no_tls_any_more();
    return no_way_in();
  }

  Result<void> answer_challenge() {
    std::array<std::byte, 16> challenge{};
    TRY(talk_.read(challenge));
    asked_for_credential_ = true;
    const std::array<std::byte, 16> response = crypto::vnc_response(challenge, login_.password.text());
    return talk_.write({reinterpret_cast<const char*>(response.data()), response.size()});
  }

  Result<void> send_password() {
    asked_for_credential_ = true;
    std::string message = big_endian(static_cast<std::uint32_t>(login_.user.size())) +
                          big_endian(static_cast<std::uint32_t>(login_.password.size())) + login_.user;
    message.append(login_.password.text());
    Result<void> sent = talk_.write(message);
    wipe_memory(message.data(), message.size());
    return sent;
  }

  Result<void> read_result() {
    const std::uint32_t result = TRY(talk_.read_word());
    if (result == security::kSuccess) return {};
    std::string words;
    if (version_ == 8) words = TRY(read_reason());
    if (asked_for_credential_) return Error{ErrorKind::denied, "the target refused the credential" + words};
    return Error{ErrorKind::unavailable, "the target lets nobody in" + words};
  }

  // ": " and what the target says.
  Result<std::string> read_reason() {
    const std::uint32_t size = TRY(talk_.read_word());
    std::string words = TRY(talk_.read_text(size, kMaxReason));
    return ": " + quoted(std::move(words));
  }

  Error turned_away() {
    Result<std::string> words = read_reason();
    if (!words) return words.error();
    return {ErrorKind::unavailable, "the target lets nobody in" + words.value()};
  }

  static Error no_way_in() {
    return {ErrorKind::unsupported, "the target offers no way to authenticate that the gateway knows"};
  }
  Error no_tls_any_more() {
    shown_.refused = true;
    return {ErrorKind::corrupt, "the target shows no certificate, and one of it is known; somebody may be in between"};
  }

  Result<std::string> initialise() {
    TRY(talk_.write("\1"));  // others may stay
    std::string message = TRY(talk_.read_text(kServerInit, kServerInit));
    const auto byte = [&](std::size_t at) { return std::uint32_t{static_cast<std::uint8_t>(message[at])}; };
    const Size size{static_cast<int>(byte(0) << 8 | byte(1)), static_cast<int>(byte(2) << 8 | byte(3))};
    if (!size.acceptable()) return Error{ErrorKind::unsupported, "the target's screen has an impossible size"};
    const std::uint32_t name_size = byte(20) << 24 | byte(21) << 16 | byte(22) << 8 | byte(23);
    message += TRY(talk_.read_text(name_size, kMaxName));
    return message;
  }

  Talk& talk_;
  const TargetLogin& login_;
  const crypto::TlsTrust& trust_;
  crypto::ShownCertificate& shown_;
  int version_ = 8;
  bool asked_for_credential_ = false;
  std::unique_ptr<crypto::TlsTunnel> tunnel_;
};

}  // namespace

Result<EnteredTarget> enter_target(Talk& talk, const TargetLogin& login, const crypto::TlsTrust& trust, crypto::ShownCertificate& shown) {
  return Entrance(talk, login, trust, shown).run();
}

}  // namespace frostgate::relay::vnc
