// What the channel of devices was used for, to be logged. No content of any file.
#pragma once

#include <cstdint>
#include <string>

namespace frostgate::relay::rdp {

enum class DeviceKind { drive, printer, port, smartcard, unknown };

// What a target wants of a file, by its CREATE (MS-RDPEFS 2.2.1.4.1).
struct FileAccess {
  bool read = false, write = false, remove = false;
};

struct DeviceFact {
  enum class What {
    announced,  // the target knows of the device
    refused,    // the device is of a kind that the Grant denies
    opened,     // a file; of a printer or port: its use has begun
    closed,     // with what was done
    denied,     // a change that the Grant denies; once for each time that a file is open
    used,       // a smart card, for the first time
  };
  What what = What::announced;
  DeviceKind kind = DeviceKind::unknown;
  std::string device;  // as the client calls it, printable
  std::string path;    // printable (shown_path.h); empty where there is none
  FileAccess access;
  // closed: "created", "written anew", "deleted", "kept" (it was to be deleted first), or the path that it was given; empty: none of these.
  std::string became;
  std::uint64_t to_target = 0, to_client = 0;  // closed: bytes that were read, that were written
};

}  // namespace frostgate::relay::rdp
