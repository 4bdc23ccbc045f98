#include "gateway/relay/rdp/sound_filter.h"

#include <string>
#include <utility>

#include "gateway/relay/rdp/little_endian.h"

namespace frostgate::relay::rdp {
namespace {

// 2.2.1
enum SoundType : std::uint32_t { kSoundClose = 1, kSoundWave = 2, kSoundVolume = 3, kSoundPitch = 4, kSoundConfirm = 5, kSoundTraining = 6, kSoundFormats = 7, kSoundQuality = 0xC, kSoundWave2 = 0xD };
constexpr std::size_t kSoundHeader = 4;
constexpr std::size_t kFormatsLength = 24, kDatagramPort = 16;  // 2.2.2.2
constexpr int kMostDue = 1 << 16;

Error malformed_sound(const char* what) { return {ErrorKind::corrupt, std::string("a malformed message about sound: ") + what}; }

Error unknown_sound(std::uint32_t type) { return {ErrorKind::corrupt, "a message about sound of the kind " + std::to_string(type) + ", which is not passed on"}; }

// Whether an answer is one that is waited for.
bool take_due(int& due) { return due > 0 && due-- > 0; }

// 2.2.3.8, for a wave as it begins.
ChannelMessage confirmation(std::span<const std::byte> wave) {
  ChannelMessage out;
  append(out, kSoundConfirm, 1);
  append(out, 0, 1);
  append(out, 4, 2);
  append(out, number(wave, 4, 2), 2);
  append(out, number(wave, 8, 1), 1);
  append(out, 0, 1);
  return out;
}

}  // namespace

Result<void> SoundFilter::from_client(ChannelMessage message, Passing& out) {
  if (message.size() < 2 * kSoundHeader) return malformed_sound("it is cut");
  const std::uint32_t type = number(message, 0, 1);
  int* due = type == kSoundFormats ? &formats_ : type == kSoundQuality ? &qualities_ : type == kSoundTraining ? &trainings_ : type == kSoundConfirm ? &waves_ : nullptr;
  if (!due) return unknown_sound(type);
  if (!take_due(*due)) return {};
  if (type == kSoundFormats) {
    if (message.size() < kFormatsLength) return malformed_sound("no formats");
    overwrite(message, kDatagramPort, 0, 2);
  }
  out.to_target.push_back(std::move(message));
  return {};
}

Result<void> SoundFilter::from_target(ChannelMessage message, bool crowded, Passing& out) {
  if (std::exchange(sound_due_, false)) {
    if (message.size() < kSoundHeader) return malformed_sound("no sound");
    if (left_out_) return {};
    out.to_client.push_back(std::exchange(wave_info_, {}));
    out.to_client.push_back(std::move(message));
    return {};
  }
  if (message.size() < kSoundHeader) return malformed_sound("it has no header");
  const std::uint32_t type = number(message, 0, 1);
  switch (type) {
    case kSoundWave: return wave(std::move(message), crowded, false, out);
    case kSoundWave2: return wave(std::move(message), crowded, true, out);
    case kSoundFormats:
      if (message.size() < kFormatsLength) return malformed_sound("no formats");
      formats_ = qualities_ = 1;
      break;
    case kSoundTraining:
      if (message.size() < 2 * kSoundHeader) return malformed_sound("a training that is cut");
      if (trainings_ < kMostDue) ++trainings_;
      break;
    case kSoundClose:
    case kSoundVolume:
    case kSoundPitch: break;
    default: return unknown_sound(type);
  }
  out.to_client.push_back(std::move(message));
  return {};
}

// 2.2.3.3, whose sound follows, or 2.2.3.10.
Result<void> SoundFilter::wave(ChannelMessage message, bool crowded, bool whole, Passing& out) {
  if (message.size() < 4 * kSoundHeader) return malformed_sound("a wave that is cut");
  left_out_ = crowded;
  sound_due_ = !whole;
  if (crowded) {
    out.to_target.push_back(confirmation(message));
    return {};
  }
  if (waves_ < kMostDue) ++waves_;
  if (whole) out.to_client.push_back(std::move(message));
  else wave_info_ = std::move(message);
  return {};
}

}  // namespace frostgate::relay::rdp
