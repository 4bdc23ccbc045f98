// What serve answers to a message of a relay.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "gateway/base/descriptor.h"

namespace frostgate::serve {

struct RelayReply {
  nlohmann::json body;                  // empty: no reply is due
  std::vector<Descriptor> descriptors;  // go with it
  bool end_relay = false;               // it broke the protocol: kill it
  std::string comes_back_to{};          // the session that this connection wants to go on with; `body` is for when it may

  static RelayReply refused(const std::string& reason);  // a sentence for the user
};

}  // namespace frostgate::serve
