#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <memory>

#include "gateway/base/ocr_models.h"
#include "gateway/base/sandbox.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/progress.h"
#include "gateway/policy/policy.h"
#include "gateway/redact/video_redaction.h"
#include "gateway/redact/word_lists.h"

namespace frostgate::cli {
namespace {

struct RedactOptions {
  redact::VideoRedactionOptions video;
  std::filesystem::path policy, report, preview, atlas;
  bool explain = false;
  std::string rule;
  std::string profile = "balanced";
  std::vector<std::string> languages;
};

// Tesseract's threads cost six times the CPU, and the library reads the limit only at the start of the process.
void limit_threads_or_start_again() {
  const char* limit = std::getenv("OMP_THREAD_LIMIT");
  if (limit && std::string(limit) == "1") return;
  setenv("OMP_THREAD_LIMIT", "1", 1);
  std::vector<std::string> words;
  std::string word;
  FILE* file = fopen("/proc/self/cmdline", "re");
  if (!file) return;
  for (int c; (c = fgetc(file)) != EOF;) {
    if (c) word += static_cast<char>(c);
    else words.push_back(std::exchange(word, {}));
  }
  fclose(file);
  std::vector<char*> arguments;
  for (std::string& each : words) arguments.push_back(each.data());
  arguments.push_back(nullptr);
  execv("/proc/self/exe", arguments.data());
  // Only slower without: go on.
}

Result<void> read_policy(RedactOptions& options) {
  if (options.policy.empty()) return {};
  const policy::Policy policy = TRY(policy::Policy::load(options.policy));
  if (policy.rules().empty()) return Error{ErrorKind::invalid, options.policy.string() + ": has no rules"};
  const std::string rule = options.rule.empty() ? policy.rules().front().name : options.rule;
  const policy::Rule* found = policy.find(rule);
  if (!found) return Error{ErrorKind::invalid, options.policy.string() + ": has no rule \"" + rule + "\""};
  options.video.detectors = found->detectors;
  options.video.policy.regions = found->regions;
  if (options.languages.empty()) options.languages = found->languages;
  return {};
}

Result<void> redact_video(Context& context, RedactOptions& options) {
  TRY(read_policy(options));
  if (options.languages.empty()) options.languages = {"eng"};
  if (const auto problem = unreadable_languages(options.languages)) return Error{ErrorKind::invalid, "--language " + *problem};
  redaction::DetectorSettings& detectors = options.video.detectors;
  // The stricter of the two.
  if (options.profile == "strict") detectors.profile = redaction::Profile::strict;
  if (detectors.profile == redaction::Profile::strict) {
    const std::vector<Descriptor> lists = redact::open_word_lists(options.languages);
    detectors.vocabulary = TRY(redact::read_vocabulary(lists));
  }
  options.video.reader.languages = options.languages;
  if (!options.report.empty()) options.video.report = options.report;
  if (!options.preview.empty()) options.video.preview = options.preview;
  if (!options.atlas.empty()) options.video.atlas = options.atlas;
  ProgressLine progress("redacting " + options.video.input.filename().string());
  const redact::VideoRedactionOutcome outcome = TRY(redact::redact_video(options.video, [&](const char* stage, double done) {
    progress.update(done, stage);
    return true;
  }));
  progress.finish();
  if (context.json) {
    std::cout << outcome.report << '\n';
  } else if (options.explain) {
    std::cout << outcome.listing;
  } else {
    for (const auto& [rule, count] : outcome.masks_by_rule) std::cout << count << " × " << rule << '\n';
    if (outcome.masks_by_rule.empty()) std::cout << "Nothing was masked.\n";
  }
  if (outcome.input_cut) {
    std::cerr << "frostgate: the input is cut short: it was redacted up to " << outcome.length << ", where it breaks off, and what followed is missing\n";
  }
  switch (outcome.status) {
    case redaction::RedactionStatus::clean:
      context.exit_status = outcome.input_cut ? kExitCut : kExitOk;
      break;
    case redaction::RedactionStatus::degraded:
      std::cerr << "frostgate: degraded: more than 1 % of the picture was covered because it could not be read\n";
      context.exit_status = outcome.input_cut ? kExitCut : kExitDegraded;
      break;
    case redaction::RedactionStatus::failed:
      context.fail({ErrorKind::io, "redaction failed; no film was written"}, kExitFailed);
      break;
  }
  return {};
}

}  // namespace

void add_redact(CLI::App& app, Context& context) {
  auto options = std::make_shared<RedactOptions>();
  CLI::App* command = app.add_subcommand("redact", "Redacts the pictures of any video that FFmpeg reads; its sound is left out, since nobody listens to it for secrets");
  command->add_option("--input", options->video.input, "The video to read")->required();
  command->add_option("--output", options->video.output, "The MP4 to write; its times are the input's")->required();
  command->add_option("--policy", options->policy, "A policy file; profile, detectors, regions and languages are taken from one of its rules");
  command->add_option("--rule", options->rule, "Which rule of the policy; the first one otherwise");
  command->add_option("--profile", options->profile, "What is covered; a policy's strict stays strict")
      ->check(CLI::IsMember({"balanced", "strict"}))
      ->capture_default_str();
  command->add_option("--language", options->languages, "What the text is read in, of Tesseract's languages, the most common first; otherwise the policy's, or eng");
  command->add_option("--report", options->report, "Write the redaction report there, as JSON");
  command->add_option("--atlas", options->atlas, "Read text by the glyphs of this file, and add what was learned; made when missing");
  command->add_option("--preview", options->preview,
                      "A new folder for pictures of each mask, before and after: they show what the film must not");
  CLI::Option* explain = command->add_flag("--explain", options->explain, "List each mask: its number, when, where, by which rule");
  command->add_flag("--json", context.json, "Print the redaction report instead of a summary")->excludes(explain);
  command->footer("Exit status: 0 clean, 3 degraded, 5 redacted up to where the input breaks off (degraded or not), 4 failed, 2 usage.");
  command->callback([&context, options] {
    limit_threads_or_start_again();
    // The video is somebody else's.
    Result<void> done = give_up_powers();
    if (done) done = redact_video(context, *options);
    if (done) return;
    const ErrorKind kind = done.error().kind;
    const bool usage = kind == ErrorKind::invalid || kind == ErrorKind::not_found || kind == ErrorKind::exists;
    context.fail(done.error(), usage ? kExitUsage : kExitFailed);
  });
}

}  // namespace frostgate::cli
