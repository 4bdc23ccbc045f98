#pragma once

namespace frostgate::codec {

// FFmpeg writes to standard error unless told not to. Process-wide: call once, in main, before any thread starts.
void silence_ffmpeg();

}  // namespace frostgate::codec
