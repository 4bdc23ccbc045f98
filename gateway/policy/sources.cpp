#include "gateway/policy/sources.h"

#include <algorithm>

#include "gateway/config/yaml_reader.h"

namespace frostgate::policy {
namespace {

constexpr std::string_view kMark = "# frostgate policy file: ";
constexpr std::size_t kMaxFiles = 1000;

bool has_mark(const std::string& text) { return text.starts_with(kMark) || text.find("\n" + std::string(kMark)) != std::string::npos; }

Result<std::vector<std::filesystem::path>> files_of(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> files;
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(directory, failure)) {
    const std::string name = entry.path().filename().string(), extension = entry.path().extension().string();
    if (name.front() != '.' && (extension == ".yaml" || extension == ".yml") && name.find('\n') == std::string::npos) files.push_back(entry.path());
  }
  if (failure) return Error{ErrorKind::not_found, directory.string() + ": " + failure.message()};
  if (files.empty()) return Error{ErrorKind::not_found, directory.string() + ": has no file *.yaml"};
  if (files.size() > kMaxFiles) return Error{ErrorKind::invalid, directory.string() + ": has more than " + std::to_string(kMaxFiles) + " files"};
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

Result<std::vector<Source>> read_sources(const std::filesystem::path& path) {
  std::error_code ignored;
  const bool directory = std::filesystem::is_directory(path, ignored);
  std::vector<std::filesystem::path> files{path};
  if (directory) files = TRY(files_of(path));
  std::vector<Source> sources;
  std::size_t size = 0;
  for (const std::filesystem::path& file : files) {
    std::string text = TRY(config::read_text(file.string()));
    sources.push_back({file.string(), std::move(text)});
    size += sources.back().text.size();
    if (directory && has_mark(sources.back().text))
      return Error{ErrorKind::invalid, file.string() + ": has a line that begins with \"" + std::string(kMark) + "\", which only the gateway writes"};
  }
  if (size > config::kMaxFileBytes) return Error{ErrorKind::invalid, path.string() + ": larger than 4 MiB in all"};
  return sources;
}

std::string joined(const std::vector<Source>& sources, bool directory) {
  if (!directory) return sources.front().text;
  std::string text;
  for (const Source& source : sources) {
    text += std::string(kMark) + std::filesystem::path(source.name).filename().string() + "\n" + source.text;
    if (!text.ends_with('\n')) text += '\n';
  }
  return text;
}

std::vector<Source> split(const std::string& text, const std::string& name) {
  if (!text.starts_with(kMark)) return {{name, text}};
  std::vector<Source> sources;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t line_end = std::min(text.find('\n', at), text.size() - 1);
    const std::string file = text.substr(at + kMark.size(), line_end - at - kMark.size());
    const std::size_t next = std::min(text.find("\n" + std::string(kMark), line_end), text.size() - 1);
    sources.push_back({name + "/" + file, text.substr(line_end + 1, next - line_end)});
    at = next + 1;
  }
  return sources;
}

}  // namespace frostgate::policy
