#include "redaction/detectors/detection_memory.h"

namespace frostgate::redaction {

TextKey::TextKey(std::u32string text, bool is_joined, const std::vector<bool>* marks)
    : characters(std::move(text)), joined(is_joined), harmless(marks ? *marks : std::vector<bool>{}) {}

TextKey::~TextKey() { wipe_memory(characters.data(), characters.size() * sizeof(char32_t)); }

std::size_t TextKeyHash::operator()(const TextKey& key) const {
  std::uint64_t hash = key.joined ? 0x9e3779b97f4a7c15 : 0xcbf29ce484222325;
  for (const char32_t code : key.characters) hash = (hash ^ code) * 0x9fb21c651e98df25;
  return static_cast<std::size_t>(hash ^ (hash >> 32));
}

DetectionMemory::DetectionMemory() : state_(std::make_unique<State>()) {}
DetectionMemory::DetectionMemory(DetectionMemory&&) noexcept = default;
DetectionMemory& DetectionMemory::operator=(DetectionMemory&&) noexcept = default;
DetectionMemory::~DetectionMemory() = default;

}  // namespace frostgate::redaction
