// What a recorder that is tested writes to and forwards to, and what its journal plays.
#pragma once

#include <atomic>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "codec/base/frame.h"
#include "codec/tiles/event_coding.h"
#include "gateway/relay/recorder.h"
#include "storage/file_system.h"

namespace frostgate::relay {

class CountingSink : public InputSink {
 public:
  std::atomic<int> keys = 0, pointers = 0, locks = 0, sizes = 0;
  void key(const KeyEvent&) override { ++keys; }
  void pointer(const PointerEvent&) override { ++pointers; }
  void lock_keys(const LockKeys&) override { ++locks; }
  void request_screen(const ScreenWish&) override { ++sizes; }
};

// The real disk, until it is told to fail. Says how often it synced.
class FailingFileSystem : public storage::FileSystem {
 public:
  std::atomic<bool> broken = false;

  Result<std::unique_ptr<storage::AppendFile>> create(const Path& path) override {
    return std::unique_ptr<storage::AppendFile>(std::make_unique<File>(*this, TRY(real().create(path))));
  }
  Result<std::vector<std::byte>> read(const Path& path, std::uint64_t offset, std::uint64_t size) override {
    return real().read(path, offset, size);
  }
  Result<storage::FileStatus> status(const Path& path) override { return real().status(path); }
  Result<void> rename_new(const Path& from, const Path& to) override { return real().rename_new(from, to); }
  Result<void> sync_directory(const Path& path) override { return real().sync_directory(path); }
  Result<std::vector<std::string>> list(const Path& path) override { return real().list(path); }
  Result<void> remove(const Path& path) override { return real().remove(path); }
  Result<void> remove_directory(const Path& path) override { return real().remove_directory(path); }
  Result<void> make_directories(const Path& path) override { return real().make_directories(path); }

 private:
  class File : public storage::AppendFile {
   public:
    File(FailingFileSystem& owner, std::unique_ptr<storage::AppendFile> file) : owner_(owner), file_(std::move(file)) {}
    Result<void> append(std::span<const std::byte> bytes) override {
      if (owner_.broken) return Error{ErrorKind::no_space, "the disk is full"};
      return file_->append(bytes);
    }
    Result<void> sync() override { return file_->sync(); }

   private:
    FailingFileSystem& owner_;
    std::unique_ptr<storage::AppendFile> file_;
  };
  static storage::FileSystem& real() { return storage::real_file_system(); }
};

struct Played {
  std::vector<std::pair<SessionTime, Frame>> states;
  std::vector<Event> events;
  bool finished = false;
  bool truncated = false;

  template <class Body>
  std::vector<Body> all() const {
    std::vector<Body> out;
    for (const Event& event : events) {
      if (const auto* body = std::get_if<Body>(&event.body)) out.push_back(*body);
    }
    return out;
  }
};

}  // namespace frostgate::relay
