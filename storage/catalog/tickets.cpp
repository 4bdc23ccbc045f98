#include "storage/catalog/tickets.h"

#include "storage/catalog/columns.h"
#include "storage/catalog/database.h"

namespace frostgate::catalog {
namespace {

// Whether a ticket may be issued to this user for this target.
Result<void> check_parties(soci::session& sql, const std::string& user, const std::string& target) {
  long long disabled = 0;
  sql << "SELECT disabled FROM users WHERE name = :name", soci::use(user), soci::into(disabled);
  if (!sql.got_data()) return Error{ErrorKind::not_found, "there is no user " + user};
  if (disabled != 0) return Error{ErrorKind::denied, "the user " + user + " is disabled"};
  long long port = 0;
  sql << "SELECT port FROM targets WHERE name = :name", soci::use(target), soci::into(port);
  if (!sql.got_data()) return Error{ErrorKind::not_found, "there is no target " + target};
  return {};
}

// Why the conditional update of use() touched no row.
Error refusal(soci::session& sql, long long id, long long now) {
  long long used_at = 0;
  long long expires = 0;
  sql << "SELECT used_at, expires FROM tickets WHERE id = :id", soci::use(id), soci::into(used_at), soci::into(expires);
  if (!sql.got_data()) return {ErrorKind::not_found, "there is no such ticket"};
  if (used_at != 0) return {ErrorKind::denied, "the ticket was used already"};
  if (expires <= now) return {ErrorKind::denied, "the ticket has expired"};
  return {ErrorKind::denied, "the ticket's user is disabled"};
}

}  // namespace

Result<Ticket> Tickets::issue(const NewTicket& ticket, UtcTime now) {
  TRY(check_text("a user's name", ticket.user));
  TRY(check_text("a target's name", ticket.target));
  TRY(check_text("a source address", ticket.source_address));
  if (ticket.expires <= now) return Error{ErrorKind::invalid, "a ticket must expire after the moment it is issued"};
  const std::string wrapped = hex(ticket.wrapped_value);
  const std::string kind = to_string(ticket.kind);
  const long long created = to_column(now);
  const long long expires = to_column(ticket.expires);
  return database_.write([&](soci::session& sql) -> Result<Ticket> {
    TRY(check_parties(sql, ticket.user, ticket.target));
    const long long id = next_number(sql, "ticket");
    sql << "INSERT INTO tickets (id, wrapped_value, user_name, target, kind, created, expires, used_at, used_by_session,"
           " source_address) VALUES (:id, :wrapped_value, :user_name, :target, :kind, :created, :expires, 0, '', :source)",
        soci::use(id), soci::use(wrapped), soci::use(ticket.user), soci::use(ticket.target), soci::use(kind),
        soci::use(created), soci::use(expires), soci::use(ticket.source_address);
    return Ticket{ticket, id, now, std::nullopt, ""};
  });
}

namespace {

// A row as SOCI fills it.
struct TicketRow {
  Ticket ticket;
  std::string wrapped;
  long long id = 0, created = 0, expires = 0;

  Result<std::vector<Ticket>> all(soci::statement& select) {
    std::vector<Ticket> tickets;
    select.execute();
    while (select.fetch()) {
      ticket.id = id;
      ticket.wrapped_value = TRY(bytes_from_hex(wrapped));
      ticket.created = time_from_column(created);
      ticket.expires = time_from_column(expires);
      tickets.push_back(ticket);
    }
    return tickets;
  }
};

constexpr const char* kSelectTickets = "SELECT t.id, t.wrapped_value, t.user_name, t.target, t.created, t.expires, t.source_address FROM tickets t";

auto into_ticket(TicketRow& row, soci::details::prepare_temp_type prepared) {
  return (prepared, soci::into(row.id), soci::into(row.wrapped), soci::into(row.ticket.user), soci::into(row.ticket.target), soci::into(row.created),
          soci::into(row.expires), soci::into(row.ticket.source_address));
}

}  // namespace

Result<std::vector<Ticket>> Tickets::live(UtcTime now, Protocol kind) {
  const long long moment = to_column(now);
  const std::string word = to_string(kind);
  return database_.read([&](soci::session& sql) -> Result<std::vector<Ticket>> {
    TicketRow row;
    row.ticket.kind = kind;
    soci::statement select = into_ticket(row, (sql.prepare << std::string(kSelectTickets) + " JOIN users u ON u.name = t.user_name"
                                                              " WHERE t.kind = :kind AND t.used_at = 0 AND t.expires > :now AND u.disabled = 0 ORDER BY t.id",
                                               soci::use(word), soci::use(moment)));
    return row.all(select);
  });
}

Result<std::vector<Ticket>> Tickets::spent(UtcTime now, Protocol kind, const std::string& user, const std::string& target) {
  TRY(check_text("a user's name", user));
  TRY(check_text("a target's name", target));
  const long long moment = to_column(now);
  const std::string word = to_string(kind);
  return database_.read([&](soci::session& sql) -> Result<std::vector<Ticket>> {
    TicketRow row;
    row.ticket.kind = kind;
    soci::statement select = into_ticket(row, (sql.prepare << std::string(kSelectTickets) + " WHERE t.kind = :kind AND t.user_name = :user_name AND t.target = :target"
                                                              " AND (t.used_at <> 0 OR t.expires <= :now) ORDER BY t.id DESC LIMIT 20",
                                               soci::use(word), soci::use(user), soci::use(target), soci::use(moment)));
    return row.all(select);
  });
}

Result<void> Tickets::use(std::int64_t id, const std::string& session, UtcTime now) {
  TRY(check_name("a session's id", session));
  const long long number = id;
  const long long moment = to_column(now);
  return database_.write([&](soci::session& sql) -> Result<void> {
    soci::statement update =
        (sql.prepare << "UPDATE tickets SET used_at = :used_at, used_by_session = :session WHERE id = :id AND used_at = 0"
                        " AND expires > :now AND EXISTS"
                        " (SELECT 1 FROM users u WHERE u.name = tickets.user_name AND u.disabled = 0)",
         soci::use(moment), soci::use(session), soci::use(number), soci::use(moment));
    if (execute(update) == 0) return refusal(sql, number, moment);
    return {};
  });
}

Result<std::int64_t> Tickets::prune(UtcTime before) {
  const long long moment = to_column(before);
  return database_.write([&](soci::session& sql) -> Result<std::int64_t> {
    soci::statement erase = (sql.prepare << "DELETE FROM tickets WHERE expires < :expired OR (used_at <> 0 AND used_at < :used)",
                             soci::use(moment), soci::use(moment));
    return std::int64_t{execute(erase)};
  });
}

}  // namespace frostgate::catalog
