// The folder of an evidence bundle while it is made: under another name until it is complete, gone when it is not.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/clip_writer.h"
#include "storage/evidence/bundle.h"

namespace frostgate::exporting {

class BundleFolder {
 public:
  // `exists` when there is something at `output`.
  static Result<BundleFolder> create(const std::filesystem::path& output);
  BundleFolder(BundleFolder&& other) noexcept;
  BundleFolder& operator=(BundleFolder&&) = delete;
  // Removes what was not finished.
  ~BundleFolder();

  std::filesystem::path path(const std::string& name) const { return unfinished_ / name; }
  Result<void> write(const std::string& name, std::span<const std::byte> bytes);
  // Counts a file that somebody else wrote into the folder.
  Result<void> take(const std::string& name);
  // What was counted so far.
  const std::vector<storage::BundleFile>& files() const { return files_; }
  Result<std::string> digest_of(const std::string& name) const;
  // SHA256SUMS over what was counted so far, for sha256sum.
  Result<void> write_sums();
  // Everything is on disk, and the folder has its name.
  Result<void> finish();

 private:
  BundleFolder(std::filesystem::path output, std::filesystem::path unfinished) : output_(std::move(output)), unfinished_(std::move(unfinished)) {}

  std::filesystem::path output_, unfinished_;
  std::vector<storage::BundleFile> files_;
};

// How to check a bundle with stock tools.
std::string readme_of(const std::string& recording, const std::string& fingerprint, const codec::ClipFacts& clip);

}  // namespace frostgate::exporting
