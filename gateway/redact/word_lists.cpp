#include "gateway/redact/word_lists.h"

#include <fcntl.h>

#include <algorithm>

#include "gateway/ipc/channel.h"

namespace frostgate::redact {
namespace {

constexpr std::size_t kMaxListBytes = std::size_t{64} << 20;

struct Dictionary {
  const char* language;
  const char* package;
  const char* name;
};
constexpr Dictionary kDictionaries[] = {{"eng", "wamerican", "american-english"}, {"eng", "wbritish", "british-english"},
                                        {"deu", "wngerman", "ngerman"},           {"fra", "wfrench", "french"},
                                        {"spa", "wspanish", "spanish"}};
static_assert(std::size(kDictionaries) <= ipc::kMaxDescriptors);

}  // namespace

std::vector<WordList> word_lists(std::span<const std::string> languages) {
  std::vector<WordList> lists;
  for (const Dictionary& dictionary : kDictionaries) {
    const std::string_view language = dictionary.language;
    if (language == "eng" || std::find(languages.begin(), languages.end(), language) != languages.end())
      lists.push_back({dictionary.package, std::filesystem::path("/usr/share/dict") / dictionary.name});
  }
  return lists;
}

std::vector<Descriptor> open_word_lists(std::span<const std::string> languages) {
  std::vector<Descriptor> files;
  for (const WordList& list : word_lists(languages)) {
    Descriptor file(open(list.file.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.valid()) files.push_back(std::move(file));
  }
  return files;
}

Result<std::shared_ptr<const redaction::Vocabulary>> read_vocabulary(std::span<const Descriptor> lists) {
  auto vocabulary = std::make_shared<redaction::Vocabulary>();
  for (const Descriptor& list : lists) {
    const auto bytes = TRY(ipc::from_memory_file(list, kMaxListBytes));
    vocabulary->add_list({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  return std::shared_ptr<const redaction::Vocabulary>(std::move(vocabulary));
}

}  // namespace frostgate::redact
