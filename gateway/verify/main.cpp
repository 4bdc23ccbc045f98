// frostgate-verify: checks an evidence bundle. Links storage alone, so that whoever doubts a bundle can build it without the rest.
#include <cstdio>
#include <cstring>
#include <string>

#include "storage/evidence/bundle.h"

namespace {

constexpr const char* kUsage =
    "usage: frostgate-verify [--certificate FINGERPRINT] [--authority FILE] BUNDLE\n"
    "Checks a folder that `frostgate export` wrote, and reports each problem in a sentence.\n"
    "  --certificate FINGERPRINT  SHA-256 of the certificate that must have signed (hexadecimal; colons do not matter)\n"
    "  --authority FILE           certificates (PEM) that vouch for the time-stamp, which must be there then\n"
    "Exit status: 0 when all holds, 1 for problems, 2 for wrong use.\n";

std::string plain_hex(const char* text) {
  std::string out;
  for (; *text; ++text) {
    if (*text == ':') continue;
    out += *text >= 'A' && *text <= 'F' ? static_cast<char>(*text - 'A' + 'a') : *text;
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace frostgate;
  std::string fingerprint, authority, folder;
  for (int i = 1; i < argc; ++i) {
    const bool more = i + 1 < argc;
    if (std::strcmp(argv[i], "--help") == 0) return std::fputs(kUsage, stdout) < 0;
    if (std::strcmp(argv[i], "--certificate") == 0 && more) fingerprint = plain_hex(argv[++i]);
    else if (std::strcmp(argv[i], "--authority") == 0 && more) authority = argv[++i];
    else if (argv[i][0] != '-' && folder.empty()) folder = argv[i];
    else return std::fputs(kUsage, stderr) < 0 ? 1 : 2;
  }
  if (folder.empty()) return std::fputs(kUsage, stderr) < 0 ? 1 : 2;
  if (!fingerprint.empty() && (fingerprint.size() != 64 || fingerprint.find_first_not_of("0123456789abcdef") != std::string::npos)) {
    return std::fputs("frostgate-verify: --certificate wants a SHA-256 fingerprint: 64 hexadecimal digits, as `openssl x509 -fingerprint -sha256` prints them\n", stderr) < 0 ? 1 : 2;
  }
  storage::FileSystem& files = storage::real_file_system();
  std::string authority_pem;
  if (!authority.empty()) {
    const auto bytes = files.read_whole(authority, 1 << 20);
    if (!bytes) return std::fprintf(stderr, "frostgate-verify: %s\n", bytes.error().message.c_str()) < 0 ? 1 : 2;
    authority_pem.assign(reinterpret_cast<const char*>(bytes.value().data()), bytes.value().size());
  }
  const storage::BundleCheck check = storage::check_bundle(files, folder, fingerprint, authority_pem);
  for (const std::string& note : check.notes) std::printf("  %s\n", note.c_str());
  for (const std::string& problem : check.problems) std::printf("  PROBLEM  %s\n", problem.c_str());
  std::puts(check.problems.empty() ? "Nothing is missing, nothing was changed." : "This bundle does not hold.");
  return check.problems.empty() ? 0 : 1;
}
