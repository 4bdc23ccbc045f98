// Reads a line with Tesseract's LSTM engine.
#pragma once

#include <string>
#include <vector>

#include "codec/base/result.h"
#include "redaction/line_reader.h"

namespace frostgate::redaction {

struct TesseractSettings {
  std::vector<std::string> languages = {"eng"};
  std::string tessdata;  // folder with <language>.traineddata; empty: the engine's own default
};

// One engine, for one thread at a time, about 40 MB. The process must have been started with OMP_THREAD_LIMIT=1 in its
// environment, or a line costs several times the CPU. Fails when a language's model is not there.
Result<ReaderPtr> make_tesseract_reader(const TesseractSettings& settings);

std::string tesseract_version();  // of the engine, as it calls itself

}  // namespace frostgate::redaction
