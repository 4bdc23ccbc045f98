#include "gateway/ipc/redirection_members.h"

#include <nlohmann/json.hpp>

namespace frostgate::ipc {
namespace {

constexpr int kMostAccess = static_cast<int>(DriveAccess::full);

Result<bool> zero_or_one(const Message& message, const char* name) { return TRY(message.number(name, 0, 1)) == 1; }

}  // namespace

void write_redirections(nlohmann::json& message, const Redirections& redirections) {
  message["drives"] = static_cast<int>(redirections.drives);
  message["printers"] = redirections.printers ? 1 : 0;
  message["ports"] = redirections.ports ? 1 : 0;
  message["smartcards"] = redirections.smartcards ? 1 : 0;
  message["sound"] = redirections.sound ? 1 : 0;
}

Result<Redirections> read_redirections(const Message& message) {
  Redirections out;
  out.drives = static_cast<DriveAccess>(TRY(message.number("drives", 0, kMostAccess)));
  out.printers = TRY(zero_or_one(message, "printers"));
  out.ports = TRY(zero_or_one(message, "ports"));
  out.smartcards = TRY(zero_or_one(message, "smartcards"));
  out.sound = TRY(zero_or_one(message, "sound"));
  return out;
}

}  // namespace frostgate::ipc
