#include "gateway/relay/complaint.h"

namespace frostgate::relay {
namespace {

constexpr std::size_t kLongestComplaint = 200;

thread_local std::string complaint;

}  // namespace

void forget_complaint() { complaint.clear(); }

const std::string& last_complaint() { return complaint; }

void note_complaint(std::string_view words) {
  std::string said;
  for (const char c : words.substr(0, kLongestComplaint)) said += c >= ' ' && c <= '~' ? c : ' ';
  while (!said.empty() && said.back() == ' ') said.pop_back();
  if (!said.empty()) complaint = std::move(said);
}

}  // namespace frostgate::relay
