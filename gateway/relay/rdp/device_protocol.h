// Names and numbers of the channel of devices (MS-RDPEFS 2.2.1), as the filter and its tests use them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace frostgate::relay::rdp::rdpdr {

// 2.2.1.1: two bytes of the component, two of the packet.
inline constexpr std::uint32_t kCore = 0x4472, kPrinting = 0x5052;
inline constexpr std::size_t kHeader = 4;

enum Packet : std::uint32_t {
  kServerAnnounce = 0x496E,
  kClientId = 0x4343,  // both ways
  kClientName = 0x434E,
  kServerCapabilities = 0x5350,
  kClientCapabilities = 0x4350,
  kDeviceList = 0x4441,
  kDeviceReply = 0x6472,
  kDeviceRemoval = 0x444D,
  kRequest = 0x4952,
  kCompletion = 0x4943,
  kLoggedOn = 0x554C,
  kPrinterCache = 0x5043,  // MS-RDPEPC 2.2.2.3
  kPrinterXps = 0x5543,    // MS-RDPEPC 2.2.2.2
};

enum DeviceType : std::uint32_t { kSerial = 1, kParallel = 2, kPrint = 4, kFileSystem = 8, kSmartcard = 0x20 };  // 2.2.1.3

// 2.2.1.2, CapabilityType
inline constexpr std::uint32_t kGeneralCapability = 1, kPrinterCapability = 2, kPortCapability = 3, kDriveCapability = 4, kSmartcardCapability = 5;

// 2.2.1.4, MajorFunction and MinorFunction
enum Major : std::uint32_t {
  kCreate = 0,
  kClose = 2,
  kRead = 3,
  kWrite = 4,
  kQueryInformation = 5,
  kSetInformation = 6,
  kQueryVolume = 0xA,
  kSetVolume = 0xB,
  kDirectory = 0xC,
  kDeviceControl = 0xE,
  kLock = 0x11,
};
inline constexpr std::uint32_t kQueryDirectory = 1, kNotifyChange = 2;

// MS-ERREF 2.3.1
inline constexpr std::uint32_t kSuccess = 0, kInvalidHandle = 0xC0000008, kNoSuchDevice = 0xC000000E, kAccessDenied = 0xC0000022, kInsufficientResources = 0xC000009A,
                               kMediaWriteProtected = 0xC00000A2, kNotSupported = 0xC00000BB, kTooManyOpenedFiles = 0xC000011F;

}  // namespace frostgate::relay::rdp::rdpdr
