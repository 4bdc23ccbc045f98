// The families of detectors.
#pragma once

#include <memory>

#include "redaction/detectors/screen_text.h"

namespace frostgate::redaction {

std::unique_ptr<Detector> label_detector(const std::vector<std::string>& extra_labels);
std::unique_ptr<Detector> token_detector();        // vendors' tokens, JWT
std::unique_ptr<Detector> connection_detector();   // user info in URLs, .pgpass, .netrc, shadow
std::unique_ptr<Detector> private_key_detector();  // PEM, OpenSSH, PuTTY, base64 bodies
std::unique_ptr<Detector> command_detector();      // commands that take a password as a word
std::unique_ptr<Detector> number_detector();       // cards, IBAN
std::unique_ptr<Detector> entropy_detector();
std::unique_ptr<Detector> strict_detector(const DetectorSettings& settings);
Result<std::unique_ptr<Detector>> custom_detector(const std::vector<CustomDetector>& custom);

// The secrets this recording's worker was told.
class KnownSecrets final : public Detector {
 public:
  void add(Secret secret, std::string rule);
  std::vector<std::string> rules() const override;
  void judge(JudgedText& judged) const override;
  std::size_t size() const { return known_.size(); }

 private:
  struct Known {
    Secret folded;  // without spaces
    std::string rule;
  };
  std::vector<Known> known_;
};

}  // namespace frostgate::redaction
