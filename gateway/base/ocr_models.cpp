#include "gateway/base/ocr_models.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace frostgate {
namespace {

constexpr std::size_t kMostLanguages = 8;  // each has a model of its own in memory, and takes its time with every line
constexpr std::size_t kLongestName = 40;
constexpr std::string_view kNone[] = {"osd", "equ"};  // files of Tesseract that read nothing

// Of Debian's packages, with spaces around each.
constexpr std::string_view kDebian =
    " afr amh ara asm aze aze_cyrl bel ben bod bos bre bul cat ceb ces chi_sim chi_sim_vert chi_tra chi_tra_vert chr cos cym dan deu div dzo ell eng enm epo est eus fao fas fil"
    " fin fra frk frm fry gla gle glg grc guj hat heb hin hrv hun hye iku ind isl ita ita_old jav jpn jpn_vert kan kat kat_old kaz khm kir kmr kor kor_vert lao lat lav lit ltz mal"
    " mar mkd mlt mon mri msa mya nep nld nor oci ori pan pol por pus que ron rus san sin slk slv snd spa spa_old sqi srp srp_latn sun swa swe syr tam tat tel tgk tha tir ton tur"
    " uig ukr urd uzb uzb_cyrl vie yid yor ";

bool is_plain(const std::string& name) {
  return !name.empty() && name.size() <= kLongestName &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string::npos;
}

}  // namespace

std::filesystem::path ocr_model_folder() {
  const char* prefix = std::getenv("TESSDATA_PREFIX");
  return prefix ? prefix : "/usr/share/tesseract-ocr/5/tessdata";
}

std::string ocr_model_remedy(const std::string& language) {
  if (kDebian.find(" " + language + " ") == std::string_view::npos) return "put " + language + ".traineddata there if there is such a language; Debian's are named eng, deu, chi_sim";
  std::string package = "tesseract-ocr-" + language;
  std::replace(package.begin(), package.end(), '_', '-');
  return "apt-get install " + package;
}

std::optional<std::string> malformed_languages(const std::vector<std::string>& languages) {
  if (languages.empty()) return "must name at least one Tesseract language, for example eng";
  if (languages.size() > kMostLanguages) return "names more than " + std::to_string(kMostLanguages) + " languages";
  for (const std::string& language : languages) {
    if (!is_plain(language) || std::find(std::begin(kNone), std::end(kNone), language) != std::end(kNone)) {
      return "has \"" + language.substr(0, kLongestName) + "\"; expected names such as eng, deu, chi_sim";
    }
  }
  return {};
}

std::optional<std::string> unreadable_languages(const std::vector<std::string>& languages) {
  if (auto problem = malformed_languages(languages)) return problem;
  for (const std::string& language : languages) {
    std::error_code failure;
    if (std::filesystem::is_regular_file(ocr_model_folder() / (language + ".traineddata"), failure)) continue;
    return "has \"" + language + "\", of which there is no OCR model in " + ocr_model_folder().string() + ": " + ocr_model_remedy(language);
  }
  return {};
}

}  // namespace frostgate
