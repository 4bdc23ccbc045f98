#include "gateway/export/bundle_folder.h"

#include <unistd.h>

#include <algorithm>

#include "storage/byte_order.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"
#include "storage/file_system.h"

namespace frostgate::exporting {
namespace {

constexpr std::uint64_t kReadBytes = std::uint64_t{4} << 20;

storage::FileSystem& disk() { return storage::real_file_system(); }

std::filesystem::path parent_of(const std::filesystem::path& path) { return path.has_parent_path() ? path.parent_path() : "."; }

std::string colons(const std::string& fingerprint) {
  std::string out;
  for (std::size_t i = 0; i < fingerprint.size(); i += 2) {
    if (i > 0) out += ':';
    for (const char c : fingerprint.substr(i, 2)) out += static_cast<char>(c >= 'a' && c <= 'f' ? c - 'a' + 'A' : c);
  }
  return out;
}

}  // namespace

Result<BundleFolder> BundleFolder::create(const std::filesystem::path& given) {
  const std::filesystem::path output = given.has_filename() ? given : given.parent_path();
  if (disk().status(output)) return Error{ErrorKind::exists, output.string() + " exists; a bundle is a folder of its own"};
  const std::filesystem::path unfinished =
      parent_of(output) / ("." + output.filename().string() + "." + std::to_string(getpid()) + ".part");
  TRY(disk().make_directories(unfinished));
  return BundleFolder(output, unfinished);
}

BundleFolder::BundleFolder(BundleFolder&& other) noexcept
    : output_(std::move(other.output_)), unfinished_(std::exchange(other.unfinished_, {})), files_(std::move(other.files_)) {}

BundleFolder::~BundleFolder() {
  std::error_code ignored;
  if (!unfinished_.empty()) std::filesystem::remove_all(unfinished_, ignored);
}

Result<void> BundleFolder::write(const std::string& name, std::span<const std::byte> bytes) {
  auto file = TRY(disk().create(path(name)));
  TRY(file->append(bytes));
  TRY(file->sync());
  files_.push_back({name, bytes.size(), storage::to_hex(storage::Sha256::of(bytes))});
  return {};
}

Result<void> BundleFolder::take(const std::string& name) {
  storage::BundleFile file{name, TRY(disk().status(path(name))).size, ""};
  storage::Sha256 hash;
  for (std::uint64_t at = 0; at < file.size; at += kReadBytes) hash.add(TRY(disk().read(path(name), at, kReadBytes)));
  file.sha256 = storage::to_hex(hash.finish());
  files_.push_back(std::move(file));
  return {};
}

Result<std::string> BundleFolder::digest_of(const std::string& name) const {
  const auto found = std::ranges::find(files_, name, &storage::BundleFile::name);
  if (found == files_.end()) return Error{ErrorKind::not_found, name + " is not in the bundle yet"};
  return found->sha256;
}

Result<void> BundleFolder::write_sums() {
  std::string sums;
  for (const storage::BundleFile& file : files_) sums += file.sha256 + "  " + file.name + "\n";
  return write("SHA256SUMS", storage::bytes_of(sums));
}

Result<void> BundleFolder::finish() {
  TRY(disk().sync_directory(unfinished_));
  TRY(disk().rename_new(unfinished_, output_));
  unfinished_.clear();
  return disk().sync_directory(parent_of(output_));
}

std::string readme_of(const std::string& recording, const std::string& fingerprint, const codec::ClipFacts& clip) {
  char length[32];
  std::snprintf(length, sizeof length, "%.3f", std::chrono::duration<double>(clip.to - clip.from).count());
  return "Evidence bundle of recording " + recording +
         "\n\n"
         "clip.mp4        what was on the screen, with what redaction covered\n"
         "cover.pdf       who, where, when, why, and pictures of the clip\n"
         "manifest.json   what this bundle is, and the SHA-256 of each of its files; manifest.json.p7s is its signature,\n"
         "                manifest.json.tsr, if it is there, the time-stamp of that signature\n"
         "film.json       the manifest of the whole film, signed when it was made (film.json.p7s): it names the segments of the\n"
         "                film that the clip was cut from\n"
         "policy.yaml     the policy that governed the session\n"
         "signer.pem      the certificate; its SHA-256 fingerprint must be the one that the organisation told you by another way:\n\n"
         "    " + colons(fingerprint) + "\n\n"
         "Check it with openssl, sha256sum and ffprobe, in this folder, at the prompt of any shell:\n\n"
         "1. The certificate, and that its key signed the manifest:\n\n"
         "    openssl x509 -in signer.pem -noout -fingerprint -sha256\n"
         "    openssl cms -verify -binary -inform DER -in manifest.json.p7s -content manifest.json -CAfile signer.pem -partial_chain -purpose any -out /dev/null\n\n"
         "2. That no file was changed, by their digests in SHA256SUMS, and that manifest.json has the digest of that file:\n\n"
         "    sha256sum -c SHA256SUMS\n"
         "    sum=$(sha256sum SHA256SUMS) signed=NO; while read -r name value; do if [ \"$value\" = \"\\\"${sum%% *}\\\",\" ]; then signed=yes; fi; done <manifest.json; echo \"SHA256SUMS is signed: $signed\"\n\n"
         "3. That the film's manifest was signed, and by whom: the same certificate, or an earlier one of the organisation's. Its \"policy\" has the\n   digest of policy.yaml in SHA256SUMS:\n\n"
         "    openssl cms -verify -binary -inform DER -in film.json.p7s -content film.json -noverify -signer /dev/stdout -out /dev/null | openssl x509 -noout -fingerprint -sha256\n\n"
         "4. That the clip is a film of " + std::to_string(clip.size.width) + "x" + std::to_string(clip.size.height) + " pixels and " + length + " seconds:\n\n"
         "    ffprobe -v error -show_entries stream=codec_name,width,height:format=duration clip.mp4\n\n"
         "The time-stamp, with the authority's certificate:\n\n"
         "    openssl ts -verify -data manifest.json.p7s -in manifest.json.tsr -CAfile AUTHORITY.pem\n\n"
         "All of it at once, and that the clip's times, segments and policy are the film's: frostgate-verify --certificate FINGERPRINT .\n"
         "(with --authority AUTHORITY.pem the time-stamp, too).\n";
}

}  // namespace frostgate::exporting
