// Secrets as an engine was seen to read them in screen type, and what a rule for them must leave alone.
#include <catch2/catch.hpp>

#include <string>
#include <string_view>

#include "tests/unit/redaction/detectors/screen_of_text.h"

using namespace frostgate;
using namespace frostgate::redaction;

namespace {

struct Read {
  const char* line;
  const char* secret;  // its first occurrence in the line
};

void check_covered(const Read& read) {
  const std::string line = read.line;
  const std::size_t first = line.find(read.secret);
  REQUIRE(first != std::string::npos);
  const auto findings = default_detectors().find(screen_of({line}));
  INFO(line << " -> " << described(findings));
  CHECK(covered(findings, 0, first, first + std::string_view(read.secret).size()));
}

void check_free(const char* line) {
  const auto findings = default_detectors().find(screen_of({line}));
  INFO(line << " -> " << described(findings));
  CHECK(findings.empty());
}

}  // namespace

TEST_CASE("a token does not end at a letter that was read as a mark") {
  const Read kReads[] = {
      {"glpat-@W1XRUv?_76jUwCjX3zT", "@W1XRUv?_76jUwCjX3zT"},
      {"glpat-j[LWx3rBhQhJxmeWEWrLK", "j[LWx3rBhQhJxmeWEWrLK"},
      {"glpat-T?8vBb3NpW3916SSIwQz", "T?8vBb3NpW3916SSIwQz"},
      {"elpat-LANULtIEHXN2Y/HAKXISB", "LANULtIEHXN2Y/HAKXISB"},
      {"npm_?77GdQchs2xkKvpG] SnS3Dk3Wa0sv1XleGbCpK", "?77GdQchs2xkKvpG] SnS3Dk3Wa0sv1XleGbCpK"},
      {"xoxb-566774736832-129798085411-@dPt1z1UZ4Y'1722fppdrPiso", "566774736832-129798085411-@dPt1z1UZ4Y'1722fppdrPiso"},
      {"shpat_a/bec3b35cf19asices8fabslec?ccid", "a/bec3b35cf19asices8fabslec?ccid"},
      {"dop_v1_25b49be1befaf513d9b8ac4e3b869a1db5f14e82333\"%abcaeS8a2edc583985b", "abcaeS8a2edc583985b"},
      {"dop_v1_2cae73eaa7333fe52cb58013c658386c9e8.464fd6760b27ea5768dd021f14bbf", "464fd6760b27ea5768dd021f14bbf"},
      {"github_pat_IfIeKuMRJsMujmlwQQnC8V_ekCMU2XdbPnSW5lIhL1i2y3rENENmP.JYUEyoNROSKEPANvjOFUAlgc7Bhhs8", "JYUEyoNROSKEPANvjOFUAlgc7Bhhs8"},
      {"github_pat_SnRFE&2qRKbOKg3cFOXC8A_MkASKKIZILHYYOSVARXDpWuvObzmuEKB4KSFUKcwusJGpQyBlw3bfacaFE", "SnRFE&2qRKbOKg3cFOXC8A_"},
      {"sk-proj-b>WHI9KME69M_RLCT-XZJIvBpjGLcPWsbCTp5IBioie2mrrSv", "b>WHI9KME69M_RLCT-XZJIvBpjGLcPWsbCTp5IBioie2mrrSv"},
      {"sk_live_jl40cnwnesxOpeTcncbbslon", "jl40cnwnesxOpeTcncbbslon"},
      {"S5k_live_fulliGVxBsa615aMg7CS7byY", "fulliGVxBsa615aMg7CS7byY"},
      {"hys,.D2nWu2a09c8mkqLtG-SRdxCH", "D2nWu2a09c8mkqLtG-SRdxCH"},
      {"hws.uKX1UgMzkHNQ-v_32GOD037Z", "uKX1UgMzkHNQ-v_32GOD037Z"},
      {"ey/XEoxLewU2BBI78VOK2nzUeLEowj47.eyJINIMKNONd1XRxaxzk7Yx2YkaaUvyEd.JrI181cMdFdt3swWsUwg4dkVV", "XEoxLewU2BBI78VOK2nzUeLEowj47.eyJINIMKNONd1XRxaxzk7Yx2YkaaUvyEd.JrI181cMdFdt3swWsUwg4dkVV"},
  };
  for (const Read& read : kReads) check_covered(read);
  for (const char* line : {"they/them and key/value pairs of 17 letters or more", "sk_live_ is a prefix", "#define  GLUT_WINDOW_STENCIL_SIZE           0x0069", "see hvs.md and the other files"}) check_free(line);
}

TEST_CASE("a bot's number is covered with its token") {
  check_covered({"bot334526027 : AALVFBAj3H9MKTBQXS5L85DZ01-UMRTJL51K", "334526027 : AALVFBAj3H9MKTBQXS5L85DZ01-UMRTJL51K"});
  check_covered({"bot@28647444:AAMNEIW-mz3-pxXy5pl448tcBTTqeo2yqt-a", "@28647444:AAMNEIW-mz3-pxXy5pl448tcBTTqeo2yqt-a"});
}

TEST_CASE("random base64 goes on behind a letter that was read as a mark") {
  for (const Read& read : {Read{"Ls20abGfnuLhtkNkL1UFhelz201UKs?vwd1GUIQDUBhT=", "Ls20abGfnuLhtkNkL1UFhelz201UKs?vwd1GUIQDUBhT="},
                           Read{"BxGLzeNfnoABOx]1+kLMEFFosxblIiFR4DcNxhq1+]fu=", "BxGLzeNfnoABOx]1+kLMEFFosxblIiFR4DcNxhq1+]fu="},
                           Read{"xdMgscP6jtgCus6wtLFhS3ewo)]HOWkNauQSpomFhUtXny=", "xdMgscP6jtgCus6wtLFhS3ewo)]HOWkNauQSpomFhUtXny="},
                           Read{"sfLuhG6K9+v5uKOS2LDIFdQJU6EyvOgB89//DOD6Itn9=", "sfLuhG6K9+v5uKOS2LDIFdQJU6EyvOgB89//DOD6Itn9="},
                           Read{"ZaCOpFPkImMTMpPBBYyrhYkx/8970A7|J5/fllInOROpEw=", "ZaCOpFPkImMTMpPBBYyrhYkx/8970A7|J5/fllInOROpEw="}}) {
    check_covered(read);
  }
  check_free("const auto x = items[index].name(first)[second] ? left(a)[b] : right(c)[d];");
}

TEST_CASE("user and password are covered though the slashes before them were lost") {
  for (const Read& read : {Read{"mongodb+srv-//app:644kNSU-tLFXUE@cluster0.example.net/shop", "644kNSU-tLFXUE"},
                           Read{"repository = https:#deploy:Py4j#qdWeINmxX@git.example.org/shop.git", "Py4j#qdWeINmxX"},
                           Read{"DATABASE_URL=postgresapp:653#9n6Nu05xXFe@db1:5432/shop", "653#9n6Nu05xXFe"}}) {
    check_covered(read);
  }
  for (const char* line : {"image: registry.example.org/shop/api:1.25.3-alpine@sha256:0011", "git clone git@git.example.org:shop/api.git", "scp app:notes.txt@backup"}) check_free(line);
}

TEST_CASE("fields of a password file may be parted by what a colon was read as") {
  check_covered({"db1.example.org:5432; shop: app: 953_X%spqsUvt", "953_X%spqsUvt"});
  check_covered({"db1.example.org:5432:shop:app:do7V*C7 HObVg", "do7V*C7 HObVg"});
  check_covered({"db1.example.org:5432: shop: app: JnSNK-cKILxSa", "JnSNK-cKILxSa"});
  check_free("src/main.cpp:1234: error: in: that-one-there");
}

TEST_CASE("commands are known by names that were misread, and a quote may be read twice") {
  for (const Read& read : {Read{"mysq|I -u root -pJJ7d%aMExx shop", "JJ7d%aMExx"}, Read{"het user alice 7j2T6*LASSm /add", "7j2T6*LASSm"},
                           Read{"ConvertTo-SecureString \"\"ow61!fE8fg\" -AsPlainText -Force", "ow61!fE8fg"}}) {
    check_covered(read);
  }
}

TEST_CASE("what stands before the end of a password's tag is covered, however the tag's beginning was read") {
  check_covered({"spassword>u22CD5G#hw</password>", "u22CD5G#hw"});
  check_covered({"sAdministratorPassword><Value>vJ2J+1y4C18</Value></AdministratorPassword>", "vJ2J+1y4C18"});
}

TEST_CASE("four groups that are the whole line are a card with a digit too many or one misread") {
  for (const Read& read : {Read{"4444 6337? 7912 2148", "4444 6337? 7912 2148"}, Read{"4279 @?772 1316 4427", "4279 @?772 1316 4427"},
                           Read{"4866 8671 a874 1191", "4866 8671 a874 1191"}}) {
    check_covered(read);
  }
  for (const char* line : {"4096 2048 1024 512", "5432 1234 12345 1000", "4866 8671 a874 1191 and more", "3a4b 8671 8744 1191 20"}) check_free(line);
}

TEST_CASE("four groups of four digits are a card though the check sum is broken, where no digits stand beside them") {
  check_covered({"4012 8888 8888 1882", "4012 8888 8888 1882"});
  check_free("7012 8888 8888 1882");
}

TEST_CASE("a card's or an account's number is covered by its label, whatever its sum") {
  check_covered({"Card number: 4012 8888 8B88 18", "4012 8888 8B88 18"});
  check_covered({"IBAN: DE93 3841 36098 8315 8617 79", "DE93 3841 36098 8315 8617 79"});
}

TEST_CASE("a Y that was read as a yen sign is a letter") {
  TextLine line = line_of(U"github_pat_LsC2KxmmTvV\u00A5xbaeEaiOWS7_s6AMYp1Okx\u00A5PQVKISpNEOVKSXSrZ2413tGZ9d1P7d");
  const auto findings = default_detectors().find(std::vector{line});
  INFO(described(findings));
  CHECK(covered(findings, 0, 11, line.characters.size()));
}
