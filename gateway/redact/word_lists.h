// Debian's word lists (packages wamerican, wbritish, wngerman, wfrench, wspanish) for the strict profile. Whoever may
// open files opens them; a worker in its sandbox reads what it was passed. A list that is not installed is left out:
// then strict covers more.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "gateway/base/descriptor.h"
#include "redaction/detectors/vocabulary.h"

namespace frostgate::redact {

struct WordList {
  std::string package;
  std::filesystem::path file;
};

// For Tesseract languages ("eng", "deu"); English always, since every system speaks it. At most as many as fit one message.
std::vector<WordList> word_lists(std::span<const std::string> languages);

// Open for reading, without those that cannot be.
std::vector<Descriptor> open_word_lists(std::span<const std::string> languages);

// Errors: io; invalid for a list of more than 64 MiB.
Result<std::shared_ptr<const redaction::Vocabulary>> read_vocabulary(std::span<const Descriptor> lists);

}  // namespace frostgate::redact
