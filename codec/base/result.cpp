#include "codec/base/result.h"

namespace frostgate {

const char* to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid: return "invalid";
    case ErrorKind::corrupt: return "corrupt";
    case ErrorKind::not_found: return "not found";
    case ErrorKind::exists: return "exists";
    case ErrorKind::denied: return "denied";
    case ErrorKind::unavailable: return "unavailable";
    case ErrorKind::timeout: return "timeout";
    case ErrorKind::cancelled: return "cancelled";
    case ErrorKind::unsupported: return "unsupported";
    case ErrorKind::no_space: return "no space";
    case ErrorKind::io: return "input/output";
  }
  return "unknown";
}

}  // namespace frostgate
