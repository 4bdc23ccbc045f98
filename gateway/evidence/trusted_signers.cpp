#include "gateway/evidence/trusted_signers.h"

#include "storage/crypto/signature.h"
#include "storage/file_system.h"

namespace frostgate::evidence {

Result<std::vector<std::string>> trusted_signers(const std::filesystem::path& certificate, const std::filesystem::path& earlier) {
  std::vector<std::string> out;
  for (const std::filesystem::path& file : {certificate, earlier}) {
    if (file.empty()) continue;
    const auto pem = TRY(storage::real_file_system().read_whole(file, std::uint64_t{16} << 20));
    const auto fingerprints = storage::fingerprints_of({reinterpret_cast<const char*>(pem.data()), pem.size()});
    if (!fingerprints) return fingerprints.error().within(file.string());
    out.insert(out.end(), fingerprints.value().begin(), fingerprints.value().end());
  }
  return out;
}

}  // namespace frostgate::evidence
