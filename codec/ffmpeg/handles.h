// FFmpeg's handles as unique_ptr, and its errors as ours.
#pragma once

#include <memory>
#include <string>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/error.h>
#include <libavutil/frame.h>
#include <libswscale/swscale.h>
}

#include "codec/base/result.h"

namespace frostgate::codec::ffmpeg {

inline constexpr AVRational kMicroseconds{1, 1'000'000};  // our times as FFmpeg counts
inline constexpr int kIoBufferBytes = 1 << 16;

struct FreeHandle {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
  void operator()(SwsContext* context) const { sws_freeContext(context); }
};

// avio.h: libavformat may have replaced the buffer it was given, so it is the context's own that is freed.
struct FreeMemoryIo {
  void operator()(AVIOContext* io) const {
    av_freep(&io->buffer);
    avio_context_free(&io);
  }
};

struct FreeOutput {
  void operator()(AVFormatContext* format) const { avformat_free_context(format); }
};

struct CloseInput {
  void operator()(AVFormatContext* format) const { avformat_close_input(&format); }
};

using CodecContext = std::unique_ptr<AVCodecContext, FreeHandle>;
using Picture = std::unique_ptr<AVFrame, FreeHandle>;
using Packet = std::unique_ptr<AVPacket, FreeHandle>;
using Scaler = std::unique_ptr<SwsContext, FreeHandle>;
using MemoryIo = std::unique_ptr<AVIOContext, FreeMemoryIo>;
using OutputFormat = std::unique_ptr<AVFormatContext, FreeOutput>;
using InputFormat = std::unique_ptr<AVFormatContext, CloseInput>;

// `code` is a negative FFmpeg result; `doing` says what failed.
inline Error av_error(int code, ErrorKind kind, const std::string& doing) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(code, text, sizeof text);
  return {code == AVERROR(ENOSPC) ? ErrorKind::no_space : kind, doing + ": " + text};
}

}  // namespace frostgate::codec::ffmpeg
