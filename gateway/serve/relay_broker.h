// serve's side of the conversation with one relay. A relay handles hostile bytes and may have been taken over: it gets an answer only in the order admitted ->
// (target chosen, consent given, reason said, approval granted) -> target opened, one guess each, and nothing that is not its own session's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gateway/access/access.h"
#include "gateway/approvals/approvals.h"
#include "gateway/ipc/channel.h"
#include "gateway/policy/grant.h"
#include "gateway/serve/channel_notes.h"
#include "gateway/serve/core.h"
#include "gateway/serve/guest_watch.h"
#include "gateway/serve/handshake_signer.h"
#include "gateway/serve/pause_watch.h"
#include "gateway/serve/relay_login.h"
#include "gateway/serve/relay_reply.h"
#include "gateway/serve/session_origin.h"
#include "gateway/serve/session_recording.h"
#include "gateway/serve/target_account.h"
#include "storage/catalog/targets.h"

namespace frostgate::serve {

class RelayBroker {  // not thread-safe: one thread, that of the relay
 public:
  RelayBroker(Core& core, SessionOrigin origin) : core_(core), origin_(std::move(origin)), recording_(core, origin_.id), channels_(core), pause_(core), guests_(core) {}

  // Of a relay that ends its client's TLS: adds to its `start` what it shows of the gateway.
  Result<void> identify_relay(nlohmann::json& start) { return signer_.identify(core_.identity->current(), start); }

  using Reply = RelayReply;
  Reply handle(ipc::Message& message, UtcTime now);

  // What is due without a question: the answer to a wait, once somebody has decided, or the end of a pause of the recording. Also ends the session whose
  // approval was revoked, or whose page's user has signed out. To be called often; looks into the catalog twice a second.
  Reply poll(UtcTime now);

  // Somebody has proved who they are, and may go to one target at least.
  bool admitted() const { return rule_ != nullptr || awaits_number_ || !choices_.empty(); }
  bool asks_on_screen() const { return login_.asks_on_screen(); }  // the user types a password on a screen of ours: it may take longer
  bool overdue() const;  // the session has lasted longer than it may, and longer than its relay needs to say so
  bool recording() const { return recording_.begun(); }
  const SessionOrigin& origin() const { return origin_; }

  // The relay has gone. Closes the recording's row and queues its redaction, unless the user may come back.
  void relay_ended(const std::string& how, double cpu_seconds, UtcTime now);

  // A session whose user's connection was lost (session_return.cpp). It ends by resume(), when another connection proved the same ticket from the same
  // address, or by conclude(); wait_for_return() concludes it when the time is over.
  bool awaits_return() const { return waiting_; }
  void wait_for_return(UtcTime now);
  void resume(const std::string& connection);
  void conclude(const std::string& reason, UtcTime now);
  void end_was_ordered() { end_ordered_ = true; }  // for good
  void ordered(const nlohmann::json& order, UtcTime now);  // it is about to go to the relay (session_control.h)
  void cannot_pause(const nlohmann::json& order, UtcTime now) { pause_.cannot_begin(order, paused_session(), now); }  // or stop: there is no relay
  GuestWatch& guests() { return guests_; }

 private:
  // Who it is, and where that may lead (relay_broker.cpp).
  Reply prove(ipc::Message& message, UtcTime now);
  Reply admit(Result<access::Identity> identity, UtcTime now);
  Reply admit_to(const catalog::Target& target, UtcTime now);
  Reply admit_by_number(UtcTime now);
  Reply admit_to_some(const std::string& prefix, UtcTime now);
  policy::Request wish_for(const catalog::Target& target, UtcTime now) const;
  Result<void> note_decision(const std::string& target, const policy::Rule* rule, bool allowed, UtcTime now);
  Reply not_noted(const Error& error);
  Reply choose(ipc::Message& message, UtcTime now);
  Reply consent(UtcTime now);
  Reply open_target(UtcTime now);
  Reply broke_protocol(const std::string& what);
  Reply unless_broken(Result<Reply> outcome) { return outcome ? std::move(outcome).value() : broke_protocol(outcome.error().message); }
  ChannelNotes::Session noted_session() const { return {origin_.id, user_, wanted_.protocol, recording() ? &grant_->terms() : nullptr}; }
  PauseWatch::Session paused_session() const { return {origin_.id, user_, wanted_.target, wanted_.target_tags}; }

  // The rule's connect gate (approval_wait.cpp).
  Reply pass_gate(UtcTime now);
  bool asks_number() const;
  Reply ask_for_pretext() const;
  Reply justify(ipc::Message& message, UtcTime now);
  Reply wait_for(const approvals::Request& request);
  Reply answer_of(const approvals::Request& request, UtcTime now);
  approvals::Wish approval_wish() const;
  void end_when_revoked(UtcTime now);
  bool signed_out(UtcTime now) const;
  void order_end(const std::string& text);

  // The target (target_opening.cpp).
  bool still_allowed(const catalog::Target& target, UtcTime now);
  void give_approval_back(UtcTime now);
  Reply connect(UtcTime now);
  Reply begin_session(UtcTime now);
  Result<TargetAccount> account(const catalog::Target& target, UtcTime now);
  bool wants_account(const catalog::Target& target) const;
  Reply ask_account(const catalog::Target& target);
  Reply said_account();
  Result<Descriptor> reach(const catalog::Target& target);
  nlohmann::json target_message(const catalog::Target& target, const SessionRecording::Keys& keys);
  Reply reopen_target(UtcTime now);
  Reply connect_again(UtcTime now);
  Reply back_connected(ipc::Message& message, UtcTime now);
  Reply back_failed(ipc::Message& message, UtcTime now);

  // The recording.
  Result<nlohmann::json> start_recording(const catalog::Target& target, UtcTime now);
  void alert_unrecorded(const std::string& why, UtcTime now);
  Reply journal_file(ipc::Message& message, UtcTime now);
  Reply goes_on_unrecorded(ipc::Message& message, UtcTime now);
  Reply ended(ipc::Message& message);
  void end_session(const std::string& reason, bool interrupted, UtcTime now);

  // A user who comes back (session_return.cpp).
  Reply come_back(const access::Identity& identity, UtcTime now);
  bool may_return() const;
  void begin_waiting(UtcTime now);

  Core& core_;
  SessionOrigin origin_;
  HandshakeSigner signer_;
  RelayLogin login_;
  std::string user_;  // who has proved to be it
  std::vector<std::string> choices_;  // targets, while the user has to choose one
  std::shared_ptr<const policy::Policy> policy_;  // that was in force when the user proved who it is
  policy::Request wanted_;                        // what it decides on
  const policy::Rule* rule_ = nullptr;            // that allows it; of policy_
  bool awaits_number_ = false, number_said_ = false;  // of a ticket, by which the rule is chosen; the user may have none
  bool justified_ = false;                        // the user has said why, and it is enough
  std::string pretext_problem_;                   // why it is not
  std::string request_;                           // for approval, while the user waits for it
  std::optional<UtcTime> looked_;                 // at the request, the approval, or a browser's sign-in
  std::optional<approvals::Approval> approval_;
  bool revoked_ = false, end_ordered_ = false;    // the first also when signed out
  std::optional<policy::Grant> grant_;
  std::optional<UtcTime> consented_;
  SessionRecording recording_;
  bool opened_ = false, connected_ = false;  // the last also when that failed
  ChannelNotes channels_;
  bool account_asked_ = false, account_said_ = false;  // the user has typed it, and the relay of now has it
  std::optional<TargetAccount> account_;  // without its password, once that was sent
  std::string known_certificate_;  // the only one that the target may show; empty: any
  std::string end_reason_;  // as the relay of now says; empty: it has not
  std::optional<catalog::Ticket> ticket_;  // that proved who the user is
  bool client_lost_ = false;               // as the relay says: nobody ended the session, and its journals are paused
  bool waiting_ = false;                   // for the user to come back, until return_until_
  UtcTime return_until_{};
  std::vector<UtcTime> reopened_;          // the target, lately
  PauseWatch pause_;
  GuestWatch guests_;
};

}  // namespace frostgate::serve
