#include "gateway/serve/rdp_file.h"

#include <array>
#include <string_view>

#include "gateway/base/utf16.h"
#include "gateway/crypto/pkcs7.h"

namespace frostgate::serve {
namespace {

struct Setting {
  const char* name;   // as it stands in the file, with its type
  const char* scope;  // its name in signscope; null: not signed
  std::string value;
};

// Signed settings first, in the order in which rdpsign lists them.
std::vector<Setting> settings_of(const RdpFile& wish) {
  const auto flag = [](bool on) { return on ? "1" : "0"; };
  const char* nla = flag(wish.nla);
  const Redirections& passed = wish.redirections;
  const bool drives = passed.drives != DriveAccess::none;
  std::vector<Setting> out{
      {"full address:s:", "Full Address", wish.address},
      // Without it a signed file could be sent elsewhere by adding it.
      {"alternate full address:s:", "Alternate Full Address", wish.address},
      {"negotiate security layer:i:", "Negotiate Security Layer", "1"},
      {"enablecredsspsupport:i:", "EnableCredSspSupport", nla},
      {"disableconnectionsharing:i:", "DisableConnectionSharing", "1"},
      // Where its ticket does not bring the user back, each try would be a wrong login.
      {"autoreconnection enabled:i:", "AutoReconnection Enabled", flag(wish.comes_back)},
      {"gatewayusagemethod:i:", "GatewayUsageMethod", "0"},
      {"promptcredentialonce:i:", "PromptCredentialOnce", "0"},
      {"alternate shell:s:", "Alternate Shell", ""},
      {"shell working directory:s:", "Shell Working Directory", ""},
      {"remoteapplicationmode:i:", "RemoteApplicationMode", "0"},
      {"prompt for credentials:i:", "Prompt For Credentials", nla},
      // 1: do not connect when the certificate cannot be verified. 2: ask.
      {"authentication level:i:", "Authentication Level", wish.trusted ? "1" : "2"},
      // 0: played here. 2: nowhere.
      {"audiomode:i:", "AudioMode", passed.sound ? "0" : "2"},
      {"redirectdrives:i:", "RedirectDrives", flag(drives)},
      {"redirectprinters:i:", "RedirectPrinters", flag(passed.printers)},
      {"redirectcomports:i:", "RedirectCOMPorts", flag(passed.ports)},
      {"redirectsmartcards:i:", "RedirectSmartCards", flag(passed.smartcards)},
      {"redirectposdevices:i:", "RedirectPOSDevices", "0"},
      {"redirectclipboard:i:", "RedirectClipboard", flag(wish.clipboard)},
      {"devicestoredirect:s:", "DevicesToRedirect", ""},
      {"drivestoredirect:s:", "DrivesToRedirect", drives ? "*" : ""},
  };
  // Sent in the X.224 request: what tells the gateway to speak NLA with this client (relay/rdp/x224_peek.h).
  if (wish.nla) out.push_back({"loadbalanceinfo:s:", "LoadBalanceInfo", "Cookie: msts=frostgate-nla"});
  const std::vector<Setting> unsigned_ones{
      {"username:s:", nullptr, wish.user},        {"screen mode id:i:", nullptr, "2"},
      {"session bpp:i:", nullptr, "32"},          {"use multimon:i:", nullptr, "0"},
      {"dynamic resolution:i:", nullptr, "1"},    {"smart sizing:i:", nullptr, "0"},
      {"keyboardhook:i:", nullptr, "2"},          {"compression:i:", nullptr, "1"},
      {"connection type:i:", nullptr, "6"},       {"networkautodetect:i:", nullptr, "0"},
      {"audiocapturemode:i:", nullptr, "0"},      {"camerastoredirect:s:", nullptr, ""},
      {"redirectwebauthn:i:", nullptr, "0"},      {"redirectlocation:i:", nullptr, "0"},
  };
  out.insert(out.end(), unsigned_ones.begin(), unsigned_ones.end());
  return out;
}

std::string base64(std::span<const std::byte> bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned held = 0;
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t k = 0; k < 3; ++k) held = held << 8 | (k < count ? std::to_integer<unsigned>(bytes[i + k]) : 0);
    for (std::size_t k = 0; k < 4; ++k) out += k <= count ? kDigits[held >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

// rdpsign puts three words before the signature (two constants and its length), and blanks after each 64 characters.
std::string signature_line(const std::vector<std::byte>& signature) {
  std::vector<std::byte> blob;
  for (const std::size_t word : {std::size_t{0x00010001}, std::size_t{1}, signature.size()}) {
    for (int shift = 0; shift < 32; shift += 8) blob.push_back(static_cast<std::byte>(word >> shift & 0xFF));
  }
  blob.insert(blob.end(), signature.begin(), signature.end());
  const std::string text = base64(blob);
  std::string out = "signature:s:";
  for (std::size_t i = 0; i < text.size(); i += 64) out += text.substr(i, 64) + "  ";
  return out + "\r\n";
}

Result<std::vector<std::byte>> utf16_of(const std::string& text) {
  auto wide = to_utf16(text);
  if (!wide) return Error{ErrorKind::invalid, "a text for the .rdp file is not UTF-8"};
  return std::move(*wide);
}

}  // namespace

Result<std::vector<std::byte>> signed_rdp_file(const RdpFile& wish, const crypto::PemIdentity& signer) {
  std::string signed_part, rest, scope;
  for (const Setting& setting : settings_of(wish)) {
    if (setting.value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      return Error{ErrorKind::invalid, "a text for the .rdp file has more than one line"};
    }
    (setting.scope ? signed_part : rest) += setting.name + setting.value + "\r\n";
    if (setting.scope) scope += (scope.empty() ? "" : ",") + std::string(setting.scope);
  }
  scope = "signscope:s:" + scope + "\r\n";
  const std::vector<std::byte> covered = TRY(utf16_of(signed_part + scope + std::string(1, '\0')));
  const std::vector<std::byte> signature = TRY(crypto::sign_detached(signer, covered));
  std::vector<std::byte> out{std::byte{0xFF}, std::byte{0xFE}};
  const std::vector<std::byte> text = TRY(utf16_of(signed_part + rest + scope + signature_line(signature)));
  out.insert(out.end(), text.begin(), text.end());
  return out;
}

}  // namespace frostgate::serve
