#include "gateway/relay/vnc/handshake.h"

#include <algorithm>

#include "gateway/relay/vnc/talk.h"

namespace frostgate::relay::vnc {
namespace {

constexpr std::uint32_t kMaxUserName = 256, kMaxPassword = 1024;
// In the order in which a viewer that has no preference takes them. Without a certificate nobody who only listens reads
// the password; who sits in between does.
constexpr std::uint32_t kSubtypes[] = {security::kX509Plain, security::kX509Vnc, security::kTlsPlain, security::kTlsVnc};

class Admission {
 public:
  Admission(Talk& talk, const VncSecurity& security, FrontHost& host) : talk_(talk), security_(security), host_(host) {}

  Result<AdmittedClient> run() {
    TRY(agree_on_version());
    TRY(authenticate());
    // SecurityResult is the last place in RFB that carries a text: a target that is not there is told in it.
    Result<InputSink*> sink = host_.client_ready(ClientProfile{});
    if (!sink) return refuse(sink.error().message, sink.error());
    TRY(talk_.write(big_endian(security::kSuccess)));
    return AdmittedClient{*sink, std::move(tunnel_)};
  }

 private:
  Result<void> agree_on_version() {
    if (security_.browser) TRY(talk_.write(kOurVersion));
    const std::string greeting = TRY(talk_.read_text(kOurVersion.size(), kOurVersion.size()));
    version_ = TRY(version_of(greeting));
    return {};
  }

  Result<void> authenticate() {
    if (security_.browser) return enter();
    if (version_ == 3) return authenticate_oldest();
    std::string types{static_cast<char>(security_.plaintext_tickets ? 2 : 1), static_cast<char>(security::kVeNCrypt)};
    if (security_.plaintext_tickets) types += static_cast<char>(security::kVncAuth);
    TRY(talk_.write(types));
    const std::uint8_t chosen = TRY(talk_.read_byte());
    if (chosen == security::kVeNCrypt) return authenticate_over_tls();
    if (chosen == security::kVncAuth && security_.plaintext_tickets) return check_ticket();
    return refuse_choice();
  }

  // The handshake asks for no proof: there is one already.
  Result<void> enter() {
    if (version_ != 8) return Error{ErrorKind::unsupported, "the browser speaks another version of RFB than 3.8"};
    TRY(talk_.write(std::string{'\1', static_cast<char>(security::kNone)}));
    const std::uint8_t chosen = TRY(talk_.read_byte());
    if (chosen != security::kNone) return refuse_choice();
    if (!host_.enter()) return refuse_login();
    return {};
  }

  // Version 3.3 lets the server choose, and knows no VeNCrypt.
  Result<void> authenticate_oldest() {
    if (security_.plaintext_tickets) {
      TRY(talk_.write(big_endian(security::kVncAuth)));
      return check_ticket();
    }
    constexpr std::string_view kReason = "This gateway needs a viewer with TLS (VeNCrypt).";
    TRY(talk_.write(big_endian(security::kInvalid) + big_endian(kReason.size()) + std::string(kReason)));
    return Error{ErrorKind::denied, "the client speaks RFB 3.3, which knows no TLS"};
  }

  Result<void> authenticate_over_tls() {
    TRY(talk_.write(std::string{'\0', '\2'}));  // VeNCrypt 0.2
    const std::uint8_t major = TRY(talk_.read_byte());
    const std::uint8_t minor = TRY(talk_.read_byte());
    if (major != 0 || minor != 2) {
      TRY(talk_.write("\xff"));
      return Error{ErrorKind::unsupported, "the client speaks another version of VeNCrypt"};
    }
    std::string offer{'\0', static_cast<char>(std::size(kSubtypes))};
    for (const std::uint32_t subtype : kSubtypes) offer += big_endian(subtype);
    TRY(talk_.write(offer));
    const std::uint32_t chosen = TRY(talk_.read_word());
    if (std::find(std::begin(kSubtypes), std::end(kSubtypes), chosen) == std::end(kSubtypes)) {
      TRY(talk_.write(std::string(1, '\0')));
      return Error{ErrorKind::denied, "the client chose a way to authenticate that was not offered"};
    }
    TRY(talk_.write("\1"));
    const bool certified = chosen == security::kX509Plain || chosen == security::kX509Vnc;
    const crypto::TlsHandshake with{talk_.socket(), talk_.stop(), talk_.deadline()};
    auto tunnel = certified ? crypto::TlsTunnel::accept(with, security_.identity.signed_by(host_))
                            : crypto::TlsTunnel::accept_anonymous(with);
    if (!tunnel) return tunnel.error().within("the client");
    tunnel_ = std::move(tunnel).value();
    talk_.move_to(tunnel_->plain());
    return chosen == security::kX509Plain || chosen == security::kTlsPlain ? check_password() : check_ticket();
  }

  Result<void> check_password() {
    const std::uint32_t user_size = TRY(talk_.read_word());
    const std::uint32_t password_size = TRY(talk_.read_word());
    PasswordLogin login;
    login.user = TRY(talk_.read_text(user_size, kMaxUserName));
    std::string password = TRY(talk_.read_text(password_size, kMaxPassword));
    login.password = Secret::from_text(password);
    wipe_memory(password.data(), password.size());
    if (!host_.authenticate(login)) return refuse_login();
    return {};
  }

  Result<void> check_ticket() {
    const std::array<std::byte, 16> challenge = TRY(host_.vnc_challenge());
    TRY(talk_.write({reinterpret_cast<const char*>(challenge.data()), challenge.size()}));
    std::array<std::byte, 16> response{};
    TRY(talk_.read(response));
    if (!host_.check_vnc_response(response, tunnel_ != nullptr)) return refuse_login();
    return {};
  }

  Error refuse_login() { return refuse("denied", {ErrorKind::denied, "the client's password or ticket is not valid"}); }
  Error refuse_choice() {
    return refuse("denied", {ErrorKind::denied, "the client chose a way to authenticate that was not offered"});
  }

  // Says no, and gives back the error that it is for. What the client hears is `reason`.
  Error refuse(std::string_view reason, Error error) {
    std::string result = big_endian(security::kFailure);
    if (version_ == 8) result.append(big_endian(static_cast<std::uint32_t>(reason.size()))).append(reason);
    (void)talk_.write(result);  // a client that is gone is not told
    return error;
  }

  Talk& talk_;
  const VncSecurity& security_;
  FrontHost& host_;
  int version_ = 8;
  std::unique_ptr<crypto::TlsTunnel> tunnel_;
};

}  // namespace

Result<AdmittedClient> admit_client(int client, int stop, const VncSecurity& security, FrontHost& host,
                                    std::chrono::milliseconds limit) {
  Talk talk(client, stop, Talk::Clock::now() + limit, "the client");
  return Admission(talk, security, host).run();
}

}  // namespace frostgate::relay::vnc
