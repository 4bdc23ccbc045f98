// What serve hands out to a worker for its one recording.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/secret.h"
#include "codec/base/time.h"
#include "gateway/ipc/channel.h"
#include "redaction/policy.h"
#include "redaction/redactor.h"

namespace frostgate::redact {

struct Assignment {
  std::string recording;
  Secret journal_key;
  Secret keystroke_key;  // empty: there is none, or it was destroyed
  std::vector<Secret> known_secrets;
  std::vector<std::string> languages;
  redaction::DetectorSettings detectors;
  redaction::RedactionPolicy policy;
  redaction::GlyphAtlas atlas;  // of its target
  SessionTime length{};  // expected, for progress only
  bool growing = false;  // the session goes on
  bool index_text = false;  // what its film shows may be looked for
};

// The `start` message; its secrets are wiped from it.
Result<Assignment> read_assignment(ipc::Message& message);

// Reads the models: while the process still has a file system.
Result<redaction::ReaderPtr> make_reader(const Assignment& assignment);
// `typed`: what else is known to be secret.
Result<redaction::Redactor> make_redactor(const Assignment& assignment, redaction::ReaderPtr reader, std::span<const Secret> typed);

}  // namespace frostgate::redact
