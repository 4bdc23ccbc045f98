#include "gateway/redact/mask_previews.h"

#include <cstdio>
#include <memory>
#include <system_error>
#include <utility>

#include "codec/picture_file.h"
#include "storage/file_system.h"

namespace frostgate::redact {
namespace {

// Of what is around the box: enough to see which line it was.
constexpr int kMarginX = 64, kMarginY = 24;

}  // namespace

Result<MaskPreviews> MaskPreviews::in(std::filesystem::path folder) {
  TRY(storage::real_file_system().make_directories(folder));
  std::error_code failure;
  if (!std::filesystem::is_empty(folder, failure) || failure) {
    return Error{ErrorKind::exists, folder.string() + " is not empty"};
  }
  return MaskPreviews(std::move(folder));
}

Result<void> MaskPreviews::add(const std::vector<redaction::Mask>& masks, SessionTime at, const FrameView& before,
                               const FrameView& after) {
  for (; next_ < masks.size() && masks[next_].from <= at; ++next_) {
    if (masks[next_].to <= at) continue;
    TRY(write(next_ + 1, "before", before, masks[next_].box));
    TRY(write(next_ + 1, "after", after, masks[next_].box));
  }
  return {};
}

Result<void> MaskPreviews::write(std::size_t number, const char* which, const FrameView& picture, const Rect& box) const {
  const Rect area = box.expanded(kMarginX, kMarginY).intersected(Rect::of(picture.size));
  if (area.empty()) return {};
  const FrameView part = picture.part(area);
  const std::vector<std::byte> png = TRY(codec::encode_png(part));
  char name[48];
  std::snprintf(name, sizeof name, "%06zu-%s.png", number, which);
  const std::unique_ptr<storage::AppendFile> file = TRY(storage::real_file_system().create(folder_ / name));
  return file->append(png);
}

}  // namespace frostgate::redact
