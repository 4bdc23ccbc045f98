// How much a user did in a session, as its relays tell (gateway/ipc/FORMAT.md, `ended`) and as serve has summed what they told meanwhile (channel_notes.h): kept in
// the recording's reports, for what is usual for somebody.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "codec/base/result.h"
#include "gateway/ipc/channel.h"

namespace frostgate::serve {

struct SessionVolume {
  std::int64_t strokes = 0;  // keys and buttons that were pressed
  std::int64_t pasted_bytes = 0, copied_bytes = 0;  // clipboard text that passed to the target, to the client

  SessionVolume& operator+=(const SessionVolume& more);
};

// Of a relay's last message. An error: it tells nothing, or what cannot be.
Result<SessionVolume> read_volume(const ipc::Message& ended);
// As members of the report's "relay".
void write_volume(nlohmann::json& relay, const SessionVolume& volume);
// Of a recording's report_json; nullopt when not all of its relays told.
std::optional<SessionVolume> volume_of(const std::string& report_json);
// Bytes of pictures and files, over the clipboard and devices; of a report that has them.
std::optional<std::int64_t> file_bytes_of(const std::string& report_json);

}  // namespace frostgate::serve
