#include "storage/catalog/approvals.h"

#include "storage/catalog/columns.h"
#include "storage/catalog/conditions.h"
#include "storage/catalog/database.h"

namespace frostgate::catalog {
namespace {

constexpr ApprovalKind kApprovalKinds[] = {ApprovalKind::start,          ApprovalKind::pause,       ApprovalKind::stop,         ApprovalKind::watch,
                                   ApprovalKind::watch_original, ApprovalKind::export_film, ApprovalKind::delete_early, ApprovalKind::join};
constexpr ApprovalState kApprovalStates[] = {ApprovalState::requested, ApprovalState::approved, ApprovalState::refused, ApprovalState::expired,
                                     ApprovalState::cancelled, ApprovalState::used,     ApprovalState::revoked};
constexpr const char* kRequestColumns =
    "id, kind, requester, target, recording, from_us, to_us, reason, ticket, rule_name, policy_digest, needed, users, groups,"
    " later_groups, escalates, validity, one_use, created, expires, state, used_at, used_by, emergency, ended_by, end_comment,"
    " reviewed, reviewer, review, version, area_x, area_y, area_width, area_height, asked_by";

// One name a line.
std::string lines_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += name + "\n";
  return text;
}

std::vector<std::string> names_in(const std::string& lines) {
  std::vector<std::string> names;
  for (std::size_t at = 0, end; (end = lines.find('\n', at)) != std::string::npos; at = end + 1) names.push_back(lines.substr(at, end - at));
  return names;
}

// A request as its columns hold it.
struct RequestRow {
  ApprovalRequest request;
  std::string kind, state, users, groups, later_groups;
  long long from = 0, to = 0, needed = 0, escalates = 0, validity = 0, one_use = 0, created = 0, expires = 0, used = 0, emergency = 0,
            reviewed = 0, version = 0, area_x = 0, area_y = 0, area_width = 0, area_height = 0;

  explicit RequestRow(const ApprovalRequest& from_request = {})
      : request(from_request),
        kind(to_string(request.kind)),
        state(to_string(request.state)),
        users(lines_of(request.users)),
        groups(lines_of(request.groups)),
        later_groups(lines_of(request.later_groups)),
        from(request.from.count()),
        to(request.to.count()),
        needed(request.needed),
        escalates(to_column(request.escalates)),
        validity(request.validity.count()),
        one_use(request.one_use),
        created(to_column(request.created)),
        expires(to_column(request.expires)),
        used(to_column(request.used)),
        emergency(request.emergency),
        reviewed(to_column(request.reviewed)),
        version(request.version),
        area_x(request.area.x),
        area_y(request.area.y),
        area_width(request.area.width),
        area_height(request.area.height) {}

  Result<ApprovalRequest> finished() const {
    ApprovalRequest out = request;
    out.kind = TRY(from_word(kind, kApprovalKinds));
    out.state = TRY(from_word(state, kApprovalStates));
    out.users = names_in(users);
    out.groups = names_in(groups);
    out.later_groups = names_in(later_groups);
    out.from = Microseconds(from);
    out.to = Microseconds(to);
    out.needed = static_cast<int>(needed);
    out.escalates = optional_time_from_column(escalates);
    out.validity = Microseconds(validity);
    out.one_use = one_use != 0;
    out.created = time_from_column(created);
    out.expires = time_from_column(expires);
    out.used = optional_time_from_column(used);
    out.emergency = emergency != 0;
    out.reviewed = optional_time_from_column(reviewed);
    out.version = version;
    out.area = {static_cast<int>(area_x), static_cast<int>(area_y), static_cast<int>(area_width), static_cast<int>(area_height)};
    return out;
  }
};

auto into_row(RequestRow& row, soci::details::prepare_temp_type prepared) {
  using soci::into;
  ApprovalRequest& r = row.request;
  return (prepared, into(r.id), into(row.kind), into(r.requester), into(r.target), into(r.recording), into(row.from), into(row.to),
          into(r.reason), into(r.ticket), into(r.rule), into(r.policy_digest), into(row.needed), into(row.users), into(row.groups),
          into(row.later_groups), into(row.escalates), into(row.validity), into(row.one_use), into(row.created), into(row.expires),
          into(row.state), into(row.used), into(r.used_by), into(row.emergency), into(r.ended_by), into(r.end_comment), into(row.reviewed),
          into(r.reviewer), into(r.review), into(row.version), into(row.area_x), into(row.area_y), into(row.area_width),
          into(row.area_height), into(r.asked_by));
}

Result<void> check(const ApprovalRequest& request) {
  TRY(check_name("a request's number", request.id));
  for (const std::string* text : {&request.requester, &request.asked_by, &request.target, &request.recording, &request.reason, &request.ticket, &request.rule,
                                  &request.used_by, &request.ended_by, &request.end_comment, &request.reviewer, &request.review}) {
    TRY(check_text("a text of a request", *text));
  }
  TRY(check_sha256("a policy's digest", request.policy_digest));
  for (const auto* names : {&request.users, &request.groups, &request.later_groups}) {
    for (const std::string& name : *names) {
      TRY(check_text("a name", name));
      if (name.empty() || name.find('\n') != std::string::npos) return Error{ErrorKind::invalid, "a name is one line of text"};
    }
  }
  for (const ApprovalVote& vote : request.votes) {
    TRY(check_text("an approver's name", vote.approver));
    TRY(check_text("a comment", vote.comment));
  }
  return {};
}

void keep_votes(soci::session& sql, const ApprovalRequest& request) {
  sql << "DELETE FROM approval_votes WHERE request = :id", soci::use(request.id);
  long long position = 0;
  for (const ApprovalVote& vote : request.votes) {
    const long long approves = vote.approves, at = to_column(vote.at);
    sql << "INSERT INTO approval_votes (request, position, approver, approves, note, at) VALUES (:id, :position, :approver, :approves,"
           " :note, :at)",
        soci::use(request.id), soci::use(position), soci::use(vote.approver), soci::use(approves), soci::use(vote.comment), soci::use(at);
    ++position;
  }
}

void read_votes(soci::session& sql, ApprovalRequest& request) {
  ApprovalVote vote;
  long long approves = 0, at = 0;
  soci::statement select =
      (sql.prepare << "SELECT approver, approves, note, at FROM approval_votes WHERE request = :id ORDER BY position", soci::use(request.id),
       soci::into(vote.approver), soci::into(approves), soci::into(vote.comment), soci::into(at));
  select.execute();
  while (select.fetch()) {
    vote.approves = approves != 0;
    vote.at = time_from_column(at);
    request.votes.push_back(vote);
  }
}

}  // namespace

const char* to_string(ApprovalKind kind) {
  switch (kind) {
    case ApprovalKind::start: return "start";
    case ApprovalKind::pause: return "pause";
    case ApprovalKind::stop: return "stop";
    case ApprovalKind::watch: return "watch";
    case ApprovalKind::watch_original: return "watch-original";
    case ApprovalKind::export_film: return "export";
    case ApprovalKind::delete_early: return "delete-early";
    case ApprovalKind::join: return "join";
  }
  return "unknown";
}

const char* to_string(ApprovalState state) {
  switch (state) {
    case ApprovalState::requested: return "requested";
    case ApprovalState::approved: return "approved";
    case ApprovalState::refused: return "refused";
    case ApprovalState::expired: return "expired";
    case ApprovalState::cancelled: return "cancelled";
    case ApprovalState::used: return "used";
    case ApprovalState::revoked: return "revoked";
  }
  return "unknown";
}

Result<ApprovalKind> approval_kind(const std::string& word) {
  const auto kind = from_word(word, kApprovalKinds);
  if (kind) return kind;
  return Error{ErrorKind::invalid, "\"" + word + "\" cannot be asked for; expected start, pause, stop, watch, watch-original, export, delete-early or join"};
}

Result<ApprovalState> approval_state(const std::string& word) {
  const auto state = from_word(word, kApprovalStates);
  if (state) return state;
  return Error{ErrorKind::invalid, "\"" + word + "\" is no state of a request; expected requested, approved, refused, expired, cancelled, used or revoked"};
}

Result<void> ApprovalRequests::create(const ApprovalRequest& request) {
  TRY(check(request));
  const RequestRow row(request);
  return database_.write([&](soci::session& sql) -> Result<void> {
    using soci::use;
    const ApprovalRequest& r = row.request;
    soci::statement insert =
        (sql.prepare << std::string("INSERT INTO approval_requests (") + kRequestColumns +
                            ") VALUES (:id, :kind, :requester, :target, :recording, :from_us, :to_us, :reason, :ticket, :rule_name,"
                            " :policy_digest, :needed, :users, :groups, :later_groups, :escalates, :validity, :one_use, :created, :expires,"
                            " :state, :used_at, :used_by, :emergency, :ended_by, :end_comment, :reviewed, :reviewer, :review, :version, :area_x, :area_y, :area_width, :area_height, :asked_by)"
                            " ON CONFLICT DO NOTHING",
         use(r.id), use(row.kind), use(r.requester), use(r.target), use(r.recording), use(row.from), use(row.to), use(r.reason),
         use(r.ticket), use(r.rule), use(r.policy_digest), use(row.needed), use(row.users), use(row.groups), use(row.later_groups),
         use(row.escalates), use(row.validity), use(row.one_use), use(row.created), use(row.expires), use(row.state), use(row.used),
         use(r.used_by), use(row.emergency), use(r.ended_by), use(r.end_comment), use(row.reviewed), use(r.reviewer), use(r.review),
         use(row.version), use(row.area_x), use(row.area_y), use(row.area_width), use(row.area_height), use(r.asked_by));
    if (execute(insert) == 0) return Error{ErrorKind::exists, "there is already a request " + r.id};
    keep_votes(sql, r);
    return {};
  });
}

Result<void> ApprovalRequests::replace(const ApprovalRequest& request) {
  TRY(check(request));
  const RequestRow row(request);
  return database_.write([&](soci::session& sql) -> Result<void> {
    using soci::use;
    const ApprovalRequest& r = row.request;
    soci::statement update =
        (sql.prepare << "UPDATE approval_requests SET expires = :expires, state = :state, used_at = :used_at, used_by = :used_by,"
                        " ended_by = :ended_by, end_comment = :end_comment, reviewed = :reviewed, reviewer = :reviewer, review = :review,"
                        " version = version + 1 WHERE id = :id AND version = :version",
         use(row.expires), use(row.state), use(row.used), use(r.used_by), use(r.ended_by), use(r.end_comment), use(row.reviewed),
         use(r.reviewer), use(r.review), use(r.id), use(row.version));
    if (execute(update) == 0) return Error{ErrorKind::exists, "somebody else has changed the request " + r.id + " just now"};
    keep_votes(sql, r);
    return {};
  });
}

Result<ApprovalRequest> ApprovalRequests::find(const std::string& id) {
  TRY(check_text("a request's number", id));
  return database_.read([&](soci::session& sql) -> Result<ApprovalRequest> {
    RequestRow row;
    soci::statement select =
        into_row(row, (sql.prepare << std::string("SELECT ") + kRequestColumns + " FROM approval_requests WHERE id = :id", soci::use(id)));
    if (!select.execute(true)) return Error{ErrorKind::not_found, "there is no request " + id};
    ApprovalRequest request = TRY(row.finished());
    read_votes(sql, request);
    return request;
  });
}

namespace {

Result<void> check(const ApprovalFilter& filter) {
  if (filter.requester) TRY(check_text("a user's name", *filter.requester));
  if (filter.target) TRY(check_text("a target's name", *filter.target));
  if (filter.recording) TRY(check_text("a recording's id", *filter.recording));
  if (filter.before) TRY(check_text("a request's number", filter.before->second));
  return {};
}

Conditions conditions_of(const ApprovalFilter& filter) {
  Conditions out;
  if (filter.state) out.add("state = " + out.text(to_string(*filter.state)));
  if (filter.kind) out.add("kind = " + out.text(to_string(*filter.kind)));
  if (filter.requester) out.add("requester = " + out.text(*filter.requester));
  if (filter.target) out.add("target = " + out.text(*filter.target));
  if (filter.recording) out.add("recording = " + out.text(*filter.recording));
  if (filter.unreviewed) out.add("emergency = 1 AND reviewed = 0");
  if (filter.waiting) out.add("(state = 'requested' OR (emergency = 1 AND reviewed = 0))");
  if (filter.in_use) {
    std::string condition = "used_at > 0 AND ((state = 'approved' AND expires > " + out.number(to_column(*filter.in_use));
    condition += ") OR (state = 'used' AND used_at + validity > " + out.number(to_column(*filter.in_use)) + "))";
    out.add(condition);
  }
  if (filter.before) {
    const long long created = to_column(filter.before->first);
    std::string condition = "(created < " + out.number(created);
    condition += " OR (created = " + out.number(created);
    condition += " AND id < " + out.text(filter.before->second) + "))";
    out.add(condition);
  }
  return out;
}

}  // namespace

Result<std::map<std::pair<std::string, std::string>, std::int64_t>> ApprovalRequests::counts() {
  return database_.read([](soci::session& sql) -> Result<std::map<std::pair<std::string, std::string>, std::int64_t>> {
    std::string kind, state;
    long long count = 0;
    soci::statement select = (sql.prepare << "SELECT kind, state, COUNT(*) FROM approval_requests GROUP BY kind, state", soci::into(kind), soci::into(state), soci::into(count));
    std::map<std::pair<std::string, std::string>, std::int64_t> out;
    select.execute();
    while (select.fetch()) out[{kind, state}] = count;
    return out;
  });
}

Result<std::vector<ApprovalRequest>> ApprovalRequests::list(const ApprovalFilter& filter) {
  TRY(check(filter));
  return database_.read([&](soci::session& sql) -> Result<std::vector<ApprovalRequest>> {
    const Conditions conditions = conditions_of(filter);
    const long long limit = filter.limit;
    RequestRow row;
    std::vector<ApprovalRequest> requests;
    {
      soci::statement select =
          into_row(row, (conditions.bind(sql.prepare << std::string("SELECT ") + kRequestColumns + " FROM approval_requests" + conditions.where() +
                                                            " ORDER BY created DESC, id DESC LIMIT :max_rows"),
                         soci::use(limit)));
      select.execute();
      while (select.fetch()) requests.push_back(TRY(row.finished()));
    }
    for (ApprovalRequest& request : requests) read_votes(sql, request);
    return requests;
  });
}

}  // namespace frostgate::catalog
