// A picture that a policy's region is found by: a PNG file beside the policy, pinned by its digest.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "codec/base/frame.h"
#include "codec/base/result.h"

namespace frostgate::policy {

inline constexpr std::size_t kMaxPictures = 4;  // of a rule
inline constexpr Size kMaxPictureSize{256, 256};
inline constexpr int kLeastPictureSide = 8;  // smaller ones are found on every screen

struct RegionPicture {
  std::size_t region = 0;  // of its rule's regions, from 0
  std::string file;        // absolute
  std::string sha256;      // of its bytes, lower-case hexadecimal
  int line = 0;
};

// Errors: not_found, io; invalid when the file's digest is another one, or it is no PNG file that could be found on a screen.
Result<std::shared_ptr<const Frame>> read_picture(const RegionPicture& picture);

}  // namespace frostgate::policy
