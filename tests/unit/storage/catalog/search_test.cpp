#include "storage/catalog/search.h"

#include <cstdlib>

#include "storage/catalog/deletions.h"
#include "tests/unit/storage/catalog/fixture.h"

using namespace frostgate;
using namespace frostgate::catalog;
using std::chrono::seconds;

namespace {

using Ids = std::vector<std::string>;

// Six recordings, oldest first: by anna and bert, on machines that are production and test.
class Films : public CatalogFixture {
 public:
  Films() {
    add("a1", "anna", "dc1", {{"environment", "production"}, {"site", "north"}}, {"systemctl restart nginx", "uptime 12 days"});
    add("b1", "bert", "dc1", {{"environment", "production"}, {"site", "south"}}, {"nginx: configuration file test is ok"});
    add("a2", "anna", "lab-1", {{"environment", "test"}}, {"Größe der Datei", "10.0.0.7 answers"});
    add("b2", "bert", "lab-2", {{"environment", "test"}}, {"nginx restart nginx"});
    add("a3", "anna", "lab_1", {}, {"nothing"});
    add("b3", "bert", "Lab-3", {{"environment", "Test"}}, {});
  }

  void add(const std::string& id, const std::string& user, const std::string& target, const std::map<std::string, std::string>& tags,
           const std::vector<std::string>& texts) {
    Recording row = recording_named(id);
    row.user = user;
    row.target = target;
    row.tags = tags;
    row.status = RecordingStatus::clean;
    row.rule = user + "'s";
    row.started = at(++count_);
    REQUIRE(Recordings(*catalog).create(row));
    std::vector<VisibleLine> lines;
    for (const std::string& text : texts) lines.push_back({seconds(lines.size()), seconds(lines.size() + 1), {1, 2, 30, 4}, text});
    REQUIRE(VisibleText(*catalog).replace(id, lines));
  }

  Ids ids(const WatchRights& rights, const RecordingQuery& query = {}) {
    const auto page = Search(*catalog, rights).recordings(query);
    if (!page) FAIL(page.error().message);
    Ids out;
    for (const Recording& row : page.value().recordings) out.push_back(row.id);
    return out;
  }
  Ids with_text(const std::string& text, const WatchRights& rights = WatchRights::everything()) {
    RecordingQuery query;
    query.text = text;
    return ids(rights, query);
  }

 private:
  int count_ = 0;
};

WatchRights only(WatchScope scope) { return {{std::move(scope)}}; }
const WatchRights kAll = WatchRights::everything();

}  // namespace

TEST_CASE_METHOD(Films, "without rights nothing exists, with all of them everything does") {
  CHECK(ids({}).empty());
  CHECK(ids(only({{}, {"*"}, {}})).empty());
  CHECK(ids(only({{"*"}, {}, {}})).empty());
  CHECK(ids(kAll) == Ids{"b3", "a3", "b2", "a2", "b1", "a1"});
  CHECK(with_text("nginx", {}).empty());
  CHECK(kind_of(Search(*catalog, {}).find("a1")) == ErrorKind::not_found);
  CHECK(Search(*catalog, {}).lines({"nginx", {}, "", 50})->hits.empty());
}

TEST_CASE_METHOD(Films, "rights go by users, targets and the recording's tags, and several scopes add up") {
  CHECK(ids(only({{"anna"}, {"*"}, {}})) == Ids{"a3", "a2", "a1"});
  CHECK(ids(only({{"*"}, {"lab-*"}, {}})) == Ids{"b2", "a2"});
  CHECK(ids(only({{"*"}, {"lab_*"}, {}})) == Ids{"a3"});
  CHECK(ids(only({{"*"}, {"%"}, {}})).empty());
  CHECK(ids(only({{"*"}, {"*"}, {{"environment", "te*"}}})) == Ids{"b2", "a2"});
  CHECK(ids(only({{"*"}, {"*"}, {{"environment", "production"}, {"site", "*"}}})) == Ids{"b1", "a1"});
  CHECK(ids({{{{"anna"}, {"dc1"}, {}}, {{"*"}, {"*"}, {{"environment", "test"}}}}}) == Ids{"b2", "a2", "a1"});
  const WatchRights north = only({{"*"}, {"*"}, {{"site", "north"}}});
  CHECK(with_text("nginx", north) == Ids{"a1"});
  CHECK(Search(*catalog, north).lines({"nginx", {}, "", 50})->hits.size() == 1);
  CHECK(Search(*catalog, north).lines({"nginx", "b1", "", 50})->hits.empty());
  CHECK(Search(*catalog, north).find("a1")->tags.at("site") == "north");
  CHECK(kind_of(Search(*catalog, north).find("b1")) == ErrorKind::not_found);
}

TEST_CASE_METHOD(Films, "recordings are found by who, where, when, rule, tags, status and masks") {
  const auto where = [&](auto set) {
    RecordingQuery query;
    set(query);
    return ids(kAll, query);
  };
  CHECK(where([](auto& q) { q.user = "bert"; }) == Ids{"b3", "b2", "b1"});
  CHECK(where([](auto& q) { q.target = "dc1"; }) == Ids{"b1", "a1"});
  CHECK(where([](auto& q) { q.rule = "anna's"; q.target = "dc1"; }) == Ids{"a1"});
  CHECK(where([](auto& q) { q.tags = {{"environment", "test"}}; }) == Ids{"b2", "a2"});
  CHECK(where([](auto& q) { q.status = "failed"; }).empty());
  RecordingQuery no_status;
  no_status.status = "nonsense";
  CHECK(kind_of(Search(*catalog, kAll).recordings(no_status)) == ErrorKind::invalid);
  CHECK(where([](auto& q) { q.since = at(2); q.until = at(4); }) == Ids{"a2", "b1"});
  REQUIRE(Recordings(*catalog).set_masks("a2", {{"token.github", 2}}));
  for (const char* mask : {"token.github", "token.*", "pem.*,token.github", "token.*,-token.jwt"}) CHECK(where([&](auto& q) { q.mask = mask; }) == Ids{"a2"});
  for (const char* mask : {"token", "TOKEN.*", "token.*,-token.github", "-token.jwt", "", "pem.*,*'", "token_github"}) CHECK(where([&](auto& q) { q.mask = mask; }).empty());
  CHECK(Search(*catalog, kAll).recordings({})->masks == std::vector<std::map<std::string, std::int64_t>>{{}, {}, {}, {{"token.github", 2}}, {}, {}});
  CHECK(Recordings(*catalog).masks("a2").value() == std::map<std::string, std::int64_t>{{"token.github", 2}});
  REQUIRE(Recordings(*catalog).set_masks("a2", {}));
  CHECK(where([](auto& q) { q.mask = "token.github"; }).empty());
}

TEST_CASE_METHOD(Films, "names of users, targets and rules are found by their beginnings, in which nothing but the star is a sign") {
  const auto by = [&](std::optional<std::string> RecordingQuery::* what, const std::string& pattern) {
    RecordingQuery query;
    query.*what = pattern;
    return ids(WatchRights::everything(), query);
  };
  CHECK(by(&RecordingQuery::user, "an*") == Ids{"a3", "a2", "a1"});
  CHECK(by(&RecordingQuery::user, "an") == Ids{});
  CHECK(by(&RecordingQuery::target, "lab_*") == Ids{"a3"});
  CHECK(by(&RecordingQuery::target, "*-2") == Ids{"b2"});
  CHECK(by(&RecordingQuery::target, "%") == Ids{});
  CHECK(by(&RecordingQuery::rule, "bert'*") == Ids{"b3", "b2", "b1"});
}

TEST_CASE_METHOD(Films, "a film with very many lines that match hides none before it, on no page") {
  add("c1", "carl", "dc1", {}, {"needle"});
  add("c2", "carl", "dc1", {}, std::vector<std::string>(900, "needle in a stack of needles"));
  add("c3", "carl", "dc1", {}, {"needle", "nothing"});
  CHECK(with_text("needle") == Ids{"c3", "c2", "c1"});
  CHECK(with_text("needle", only({{"*"}, {"lab-*"}, {}})).empty());
  RecordingQuery query;
  query.text = "needle*";
  query.limit = 1;
  Ids paged;
  do {
    auto page = Search(*catalog, kAll).recordings(query);
    REQUIRE(page);
    for (const Recording& row : page->recordings) paged.push_back(row.id);
    query.cursor = page->next;
  } while (!query.cursor.empty());
  CHECK(paged == Ids{"c3", "c2", "c1"});
  CHECK(kind_of(Search(*catalog, kAll).lines({"n*", {}, "", 50})) == ErrorKind::invalid);
  CHECK(with_text("ne*") == Ids{"c3", "c2", "c1"});
}

TEST_CASE_METHOD(Films, "text is found by whole words in one line, without case or accents, and by beginnings") {
  CHECK(with_text("nginx") == Ids{"b2", "b1", "a1"});
  CHECK(with_text("restart nginx") == Ids{"b2", "a1"});
  CHECK(with_text("NGINX uptime").empty());
  // PostgreSQL's unaccent writes ß as ss, FTS5 does not.
  CHECK(with_text("grosse").empty() == (std::getenv("FROSTGATE_TEST_POSTGRESQL") == nullptr));
  CHECK(with_text("große") == Ids{"a2"});
  CHECK(with_text("10.0.0.7") == Ids{"a2"});
  CHECK(with_text("10.0.0").size() == 1);
  CHECK(with_text("syst*") == Ids{"a1"});
  CHECK(with_text("\"nginx\" OR NOT*)").empty());
  CHECK(kind_of(Search(*catalog, kAll).lines({" - * ", {}, "", 50})) == ErrorKind::invalid);
  const TextPage hits = Search(*catalog, kAll).lines({"restart", {}, "", 50}).value();
  REQUIRE(hits.hits.size() == 2);
  CHECK(hits.hits[1].recording == "a1");
  CHECK(hits.hits[1].line.text == "systemctl restart nginx");
  CHECK(hits.hits[1].line.to == seconds(1));
  CHECK(hits.hits[1].line.box == Rect{1, 2, 30, 4});
}

TEST_CASE_METHOD(Films, "a catalog from before rare masks and tags were indexed finds all that it has") {
  REQUIRE(Recordings(*catalog).set_masks("b2", {{"label.password", 3}}));
  REQUIRE(catalog->database().write([](soci::session& sql) -> Result<void> {
    for (const char* index : {"recording_masks_by_rule", "recording_tags_by_value", "approval_requests_waiting", "role_bindings_by_subject"}) sql << std::string("DROP INDEX ") + index;
    for (const char* table : {"recording_masks", "recording_tags"}) sql << std::string("ALTER TABLE ") + table + " DROP COLUMN number";
    sql << "DROP TABLE personal_credentials";
    sql << "ALTER TABLE targets DROP COLUMN account";
    sql << "DELETE FROM schema_version WHERE version >= 22";
    return {};
  }));
  reopen();
  RecordingQuery masked, tagged;
  masked.mask = "label.password";
  tagged.tags = {{"environment", "production"}, {"site", "north"}};
  CHECK(ids(kAll, masked) == Ids{"b2"});
  CHECK(ids(kAll, tagged) == Ids{"a1"});
  CHECK(with_text("ngi*") == Ids{"b2", "b1", "a1"});
  add("b4", "bert", "dc1", {{"environment", "production"}, {"site", "north"}}, {});
  CHECK(ids(kAll, tagged) == Ids{"b4", "a1"});
}

TEST_CASE_METHOD(Films, "pages follow one another by their cursor while recordings come and go") {
  for (const std::string text : {"", "nginx"}) {
    RecordingQuery query;
    query.text = text;
    query.limit = 1;
    Ids seen;
    while (true) {
      const RecordingPage page = Search(*catalog, kAll).recordings(query).value();
      for (const Recording& row : page.recordings) seen.push_back(row.id);
      if (page.next.empty()) break;
      query.cursor = page.next;
      if (seen.size() == 1) add("new" + text, "anna", "dc1", {}, {"nginx"});
      if (seen.size() == 2) REQUIRE(Deletions(*catalog).remove({seen.back(), at(9), "tombstone/x", std::string(64, 'c'), ""}));
    }
    CHECK(seen == (text.empty() ? Ids{"b3", "a3", "b2", "a2", "b1", "a1"} : Ids{"new", "b2", "b1", "a1"}));
  }
  TextQuery query{"nginx", {}, "", 2};
  const TextPage first = Search(*catalog, kAll).lines(query).value();
  query.cursor = first.next;
  CHECK(first.hits.size() == 2);
  CHECK_FALSE(first.next.empty());
  for (const char* wrong : {"x", "-1", "1 OR 1", "0", "99999999999999999999"}) {
    RecordingQuery bad;
    bad.cursor = wrong;
    CHECK(kind_of(Search(*catalog, kAll).recordings(bad)) == ErrorKind::invalid);
  }
}

TEST_CASE_METHOD(Films, "deleting a recording leaves no word of it, neither in the index nor in the files") {
  std::vector<VisibleLine> lines;
  for (int i = 0; i < 3000; ++i) lines.push_back({{}, {}, {}, "harmless words of line " + std::to_string(i)});
  lines[1500].text = "the xylophonist met quetzalcoatl";
  add("secret", "anna", "dc1", {}, {});
  REQUIRE(VisibleText(*catalog).replace("secret", lines));
  CHECK(with_text("xylophonist") == Ids{"secret"});
  CHECK(bytes_on_disk().find("xylophonist") != std::string::npos);
  REQUIRE(Deletions(*catalog).remove({"secret", at(9), "tombstone/x", std::string(64, 'c'), ""}));
  CHECK(with_text("harmless").empty());
  REQUIRE(VisibleText(*catalog).wipe());
  const std::string disk = bytes_on_disk();
  for (const char* word : {"xylophon", "lophonist", "quetzal", "harmless"}) CHECK(disk.find(word) == std::string::npos);
  CHECK(with_text("nginx") == Ids{"b2", "b1", "a1"});
}

TEST_CASE_METHOD(Films, "text that is written again is in place of the one before") {
  REQUIRE(VisibleText(*catalog).replace("a1", {{seconds(1), seconds(2), {}, "apache \xff restart"}}));
  CHECK(with_text("nginx") == Ids{"b2", "b1"});
  CHECK(with_text("apache restart") == Ids{"a1"});
  CHECK(kind_of(VisibleText(*catalog).replace("none", {})) == ErrorKind::not_found);
}

TEST_CASE_METHOD(Films, "the digest of a film's text is that of what is stored, in its order, and the index has as many lines") {
  const std::vector<VisibleLine> lines{{seconds(1), seconds(2), {3, 4, 50, 6}, std::string("nul \0 and \xff", 11)}, {seconds(2), seconds(9), {3, 14, 50, 6}, "Größe 漢字"}, {seconds(2), seconds(9), {3, 24, 50, 6}, ""}};
  VisibleText text(*catalog);
  REQUIRE(text.replace("a1", lines));
  const StoredText stored = text.stored("a1").value();
  CHECK(stored.digest == text_digest(lines));
  CHECK(stored.digest.lines == 3);
  CHECK(stored.indexed == 3);
  CHECK_FALSE(text_digest({lines[1], lines[0], lines[2]}) == text_digest(lines));
  CHECK_FALSE(text_digest({lines[0], lines[1]}) == text_digest(lines));
  REQUIRE(text.replace("a1", {}));
  CHECK(text.stored("a1").value().digest == text_digest({}));
  CHECK(text.stored("a1").value().indexed == 0);
  CHECK(kind_of(text.stored("none")) == ErrorKind::not_found);
}
