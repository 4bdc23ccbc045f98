#include "gateway/serve/film_intake.h"

#include <algorithm>
#include <cstdio>
#include <set>
#include <utility>

#include "gateway/approvals/session_approvals.h"
#include "gateway/evidence/film_manifest.h"
#include "gateway/ipc/segment_message.h"
#include "storage/catalog/keys.h"
#include "storage/catalog/segments.h"
#include "storage/vault/sealed_file.h"

namespace frostgate::serve {
namespace {

constexpr std::size_t kMaxSegmentBytes = std::size_t{1} << 30;
constexpr std::size_t kMaxThumbnailBytes = std::size_t{1} << 20;
constexpr std::int64_t kMaxThumbnails = 10000;

std::string thumbnail_folder(const std::string& recording) { return "thumbnail/" + recording; }

}  // namespace

Result<FilmIntake> FilmIntake::open(Core& core, const std::string& recording, catalog::Lease lease) {
  const std::int64_t generation = TRY(catalog::Segments(*core.catalog).next_generation(recording));
  const auto wrapped = TRY(catalog::Keys(*core.catalog).find(recording, catalog::KeyKind::film));
  Secret key = TRY(core.kek->unwrap(wrapped, key_context(recording, "film")));
  return FilmIntake(core, recording, lease, generation, std::move(key));
}

Result<void> FilmIntake::store(const ipc::Message& message) {
  const Segment segment = TRY(ipc::read_segment(message, kMaxSegmentBytes));
  const storage::SegmentAddress address{recording_, static_cast<int>(generation_), segment.part, segment.index, segment.kind};
  const storage::Receipt receipt = TRY(core_->vault->put(address, key_, segment));
  catalog::SegmentRow row;
  row.recording = recording_;
  row.generation = generation_;
  row.part = segment.part;
  row.index = segment.index;
  row.kind = segment.kind;
  row.start = segment.start;
  row.duration = segment.duration;
  row.size = segment.size;
  row.frames = segment.frames;
  row.object_key = receipt.object_key();
  row.sealed_size = static_cast<std::int64_t>(receipt.sealed_size());
  row.plain_size = static_cast<std::int64_t>(receipt.plain_size());
  row.sha256 = receipt.sha256();
  TRY(catalog::Segments(*core_->catalog).commit(row, lease_));
  end_ = std::max(end_, segment.start + segment.duration);
  size_.width = std::max(size_.width, segment.size.width);
  size_.height = std::max(size_.height, segment.size.height);
  return {};
}

Result<void> FilmIntake::store_thumbnail(const ipc::Message& message) {
  if (message.descriptors.size() != 1) return Error{ErrorKind::corrupt, "a thumbnail came without its bytes"};
  catalog::ThumbnailRow row;
  row.number = static_cast<int>(TRY(message.number("number", 0, kMaxThumbnails - 1)));
  if (row.number != static_cast<int>(thumbnails_.size())) return Error{ErrorKind::corrupt, "thumbnails come out of order"};
  row.at = SessionTime(TRY(message.number("at_us", 0, std::int64_t{1} << 50)));
  row.size.width = static_cast<int>(TRY(message.number("width", 1, kMaxScreenSide)));
  row.size.height = static_cast<int>(TRY(message.number("height", 1, kMaxScreenSide)));
  const std::vector<std::byte> jpeg = TRY(ipc::from_memory_file(message.descriptors[0], kMaxThumbnailBytes));
  char name[64];
  std::snprintf(name, sizeof name, "/g%06lld/%06d.jpg", static_cast<long long>(generation_), row.number);
  row.object_key = thumbnail_folder(recording_) + name;
  const std::vector<std::byte> sealed = TRY(storage::seal_file(key_, row.object_key, jpeg));
  TRY(core_->objects->put_if_absent(row.object_key, sealed));
  thumbnails_.push_back(std::move(row));
  return {};
}

Result<void> FilmIntake::publish_thumbnails() {
  TRY(catalog::Thumbnails(*core_->catalog).replace(recording_, thumbnails_, lease_));
  std::set<std::string> kept;
  for (const catalog::ThumbnailRow& row : thumbnails_) kept.insert(row.object_key);
  for (const std::string& key : TRY(core_->objects->list(thumbnail_folder(recording_)))) {
    if (!kept.contains(key)) TRY(core_->objects->remove(key));
  }
  return {};
}

Result<void> FilmIntake::inherit() {
  if (!before_) return {};
  return catalog::Segments(*core_->catalog).inherit(recording_, *before_, generation_, lease_);
}

Result<void> FilmIntake::begin_generation() {
  TRY(inherit());
  const std::int64_t next = TRY(catalog::Segments(*core_->catalog).next_generation(recording_));
  before_ = std::exchange(generation_, next);
  return {};
}

Result<void> FilmIntake::publish(catalog::Recording recording, UtcTime now) {
  if (size_ == Size{}) return {};
  TRY(inherit());
  catalog::Segments segments(*core_->catalog);
  const std::vector<catalog::SegmentRow> rows = TRY(segments.list(recording_, generation_));
  recording.generation = generation_;
  recording.film_duration = end_;
  recording.film_size = size_;
  const std::vector<approvals::Request> approvals = TRY(approvals::approvals_of_session(*core_->catalog, recording));
  const catalog::ManifestRow manifest = TRY(evidence::sign_film(*core_->objects, *core_->signer, key_, {recording, approvals, rows}, now));
  TRY(segments.publish(manifest, lease_));
  // What was made before all masks were known must not stay, whatever interrupts us: the job is not done until it is gone.
  TRY(segments.remove_older(recording_));
  std::set<std::string> kept;
  for (const catalog::SegmentRow& row : rows) kept.insert(row.object_key);
  TRY(core_->vault->remove_others(recording_, kept));
  TRY(publish_thumbnails());
  return evidence::remove_other_manifests(*core_->objects, recording_, generation_);
}

}  // namespace frostgate::serve
