#include "gateway/serve/custodians.h"

#include <set>

#include "gateway/base/utc_text.h"
#include "storage/file_system.h"

namespace frostgate::serve {
namespace {

constexpr std::uint64_t kMaxCertificateBytes = 1 << 16;

}  // namespace

Result<Custodians> load_custodians(const config::CustodianSettings& settings) {
  Custodians out;
  out.threshold = settings.threshold;
  std::set<std::string> fingerprints;
  for (const std::filesystem::path& file : settings.certificates) {
    const std::string where = "the custodian's certificate " + file.string();
    const auto pem = storage::real_file_system().read_whole(file, kMaxCertificateBytes);
    if (!pem) return Error{ErrorKind::invalid, where + ": " + pem.error().message};
    Result<storage::Custodian> custodian = storage::Custodian::read(pem.value());
    if (!custodian) return custodian.error().within(where);
    if (!fingerprints.insert(custodian.value().fingerprint()).second) {
      return Error{ErrorKind::invalid, where + " is there twice: one custodian would have two shares"};
    }
    out.people.push_back(std::move(custodian).value());
  }
  return out;
}

std::vector<std::string> expiring(const Custodians& custodians, UtcTime now, Microseconds notice) {
  std::vector<std::string> out;
  const auto day = [](UtcTime time) { return utc_text(time, "%Y-%m-%d"); };
  for (const storage::Custodian& one : custodians.people) {
    const std::string who = "the certificate of the custodian " + one.subject();
    if (now < one.valid_from()) out.push_back(who + " is not valid before " + day(one.valid_from()));
    else if (now >= one.valid_until()) out.push_back(who + " ended on " + day(one.valid_until()));
    else if (now + notice >= one.valid_until()) out.push_back(who + " ends on " + day(one.valid_until()));
  }
  return out;
}

Result<void> check_custody(const Custodians& custodians, const policy::Policy& policy) {
  if (!custodians.people.empty()) return {};
  for (const policy::Rule& rule : policy.rules()) {
    if (!rule.terms.keep_original) continue;
    return Error{ErrorKind::invalid, rule.file + ":" + std::to_string(rule.line) + ": the rule \"" + rule.name +
                                         "\" seals originals, but the configuration names no custodians to seal them for"};
  }
  return {};
}

}  // namespace frostgate::serve
