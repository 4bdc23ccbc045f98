// Where a secret stands: fields, tables, wrapped lines, key blocks.
#include <catch2/catch.hpp>

#include "tests/unit/redaction/detectors/screen_of_text.h"

using namespace frostgate;
using namespace frostgate::redaction;

TEST_CASE("a field below its label is covered") {
  const Detectors detectors = default_detectors();
  const auto findings = detectors.find(std::vector{line_of("Username", 10, 0), line_of("alice", 10, 1), line_of("Password", 10, 3), line_of("Qwerty949!", 10, 4)});
  INFO(described(findings));
  CHECK(covered(findings, 3, 0, 10));
  CHECK_FALSE(covered(findings, 1, 0, 1));
}

TEST_CASE("a field right of its label is covered, with or without a colon") {
  const Detectors detectors = default_detectors();
  for (const char* label : {"Password:", "Password", "Kennwort", "Mot de passe"}) {
    INFO(label);
    CHECK(covered(detectors.find(std::vector{line_of(label, 0, 0), line_of("Qwerty949!", 20, 0)}), 1, 0, 10));
  }
}

TEST_CASE("buttons and headings near a label are left alone") {
  const Detectors detectors = default_detectors();
  CHECK(detectors.find(std::vector{line_of("Password", 0, 0), line_of("Cancel", 0, 1)}).empty());
  CHECK(detectors.find(std::vector{line_of("Password", 0, 0), line_of("A good one is long and easy to remember.", 0, 1)}).empty());
}

TEST_CASE("the column under a table's header is covered row by row") {
  const auto screen = screen_of({"user      password    host", "--------  ----------  -----", "alice     hunter2     db1", "bob       sesame      db2"});
  const auto findings = default_detectors().find(screen);
  INFO(described(findings));
  CHECK(covered(findings, 2, 10, 17));
  CHECK(covered(findings, 3, 10, 16));
  CHECK_FALSE(covered(findings, 2, 0, 1));
  CHECK_FALSE(covered(findings, 3, 22, 23));
  const auto psql = default_detectors().find(screen_of({" user  | password | host", "-------+----------+------", " alice | hunter2  | db1"}));
  INFO(described(psql));
  CHECK(covered(psql, 2, 9, 16));
}

TEST_CASE("rows of a table may stand far apart, beside a column whose name looks like a value") {
  for (const char* name : {"last_seen", "last-seen"}) {  // an underscore that a video codec has blurred
    const auto findings = default_detectors().find(std::vector{line_of("login", 0, 0), line_of("password", 20, 0), line_of(name, 40, 0), line_of("anna", 0, 3),
                                                               line_of("Fx0eyw-Kg", 20, 3), line_of("2024-06-01", 40, 3), line_of("bert", 0, 6), line_of("nM7M0t*Gz", 20, 6)});
    INFO(described(findings));
    CHECK(covered(findings, 4, 0, 9));
    CHECK(covered(findings, 7, 0, 9));
    CHECK_FALSE(covered(findings, 3, 0, 1));
    CHECK_FALSE(covered(findings, 5, 0, 1));
  }
}

TEST_CASE("a registry editor's type stands between a name and its value") {
  const auto findings = default_detectors().find(std::vector{line_of("DefaultPassword", 0, 0), line_of("REG_SZ", 30, 0), line_of("fG1-MsmXV", 50, 0)});
  INFO(described(findings));
  CHECK(covered(findings, 2, 0, 9));
}

TEST_CASE("a registry's type may be misread, and its underscore stand by itself") {
  for (const char* type : {"REG SZ", "REGSZ", "REG 32"}) {
    const auto findings = default_detectors().find(std::vector{line_of("DefaultPassword", 0, 0), line_of(type, 30, 0), line_of("-", 33, 0), line_of("5R4 xCu4z8mR", 50, 0)});
    INFO(type << " -> " << described(findings));
    CHECK(covered(findings, 3, 0, 12));
  }
}

TEST_CASE("the border of a field is no part of what it holds") {
  const auto findings = default_detectors().find(std::vector{line_of("Password", 0, 0), line_of("| GM4Z?sJyyaP", 0, 1)});
  INFO(described(findings));
  CHECK(covered(findings, 1, 2, 13));
}

TEST_CASE("fields side by side have their labels side by side") {
  const auto findings = default_detectors().find(std::vector{line_of("Kennwort", 0, 0), line_of("Mot de passe", 40, 0), line_of("iZ5c*04l2P", 0, 2), line_of("Ug6RPX_Aq", 40, 2)});
  INFO(described(findings));
  CHECK(covered(findings, 2, 0, 10));
  CHECK(covered(findings, 3, 0, 9));
}

TEST_CASE("a private key is covered from its header to its end, in its column only") {
  auto screen = screen_of({"$ cat id_rsa", "-----BEGIN OPENSSH PRIVATE KEY-----", "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW",
                           "QyNTUxOQAAACBz5Yx0", "-----END OPENSSH PRIVATE KEY-----", "$ echo done"});
  screen.push_back(line_of("unrelated", 100, 2));
  const auto findings = default_detectors().find(screen);
  INFO(described(findings));
  CHECK(covered(findings, 2, 0, 70));
  CHECK(covered(findings, 3, 0, 18));
  CHECK_FALSE(covered(findings, 5, 0, 1));
  CHECK_FALSE(covered(findings, 6, 0, 1));
}

TEST_CASE("rows of a private key that were found in pieces are covered from the block's left edge") {
  auto screen = screen_of({"-----BEGIN PRIVATE KEY-----", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"});
  screen.push_back(line_of("cjl", 0, 2));
  screen.push_back(line_of("svOhnN2LwMwrkio15G730jK+c88pl44hptAJpmc", 25, 2));
  screen.push_back(line_of("ISAGMBAAECggEAAXNK", 6, 2));
  screen.push_back(line_of("-----END PRIVATE KEY-----", 0, 3));
  const auto findings = default_detectors().find(screen);
  INFO(described(findings));
  CHECK(covered(findings, 2, 0, 3));
  CHECK(covered(findings, 3, 0, 39));
  CHECK(covered(findings, 4, 0, 18));
  for (const Finding& f : findings) {
    CHECK((f.line != 0 && f.line != 5));
    if (f.rule == "pem.private_key") CHECK(f.from_column == 0);
  }
}

TEST_CASE("an assignment of the shell or a configuration is no row of the private key above it") {
  const std::string key = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
  for (const char* row : {"branch = main", "workers = 4", "PWD=/tmp/frostgate-session.FMbiZY/home", "HOME=/home/alice"}) {
    INFO(row);
    auto screen = screen_of({"-----BEGIN PRIVATE KEY-----", key, row, "master"});
    for (TextLine& line : screen) line.panel_end = 116 * kCellWidth;
    const auto findings = default_detectors().find(screen);
    INFO(described(findings));
    CHECK(covered(findings, 1, 0, 64));
    CHECK_FALSE(covered(findings, 2, 0, 1));
    CHECK_FALSE(covered(findings, 3, 0, 1));
  }
  // What was misread in base64 is none.
  for (const char* row : {"MIIE vQ=BADANB gkqhk iG9w0", "q=4:zK. 8d,Tq", "kq3v=", "Kq9xhunter=Qw2m:Lx.9"}) {
    INFO(row);
    CHECK(covered(default_detectors().find(screen_of({"-----BEGIN PRIVATE KEY-----", key, row})), 2, 0, 1));
  }
}

TEST_CASE("the widest line of a log does not wrap where its panel goes on") {
  auto screen = screen_of({"09:15:06 DEBUG api_key=0123456789abcdef0123456789abcdef", "09:15:08 INFO  GET /metrics 200"});
  for (TextLine& line : screen) line.panel_end = 116 * kCellWidth;
  const auto findings = default_detectors().find(screen);
  INFO(described(findings));
  CHECK(covered(findings, 0, 23, 55));
  CHECK_FALSE(covered(findings, 1, 0, 1));
}

TEST_CASE("a misread header still opens a private key, and PuTTY's has its own") {
  const Detectors detectors = default_detectors();
  CHECK(covered(detectors.find(screen_of({"--- -BEG1N R5A PR1VATE KEY-----", "MIIEpAIBAAKCAQEA7bq8"})), 1, 0, 20));
  const auto putty = detectors.find(screen_of({"Private-Lines: 2", "AAAAgQCx", "AAABAFx0c2", "Private-MAC: 0a1b2c"}));
  CHECK(covered(putty, 1, 0, 8));
  CHECK(covered(putty, 2, 0, 10));
  CHECK(covered(putty, 3, 13, 19));
}

TEST_CASE("a body line that is badly misread does not end the cover of a private key") {
  const auto screen = screen_of({"-----BEGIN PRIVATE KEY-----", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj", "MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu",
                                 "N~o;.. ?? x{} \"m  v_.. i, ;;", "", "aXc9Tq==", "", "", "$ ls", "a.txt"});
  const auto findings = default_detectors().find(screen);
  INFO(described(findings));
  for (std::size_t line = 1; line < 6; ++line) CHECK(covered(findings, line, 0, screen[line].characters.size()));
  for (const Finding& f : findings) CHECK(f.line < 8);
}

TEST_CASE("a row of a private key whose digits were misread is covered above one that was read, though its header was misread, too") {
  const auto findings = default_detectors().find(screen_of({"admin@srv01:~$ tail -n 3 notes", "-----BEOIN RSR PRlVRTE KFY-----", "LUhQeq sSTIQCNODYLGRSe YRSOLLXU+MIKmtQvkdaRqbw/ 7ARZWOSdLvzFTQZeUpYG",
                                                      "vOaE5hg7LUu/cS6OJVdVgxj3Lnv4F6x9Yrbn5ee2HmoOIx8d1RORGVnQguMZ3ATV", "HrS/p1fuIVTo/krOJOh+P32RF2d8s1="}));
  INFO(described(findings));
  for (const std::size_t row : {2u, 3u, 4u}) CHECK(covered(findings, row, 0, 30));
  for (const Finding& finding : findings) CHECK(finding.line >= 2);
}

TEST_CASE("a private key without its header or END line is covered up to the prompt") {
  const Detectors detectors = default_detectors();
  const auto scrolled = detectors.find(screen_of({"MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu", "Nq3aXc9Tq==", "-----END PRIVATE KEY-----", "alice@host:~$ ls"}));
  CHECK(covered(scrolled, 0, 0, 64));
  CHECK(covered(scrolled, 1, 0, 11));
  for (const Finding& f : scrolled) CHECK(f.line < 3);
  const auto open = detectors.find(screen_of({"-----BEGIN PRIVATE KEY-----", "MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu", "alice@host:~$ ls"}));
  CHECK(covered(open, 1, 0, 64));
  for (const Finding& f : open) CHECK((f.line < 2 || f.end <= 5));  // "alice" may be the body's wrapped rest
}

TEST_CASE("certificates and public keys are not covered") {
  CHECK(default_detectors().find(screen_of({"-----BEGIN CERTIFICATE-----", "MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ", "RTESMBAGA1UEChMJQmFsdGltb3Jl", "-----END CERTIFICATE-----"})).empty());
}

TEST_CASE("a token that wraps at the terminal's edge is covered on both lines") {
  const std::string token = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
  for (std::size_t column = 44; column < 76; ++column) {
    std::string text = std::string(column - 1, '.') + " " + token;
    const auto screen = screen_of({std::string(80, '#'), text.substr(0, 80), text.size() > 80 ? text.substr(80) : "", "next"});
    const auto findings = default_detectors().find(screen);
    INFO(column << ": " << described(findings));
    const std::size_t body = column + 4;
    if (body < 80) CHECK(covered(findings, 1, body, std::min<std::size_t>(80, text.size())));
    if (text.size() > 80) CHECK(covered(findings, 2, body > 80 ? body - 80 : 0, text.size() - 80));
  }
}

TEST_CASE("a token that a highlight parts is covered on both sides, and what stands a space away is not") {
  const Detectors detectors = default_detectors();
  const std::string begin = "Alza02z9kvam3G", rest = "__oEwpTkn1384nh2x8jMLdM1G";
  const auto parted = detectors.find(std::vector{line_of(begin, 4, 0), line_of(rest, 4 + 14, 0)});
  INFO(described(parted));
  CHECK(covered(parted, 0, 4, begin.size()));
  CHECK(covered(parted, 1, 0, rest.size()));
  const auto apart = detectors.find(std::vector{line_of("services14", 4, 0), line_of("ghp_A7dK2mQ9xW4rT6yU1pL3sD8fG5hJ0zXcVbNm", 4 + 11, 0)});
  CHECK_FALSE(covered(apart, 0, 9, 10));
}

TEST_CASE("a label's value and a known secret go on with the wrapped line") {
  Detectors detectors = default_detectors();
  detectors.add_known_secret(Secret::from_text("Sommer2024!xQ"));
  std::string text = std::string(60, '.') + " password: abcdefghijklmnop more";
  const auto label = detectors.find(screen_of({text.substr(0, 80), text.substr(80)}));
  INFO(described(label));
  CHECK(covered(label, 0, 71, 80));
  CHECK(covered(label, 1, 0, 7));
  text = std::string(75, '.') + "Sommer2024!xQ";
  const auto known = detectors.find(screen_of({text.substr(0, 80), text.substr(80)}));
  CHECK(covered(known, 0, 75, 80));
  CHECK(covered(known, 1, 0, 8));
}

TEST_CASE("an SSH public key that wraps is left alone") {
  const std::string key = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7vbqajDhA9XwJzT5RmYpLkQ1aUeHsNcFgBdViOxW4b3BlbnNzaC1rZXktdjEAAAAABG5vbmU9Xk4Lq7Rt8Yw3ZpAaBb";
  const auto findings = default_detectors().find(screen_of({key.substr(0, 60), key.substr(60, 60), key.substr(120)}));
  INFO(described(findings));
  CHECK(findings.empty());
}

TEST_CASE("empty screens, empty lines and boxes of no size are no trouble") {
  const Detectors detectors = default_detectors();
  CHECK(detectors.find({}).empty());
  std::vector<TextLine> odd(3);
  odd[1].characters.push_back({U':', {}, 0});
  odd[2].characters.push_back({0x110000, {}, 0});
  CHECK(detectors.find(odd).empty());
}
