#include "gateway/relay/screens/phrases.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace frostgate::relay::screens {
namespace {

std::string number(const std::string& session) { return "Session " + session; }

std::string span(int seconds) {
  if (seconds >= 120) return std::to_string((seconds + 59) / 60) + " minutes";
  return std::to_string(seconds) + (seconds == 1 ? " second" : " seconds");
}

Dialog notice(Mood mood, std::string title, std::string text, std::vector<std::string> buttons, std::string footnote = "") {
  Dialog dialog;
  dialog.mood = mood;
  dialog.title = std::move(title);
  dialog.text = std::move(text);
  dialog.buttons = std::move(buttons);
  dialog.footnote = std::move(footnote);
  return dialog;
}

// Nobody waits for it: it goes when it is answered.
Dialog passing(Dialog dialog) {
  dialog.goes_when_answered = true;
  return dialog;
}

}  // namespace

Dialog login(const std::string& user, bool denied_before, const std::string& session) {
  Dialog dialog = notice(denied_before ? Mood::warning : Mood::calm, denied_before ? "That did not work" : "Sign in",
                         denied_before ? "Access was denied. Check the name and the password, and try again."
                                       : "This gateway relays and records your session.",
                         {"Sign in", "Cancel"}, number(session));
  dialog.fields = {{"User name, with the machine: user@machine", user, false}, {"Password", "", true}};
  return dialog;
}

std::string withheld(const std::vector<std::string>& channels, const std::optional<Redirections>& passed) {
  const auto offers = [&](std::string_view channel) { return std::find(channels.begin(), channels.end(), channel) != channels.end(); };
  std::string names;
  const auto add = [&](std::string_view name) { names.append(names.empty() ? "" : ", ").append(name); };
  const bool devices = passed && offers("rdpdr");
  if (devices && passed->drives == DriveAccess::none) add("drives");
  if (devices && !passed->printers) add("printers");
  if (devices && !passed->ports) add("ports");
  if (devices && !passed->smartcards) add("smart cards");
  if (passed && !passed->sound && offers("rdpsnd")) add("sound");
  static constexpr std::pair<std::string_view, std::string_view> kNeverPassed[] = {{"rail", "single programs"}, {"remdesk", "remote assistance"}, {"tsmf", "video redirection"}};
  for (const auto& [channel, name] : kNeverPassed) {
    if (offers(channel)) add(name);
  }
  std::string said = names.empty() ? names : "Of what your client can offer, this gateway does not pass on: " + names + ".";
  if (devices && passed->drives == DriveAccess::read) said += std::string(said.empty() ? "" : " ") + "Your drives can be read here, and nothing on them changed.";
  return said;
}

Dialog consent(const std::string& text, const std::string& withheld, const std::string& session) {
  return notice(Mood::calm, "Before you go on", withheld.empty() ? text : text + '\n' + withheld, {"I agree", "Leave"}, number(session) + ". Your answer is logged.");
}

Dialog choose_target(const std::vector<std::string>& targets, const std::string& session) {
  Dialog dialog = notice(Mood::calm, "Choose a machine", "", {"Connect", "Cancel"}, number(session));
  dialog.choices = targets;
  return dialog;
}

Dialog target_account(const std::string& target, const std::string& user, bool refused_before, const std::string& session) {
  Dialog dialog = notice(refused_before ? Mood::warning : Mood::calm, refused_before ? "That did not work" : "Sign in to " + target,
                         refused_before ? target + " refused the user name or the password. Check them, and try again."
                                        : "Type your account on " + target + ". The password goes there, and is kept for this session only.",
                         {"Sign in", "Leave"}, number(session));
  dialog.fields = {{"User name, if the machine asks for one", user, false}, {"Password", "", true}};
  return dialog;
}

Dialog waiting(const std::string& text, const std::string& session) {
  return notice(Mood::waiting, "Waiting for approval", text, {"Do not wait"}, number(session));
}

Dialog justify(const std::string& text, bool reason, bool ticket, bool emergency, const std::string& session) {
  Dialog dialog = notice(Mood::calm, "Why do you connect?", text, {"Go on", "Leave"}, number(session) + ". What you say is kept with the recording.");
  if (emergency) dialog.buttons = {"Go on", "Emergency: begin now", "Leave"};
  if (reason) dialog.fields.push_back({"Reason", "", false});
  if (ticket) dialog.fields.push_back({"Ticket number", "", false});
  return dialog;
}

Dialog not_approved(const std::string& reason, const std::string& session) {
  return notice(Mood::refused, "Not approved", reason, {"Close"}, number(session));
}

Dialog connecting(const std::string& target, const std::string& withheld) {
  return notice(Mood::waiting, "Connecting", (target.empty() ? "One moment." : "One moment: " + target + " is being reached.") + (withheld.empty() ? "" : '\n' + withheld), {});
}

Dialog reconnecting(const std::string& target, int attempt, int of, const std::string& why) {
  return notice(Mood::waiting, "The target is lost",
                "Reconnecting to " + target + ", try " + std::to_string(attempt) + " of " + std::to_string(of) + ".\n" + why + ".", {"End the session"});
}

Dialog denied(const std::string& session) { return notice(Mood::refused, "Access denied", "", {"Close"}, number(session)); }

Dialog unreachable(const std::string& reason, const std::string& session) {
  return notice(Mood::refused, "No connection", reason, {"Close"}, number(session));
}

Dialog not_recorded(const std::string& session) {
  return notice(Mood::refused, "Recording has stopped",
                "This session cannot be recorded any more, and was ended. What was recorded so far is kept.\n"
                "Tell your administrator the number below.",
                {"Close"}, number(session));
}

Dialog target_left(const std::string& reason, const std::string& session) {
  return notice(Mood::warning, "The machine has ended the session", reason, {"Close"}, number(session));
}

Dialog ended(const std::string& text, const std::string& session) {
  return notice(Mood::warning, "The session has ended", text, {"Close"}, number(session));
}

std::string idle_text(int seconds_left) {
  return "Nothing was typed or clicked for a while. The session ends in " + span(seconds_left) +
         ".\nPress a key or move the mouse to go on.";
}

Dialog idle(int seconds_left) {
  Dialog dialog = notice(Mood::warning, "Are you still there?", idle_text(seconds_left), {});
  dialog.any_input_answers = true;
  return dialog;
}

std::string time_text(int seconds_left) {
  return "This session has nearly lasted as long as it may. It ends in " + span(seconds_left) + ": save your work.";
}

Dialog time_is_short(int seconds_left) {
  return notice(Mood::warning, "The session ends soon", time_text(seconds_left), {"Go on working"});
}

Dialog recording_paused(const std::string& until, const std::string& session) {
  return passing(notice(Mood::calm, "Recording is paused",
                        "Until " + until + " at the latest, nothing that you do or see is recorded. The film says so, with your name and the approval.\n"
                        "What is still on the screen when the recording goes on will be in the film: clear it before.",
                        {"Go on working"}, number(session)));
}

Dialog recording_stopped(const std::string& session) {
  return passing(notice(Mood::warning, "Recording is stopped",
                        "Nothing that you do or see is recorded any more, until this session ends or somebody lets the recording go on. The film says so, with your name and the approval.",
                        {"Go on working"}, number(session)));
}

Dialog guest_came(const std::string& guest, const std::string& request, const std::string& approved_by, const std::string& session) {
  return passing(notice(Mood::warning, "Somebody looks on",
                        guest + " sees what you see from now on, and types nothing. Approved by " + approved_by + " (" + request + "). You are told when they have left.", {"Go on working"},
                        number(session)));
}

Dialog guest_left(const std::string& guest, const std::string& session) {
  return passing(notice(Mood::calm, "Somebody looks on no more", guest + " has left.", {"Go on working"}, number(session)));
}

Dialog goes_on_unrecorded(const std::string& session) {
  return passing(notice(Mood::warning, "Recording has stopped",
                        "This session cannot be recorded any more. It may go on all the same, and your administrator has been told. What was recorded so far is kept.",
                        {"Go on working"}, number(session)));
}

Dialog recording_goes_on(const std::string& session) {
  return passing(notice(Mood::warning, "Recording goes on", "From now on this session is recorded again, with what is on the screen.", {"Go on working"}, number(session)));
}

}  // namespace frostgate::relay::screens
