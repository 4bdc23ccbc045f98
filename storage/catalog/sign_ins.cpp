#include "storage/catalog/sign_ins.h"

#include "storage/catalog/columns.h"
#include "storage/catalog/database.h"

namespace frostgate::catalog {
namespace {

constexpr const char* kSelectSession = "SELECT id, user_name, created, seen, address FROM web_sessions";
constexpr const char* kSelectToken = "SELECT id, user_name, label, roles, created, expires, used FROM api_tokens";

struct SessionRow {
  WebSession session;
  long long created = 0, seen = 0;

  auto into(soci::details::prepare_temp_type prepared) {
    return (prepared, soci::into(session.id), soci::into(session.user), soci::into(created), soci::into(seen), soci::into(session.address));
  }
  const WebSession& finished() {
    session.created = time_from_column(created);
    session.seen = time_from_column(seen);
    return session;
  }
};

struct TokenRow {
  ApiToken token;
  long long created = 0, expires = 0, used = 0;

  auto into(soci::details::prepare_temp_type prepared) {
    return (prepared, soci::into(token.id), soci::into(token.user), soci::into(token.name), soci::into(token.roles), soci::into(created),
            soci::into(expires), soci::into(used));
  }
  const ApiToken& finished() {
    token.created = time_from_column(created);
    token.expires = time_from_column(expires);
    token.used = optional_time_from_column(used);
    return token;
  }
};

Result<void> check_digest(const std::string& digest) {
  if (digest.size() != 64) return Error{ErrorKind::invalid, "a secret's digest has 64 hexadecimal digits"};
  return check_sha256("a secret's digest", digest);
}

}  // namespace

Result<std::string> WebSessions::begin(const std::string& digest, const std::string& user, const std::string& address, UtcTime now) {
  TRY(check_digest(digest));
  TRY(check_name("a user's name", user));
  TRY(check_text("an address", address));
  const long long at = to_column(now);
  return database_.write([&](soci::session& sql) -> Result<std::string> {
    const std::string id = "w" + std::to_string(next_number(sql, "web_session"));
    soci::statement insert = (sql.prepare << "INSERT INTO web_sessions (id, digest, user_name, created, seen, address)"
                                             " SELECT :id, :digest, name, :created, :seen, :address FROM users WHERE name = :user_name",
                              soci::use(id), soci::use(digest), soci::use(at), soci::use(at), soci::use(address), soci::use(user));
    if (execute(insert) == 0) return Error{ErrorKind::not_found, "there is no user " + user};
    return id;
  });
}

Result<WebSession> WebSessions::find(const std::string& digest) {
  TRY(check_digest(digest));
  return database_.read([&](soci::session& sql) -> Result<WebSession> {
    SessionRow row;
    soci::statement select = row.into((sql.prepare << std::string(kSelectSession) + " WHERE digest = :digest", soci::use(digest)));
    if (!select.execute(true)) return Error{ErrorKind::not_found, "there is no such web session"};
    return row.finished();
  });
}

Result<void> WebSessions::touch(const std::string& id, UtcTime now) {
  const long long at = to_column(now);
  return database_.write([&](soci::session& sql) -> Result<void> {
    sql << "UPDATE web_sessions SET seen = :seen WHERE id = :id", soci::use(at), soci::use(id);
    return {};
  });
}

Result<void> WebSessions::end(const std::string& id, const std::string& user) {
  TRY(check_text("a web session's id", id));
  return database_.write([&](soci::session& sql) -> Result<void> {
    soci::statement remove =
        (sql.prepare << "DELETE FROM web_sessions WHERE id = :id AND user_name = :user_name", soci::use(id), soci::use(user));
    if (execute(remove) == 0) return Error{ErrorKind::not_found, "there is no web session " + id};
    return {};
  });
}

Result<void> WebSessions::end_others(const std::string& user, const std::string& kept) {
  return database_.write([&](soci::session& sql) -> Result<void> {
    sql << "DELETE FROM web_sessions WHERE user_name = :user_name AND id <> :kept", soci::use(user), soci::use(kept);
    return {};
  });
}

Result<std::vector<WebSession>> WebSessions::list(const std::string& user) {
  return database_.read([&](soci::session& sql) -> Result<std::vector<WebSession>> {
    SessionRow row;
    soci::statement select =
        row.into((sql.prepare << std::string(kSelectSession) + " WHERE user_name = :user_name ORDER BY created DESC, id DESC", soci::use(user)));
    std::vector<WebSession> out;
    select.execute();
    while (select.fetch()) out.push_back(row.finished());
    return out;
  });
}

Result<void> WebSessions::forget(UtcTime seen_before, UtcTime created_before) {
  const long long seen = to_column(seen_before), created = to_column(created_before);
  return database_.write([&](soci::session& sql) -> Result<void> {
    sql << "DELETE FROM web_sessions WHERE seen < :seen OR created < :created", soci::use(seen), soci::use(created);
    return {};
  });
}

Result<std::string> ApiTokens::add(const std::string& digest, const ApiToken& token) {
  TRY(check_digest(digest));
  TRY(check_name("a user's name", token.user));
  TRY(check_text("a token's name", token.name));
  TRY(check_text("a token's roles", token.roles));
  const long long created = to_column(token.created), expires = to_column(token.expires);
  return database_.write([&](soci::session& sql) -> Result<std::string> {
    const std::string id = "t" + std::to_string(next_number(sql, "api_token"));
    soci::statement insert = (sql.prepare << "INSERT INTO api_tokens (id, digest, user_name, label, roles, created, expires, used)"
                                             " SELECT :id, :digest, name, :label, :roles, :created, :expires, 0 FROM users WHERE name = :user_name",
                              soci::use(id), soci::use(digest), soci::use(token.name), soci::use(token.roles), soci::use(created), soci::use(expires),
                              soci::use(token.user));
    if (execute(insert) == 0) return Error{ErrorKind::not_found, "there is no user " + token.user};
    return id;
  });
}

Result<ApiToken> ApiTokens::find(const std::string& digest) {
  TRY(check_digest(digest));
  return database_.read([&](soci::session& sql) -> Result<ApiToken> {
    TokenRow row;
    soci::statement select = row.into((sql.prepare << std::string(kSelectToken) + " WHERE digest = :digest", soci::use(digest)));
    if (!select.execute(true)) return Error{ErrorKind::not_found, "there is no such token"};
    return row.finished();
  });
}

Result<void> ApiTokens::note_use(const std::string& id, UtcTime now) {
  const long long at = to_column(now);
  return database_.write([&](soci::session& sql) -> Result<void> {
    sql << "UPDATE api_tokens SET used = :used WHERE id = :id", soci::use(at), soci::use(id);
    return {};
  });
}

Result<void> ApiTokens::revoke(const std::string& id, const std::string& user) {
  TRY(check_text("a token's id", id));
  const long long anybodys = user.empty() ? 1 : 0;
  return database_.write([&](soci::session& sql) -> Result<void> {
    soci::statement remove = (sql.prepare << "DELETE FROM api_tokens WHERE id = :id AND (:anybodys = 1 OR user_name = :user_name)", soci::use(id),
                              soci::use(anybodys), soci::use(user));
    if (execute(remove) == 0) return Error{ErrorKind::not_found, "there is no token " + id};
    return {};
  });
}

Result<std::vector<ApiToken>> ApiTokens::list(const std::string& user) {
  const long long anybodys = user.empty() ? 1 : 0;
  return database_.read([&](soci::session& sql) -> Result<std::vector<ApiToken>> {
    TokenRow row;
    soci::statement select = row.into((sql.prepare << std::string(kSelectToken) + " WHERE (:anybodys = 1 OR user_name = :user_name) ORDER BY created, id",
                                       soci::use(anybodys), soci::use(user)));
    std::vector<ApiToken> out;
    select.execute();
    while (select.fetch()) out.push_back(row.finished());
    return out;
  });
}

Result<void> SecondFactors::propose(const std::string& user, const std::vector<std::byte>& wrapped_secret) {
  TRY(check_name("a user's name", user));
  const std::string wrapped = hex(wrapped_secret);
  return database_.write([&](soci::session& sql) -> Result<void> {
    soci::statement insert = (sql.prepare << "INSERT INTO second_factors (user_name, wrapped_secret, confirmed, last_step)"
                                             " VALUES (:user_name, :wrapped_secret, 0, 0) ON CONFLICT (user_name) DO UPDATE"
                                             " SET wrapped_secret = excluded.wrapped_secret WHERE second_factors.confirmed = 0",
                              soci::use(user), soci::use(wrapped));
    if (execute(insert) == 0) return Error{ErrorKind::exists, user + " has a second factor already"};
    return {};
  });
}

Result<SecondFactor> SecondFactors::find(const std::string& user) {
  return database_.read([&](soci::session& sql) -> Result<SecondFactor> {
    std::string wrapped;
    long long confirmed = 0, last_step = 0;
    sql << "SELECT wrapped_secret, confirmed, last_step FROM second_factors WHERE user_name = :user_name", soci::use(user), soci::into(wrapped),
        soci::into(confirmed), soci::into(last_step);
    if (!sql.got_data()) return Error{ErrorKind::not_found, user + " has no second factor"};
    std::vector<std::byte> secret = TRY(bytes_from_hex(wrapped));
    return SecondFactor{std::move(secret), confirmed != 0, last_step};
  });
}

Result<void> SecondFactors::confirm(const std::string& user, std::int64_t step, const std::vector<std::string>& recovery_digests) {
  for (const std::string& digest : recovery_digests) TRY(check_digest(digest));
  const long long used_step = step;
  return database_.write([&](soci::session& sql) -> Result<void> {
    soci::statement update = (sql.prepare << "UPDATE second_factors SET confirmed = 1, last_step = :last_step WHERE user_name = :user_name AND confirmed = 0",
                              soci::use(used_step), soci::use(user));
    if (execute(update) == 0) return Error{ErrorKind::not_found, user + " has no second factor that waits to be confirmed"};
    sql << "DELETE FROM recovery_codes WHERE user_name = :user_name", soci::use(user);
    for (const std::string& digest : recovery_digests) {
      sql << "INSERT INTO recovery_codes (user_name, digest) VALUES (:user_name, :digest)", soci::use(user), soci::use(digest);
    }
    return {};
  });
}

Result<void> SecondFactors::use_step(const std::string& user, std::int64_t step) {
  const long long used_step = step;
  return database_.write([&](soci::session& sql) -> Result<void> {
    soci::statement update = (sql.prepare << "UPDATE second_factors SET last_step = :last_step WHERE user_name = :user_name AND last_step < :before",
                              soci::use(used_step), soci::use(user), soci::use(used_step));
    if (execute(update) == 0) return Error{ErrorKind::denied, "this code of " + user + " was used before"};
    return {};
  });
}

Result<void> SecondFactors::use_recovery(const std::string& user, const std::string& digest) {
  TRY(check_digest(digest));
  return database_.write([&](soci::session& sql) -> Result<void> {
    soci::statement remove =
        (sql.prepare << "DELETE FROM recovery_codes WHERE user_name = :user_name AND digest = :digest", soci::use(user), soci::use(digest));
    if (execute(remove) == 0) return Error{ErrorKind::denied, "wrong or used recovery code of " + user};
    return {};
  });
}

Result<void> SecondFactors::remove(const std::string& user) {
  return database_.write([&](soci::session& sql) -> Result<void> {
    sql << "DELETE FROM recovery_codes WHERE user_name = :user_name", soci::use(user);
    sql << "DELETE FROM second_factors WHERE user_name = :user_name", soci::use(user);
    return {};
  });
}

}  // namespace frostgate::catalog
