// The languages whose text the OCR engine can read here: those of Debian's packages tesseract-ocr-LANGUAGE, or of models that were put beside them.
// Looks at the file system; any thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace frostgate {

// The folder of the models: TESSDATA_PREFIX, as Tesseract itself has it, or Debian's.
std::filesystem::path ocr_model_folder();

// What brings the language's model: a command, or where to put a file that Debian does not have.
std::string ocr_model_remedy(const std::string& language);

// What is wrong with the form of the names, as the end of a sentence that begins with their key; nothing when they may be languages.
std::optional<std::string> malformed_languages(const std::vector<std::string>& languages);

// The same, and of the languages that cannot be read here for want of a model, with what to do about it.
std::optional<std::string> unreadable_languages(const std::vector<std::string>& languages);

}  // namespace frostgate
