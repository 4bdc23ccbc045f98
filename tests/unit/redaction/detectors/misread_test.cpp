// Secrets as an engine was seen to read them in screen type, and what a rule for them must leave alone.
#include <catch2/catch.hpp>

#include <algorithm>
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
      {"hvs O6f82Efh?RUKBAIIMYw2oNb?", "hvs O6f82Efh?RUKBAIIMYw2oNb?"},
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
      {"hf _YFc6No,jTghev1 7ENMR?gS9rrH7OASosaW9", "YFc6No,jTghev1 7ENMR?gS9rrH7OASosaW9"},
      {"dop_v1_dadc1f8a#@1c@ba56883eb595b8a279454b54322a2Sdcbbbbbfce261b49827bcb", "dadc1f8a#@1c@ba56883eb595b8a279454b54322a2Sdcbbbbbfce261b49827bcb"},
      {"dopvl75b3cOddbc02bf77acceb/0908ea60aldbaa26e92784F92f368aa323e03dflea", "75b3cOddbc02bf77acceb/0908ea60aldbaa26e92784F92f368aa323e03dflea"},
      {"glpat-ckqibwOFxzBndq06dcth", "ckqibwOFxzBndq06dcth"},
      {"[hvs. fNDHRW_PbOSPCQ]-jGWYSSZL]", "fNDHRW_PbOSPCQ]-jGWYSSZL"},
      {"ey/XEoxLewU2BBI78VOK2nzUeLEowj47.eyJINIMKNONd1XRxaxzk7Yx2YkaaUvyEd.JrI181cMdFdt3swWsUwg4dkVV", "XEoxLewU2BBI78VOK2nzUeLEowj47.eyJINIMKNONd1XRxaxzk7Yx2YkaaUvyEd.JrI181cMdFdt3swWsUwg4dkVV"},
  };
  for (const Read& read : kReads) check_covered(read);
  for (const char* line : {"they/them and key/value pairs of 17 letters or more", "sk_live_ is a prefix", "#define  GLUT_WINDOW_STENCIL_SIZE           0x0069", "see hvs.md and the other files"}) check_free(line);
}

TEST_CASE("a bot's number is covered with its token") {
  check_covered({"bot334526027 : AALVFBAj3H9MKTBQXS5L85DZ01-UMRTJL51K", "334526027 : AALVFBAj3H9MKTBQXS5L85DZ01-UMRTJL51K"});
  check_covered({"bot59?779685?: AAvd2i FBFVYORZOVR?OF CNL ?mSpi RngAl X@F", "59?779685?: AAvd2i FBFVYORZOVR?OF CNL ?mSpi RngAl X@F"});
  check_covered({"bot@28647444:AAMNEIW-mz3-pxXy5pl448tcBTTqeo2yqt-a", "@28647444:AAMNEIW-mz3-pxXy5pl448tcBTTqeo2yqt-a"});
}

TEST_CASE("random base64 goes on behind a letter that was read as a mark") {
  for (const Read& read : {Read{"Ls20abGfnuLhtkNkL1UFhelz201UKs?vwd1GUIQDUBhT=", "Ls20abGfnuLhtkNkL1UFhelz201UKs?vwd1GUIQDUBhT="},
                           Read{"BxGLzeNfnoABOx]1+kLMEFFosxblIiFR4DcNxhq1+]fu=", "BxGLzeNfnoABOx]1+kLMEFFosxblIiFR4DcNxhq1+]fu="},
                           Read{"xdMgscP6jtgCus6wtLFhS3ewo)]HOWkNauQSpomFhUtXny=", "xdMgscP6jtgCus6wtLFhS3ewo)]HOWkNauQSpomFhUtXny="},
                           Read{"sfLuhG6K9+v5uKOS2LDIFdQJU6EyvOgB89//DOD6Itn9=", "sfLuhG6K9+v5uKOS2LDIFdQJU6EyvOgB89//DOD6Itn9="},
                           Read{"ZaCOpFPkImMTMpPBBYyrhYkx/8970A7|J5/fllInOROpEw=", "ZaCOpFPkImMTMpPBBYyrhYkx/8970A7|J5/fllInOROpEw="},
                           Read{"GfIJocp5@W1sNvtHYRgCd1Zbft004xj qFaSUWsUReXLQ=", "GfIJocp5@W1sNvtHYRgCd1Zbft004xj qFaSUWsUReXLQ="},
                           Read{"CXa0/ jzxRyqn6h+zsDO2sdVntVTiqlHK@fFdEYel8/sw=", "jzxRyqn6h+zsDO2sdVntVTiqlHK@fFdEYel8/sw="},
                           Read{"cSkScrFi4pppDg/EtpRbGstUvSx2+P1+593wSV@jhm6H=", "cSkScrFi4pppDg/EtpRbGstUvSx2+P1+593wSV@jhm6H="},
                           Read{"CuQokLOOdhIKIJULLKJUAHXRZQVLIFHKJ pUG37ImUxDK1=", "CuQokLOOdhIKIJULLKJUAHXRZQVLIFHKJ pUG37ImUxDK1="},
                           // Most of its small letters and digits were read as capitals.
                           Read{"1+Z1XIQQINEENS6NUR7PM+/VCZbgIJEVN24AtSNFXXCWCH", "1+Z1XIQQINEENS6NUR7PM+/VCZbgIJEVN24AtSNFXXCWCH"},
                           Read{"QUdEINPK2VSmFHyYj9GTSKAMGIY/ZEOFQSBEBSENSYSR=", "QUdEINPK2VSmFHyYj9GTSKAMGIY/ZEOFQSBEBSENSYSR="},
                           Read{"LZW75U9iNVLVQdaNLyVuZfxxxWX@ObQovSn+x339xZxy=", "LZW75U9iNVLVQdaNLyVuZfxxxWX@ObQovSn+x339xZxy="}}) {
    check_covered(read);
  }
  check_free("const auto x = items[index].name(first)[second] ? left(a)[b] : right(c)[d];");
  check_free("XKBCOMMONKEYMAPFORMATTEXTV1ANDUSEORIGINALFORMAT2Go");
}

TEST_CASE("user and password are covered though the slashes before them were lost") {
  for (const Read& read : {Read{"mongodb+srv-//app:644kNSU-tLFXUE@cluster0.example.net/shop", "644kNSU-tLFXUE"},
                           Read{"repository = https:#deploy:Py4j#qdWeINmxX@git.example.org/shop.git", "Py4j#qdWeINmxX"},
                           Read{"DATABASE_URL=postgresapp:653#9n6Nu05xXFe@db1:5432/shop", "653#9n6Nu05xXFe"},
                           Read{"redis: // :7R]Xm\u00a5LisjOknaTLyGEI cache\u2019 :6379/0", "7R]Xm"},
                           Read{"redis://:3L3hiu@P2ghs9n9xyCOvecachel : 6379/0", "3L3hiu@P2ghs9n9xyCOvecachel"},
                           Read{"repository = https://deploy:5 m9wM-rWAkjz@git.example.org/shop.git", "5 m9wM-rWAkjz"},
                           Read{"mongodb+srv:app:nS9?yVTZM SrL @cluster0.example.netishop", "nS9?yVTZM SrL"},
                           Read{"db1. example .org:5432:shop apps Bf7x370*dK", "Bf7x370*dK"}}) {
    check_covered(read);
  }
  for (const char* line : {"image: registry.example.org/shop/api:1.25.3-alpine@sha256:0011", "git clone git@git.example.org:shop/api.git", "scp app:notes.txt@backup", "listening on http://:8080/ and http://:9090/Metrics2",
                           "redis 7.2: the machine of alice@Db1", "mysql: Access denied for user 'app'@'db1'", "smtp: relay=mail.example.org[10.0.0.5]:25, to=<Alice2@example.org>"}) check_free(line);
}

TEST_CASE("fields of a password file may be parted by what a colon was read as") {
  check_covered({"db1.example.org:5432; shop: app: 953_X%spqsUvt", "953_X%spqsUvt"});
  check_covered({"db1.example.org:5432:shop:app:do7V*C7 HObVg", "do7V*C7 HObVg"});
  check_covered({"db1.example.org:5432: shop: app: JnSNK-cKILxSa", "JnSNK-cKILxSa"});
  check_free("src/main.cpp:1234: error: in: that-one-there");
}

TEST_CASE("a line of shadow is known by its fields, whatever became of its scheme, and hidden from the first of them on") {
  const std::string hash = "WqsxL2nB4kTOpYyR$SwvOXTMerSKxrXJLbFLLbrmEXSk3zudFeSbrBma24BUG7aaYMhMGVKoSg8JKhrOLEY2TAMWZdLtWLXjtO4B7tr";
  for (const char* scheme : {"$6$", "$o$", "$6S", "56S", "86$", "S$", ""}) {
    const std::string field = scheme + hash, line = "root:" + field + ":19700:0:99999:7:::";
    const auto findings = default_detectors().find(screen_of({line}));
    INFO(line << " -> " << described(findings));
    CHECK(std::any_of(findings.begin(), findings.end(), [](const Finding& finding) { return finding.rule == "file.crypt_hash" && finding.first == 5 && finding.to_line_end; }));
    CHECK(std::none_of(findings.begin(), findings.end(), [](const Finding& finding) { return finding.rule == "pem.body"; }));
  }
  check_free("root:x:0:0:System Administrator of the Main Office,Room2:/root:/bin/bash");
  check_free("daemon:*:19700:0:99999:7:::");
}

TEST_CASE("an element within a password's is its value, whatever that begins with") {
  for (const Read& read : {Read{"<AdministratorPassword><Value>fNOu+3]xS7</ Value></AdministratorPassword>", "fNOu+3]xS7"},
                           Read{"<AdministratorPassword><VaLue>$19XC-L8ke</Value></AdministratorPassword>", "$19XC-L8ke"},
                           Read{"<AdministratorPassword><Value>#k2Mx9wPq</Value></AdministratorPassword>", "#k2Mx9wPq"}}) {
    check_covered(read);
    const auto findings = default_detectors().find(screen_of({read.line}));
    CHECK(std::any_of(findings.begin(), findings.end(), [](const Finding& finding) { return finding.rule == "label.password" && finding.first == 23; }));
  }
  check_free("-Pw-t--f-- 1 root root 4907? 2024-06-07 10:31 semices.cont");
  check_free("password: <your own one>, as in the mail");
}

TEST_CASE("base64 begins at its first piece, whatever slashes part it") {
  check_covered({"Yc8M3b2D0qEaof.J/uSQ8KIBfmtH6mkKQsvyAm4nsQgpu=", "Yc8M3b2D0qEaof.J/uSQ8KIBfmtH6mkKQsvyAm4nsQgpu="});
  const std::string path = "/usr/share/keys/uSQ8KIBfmtH6mkKQsvyAm4ns";
  for (const Finding& finding : default_detectors().find(screen_of({path}))) {
    INFO(finding.rule << finding.first);
    CHECK(finding.first >= 16);
  }
}

TEST_CASE("commands are known by names that were misread, and a quote may be read twice") {
  for (const Read& read : {Read{"mysq|I -u root -pJJ7d%aMExx shop", "JJ7d%aMExx"}, Read{"het user alice 7j2T6*LASSm /add", "7j2T6*LASSm"},
                           Read{"rrysql -u root -peCOQ_pyymBhyyt shop", "eCOQ_pyymBhyyt"},
                           Read{"sshpass --p TU@gIjw?@ ssh root@db1", "TU@gIjw?@"},
                           Read{"curl -u adminj69it+bWwdgWe hittps://git.example.org/api", "j69it+bWwdgWe"},
                           Read{"ConvertTo- SecurcString \"3B9TS?6MlW\" -AsPlainText -Force", "3B9TS?6MlW"},
                           Read{"ConvertTo-SecureString \"\"ow61!fE8fg\" -AsPlainText -Force", "ow61!fE8fg"}}) {
    check_covered(read);
  }
  check_free("curl -u svc2backup https://git.example.org/api");
  check_free("curl -u administrator https://git.example.org/api");
  check_free("curl -u deployment20240607 https://git.example.org/api");
}

TEST_CASE("what stands before the end of a password's tag is covered, however the tag's beginning was read") {
  check_covered({"spassword>u22CD5G#hw</password>", "u22CD5G#hw"});
  check_covered({"Spassword>3MLwDy* bs/password>", "3MLwDy* b"});
  check_covered({"sAdministratorPassword><ValuesUN7BiXOTlwxdnr </Values</AdministratorPassword>", "UN7BiXOTlwxdnr"});
  check_covered({"sAdministratorPassword> <Value>ny9ZPTAYINKYs/Value> </AdministratorPassword>", "ny9ZPTAYINKY"});
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
  check_covered({"(BAN: GES] 3278 G7a9 dasa 4417 a5]", "GES] 3278 G7a9 dasa 4417 a5]"});
  check_covered({"BAN: GES3 71349 9888 7944 3217 48", "GES3 71349 9888 7944 3217 48"});
  for (const char* line : {"URBAN: 1920 1931 and 1950 to 1960", "BAN: 4 seen 17 gone 9", "TURBAN 1920 1931 1950 1960 1970"}) check_free(line);
}

TEST_CASE("an assignment's value with a character that was read as an @ is no address, and begins behind the name") {
  const std::string line = "Protocol=https ;AccountName=shop ; AccountKey=LdpXCJ3Q0ryGe@P1u1JpRP51Ii2Vq7VFXRY8pQmL1E78t240W1/GvFo==";
  const std::size_t value = line.find("LdpX");
  const auto findings = default_detectors().find(screen_of({line}));
  INFO(described(findings));
  CHECK(covered(findings, 0, value, line.size()));
  for (const Finding& finding : findings) CHECK(finding.first >= value);
}

TEST_CASE("a public key is harmless where the blanks around its body were lost") {
  for (const char* line : {"ssh-ed25519AAAAC3NzaC1lZDI1NTE5AAAAIDkFNEtIrjlBDGUc9UzuDO07MdZu4zbf5ehqkOnoHAVA admin@srv01",
                           "ssh-ed25519AAAAC3NzaC1lZDI1NTE5AAAAIDkFNEtIrjlBDGUc9UzuDO07MdZu4zbf5ehqkOnoHAVAadmin@srv01"})
    check_free(line);
}

TEST_CASE("a digest is harmless with a one read as two letters near its beginning") {
  check_free("ETag: \"1Lb4dc3lale11fb3fc99001ec84a65dbt\"");
  check_covered({"DATABRICKS: dapi1b4dc31a1e11fb3fc99001ec84a65dbf", "1b4dc31a1e11fb3fc99001ec84a65dbf"});
}

TEST_CASE("a bearer's token begins behind the scheme, whether or not the blank between them was lost") {
  for (const char* line : {"Authorization: Bearer 0pvluM7JVXEYfBDSRICXBoh6gTXHChMHy68w5QZI", "Authorization: Bearer0pvluM7JVXEYfBDSRICXBoh6gTXHChMHy68w5QZI"}) {
    const auto findings = default_detectors().find(screen_of({line}));
    INFO(line << " -> " << described(findings));
    const std::size_t token = std::string_view(line).find("0pvl");
    CHECK(covered(findings, 0, token, std::string_view(line).size()));
    for (const Finding& finding : findings) {
      if (finding.rule == "label.authorization") CHECK(finding.first + 1 >= token);
    }
  }
}

TEST_CASE("a quote that was read as a trade mark is a quote") {
  const TextLine line = line_of(U"\u201Cpassword\u2122: \u201Ca33Av-Nz7H\",");
  const auto findings = default_detectors().find(std::vector{line});
  INFO(described(findings));
  CHECK(covered(findings, 0, 13, 23));
}

TEST_CASE("a Y that was read as a yen sign is a letter") {
  TextLine line = line_of(U"github_pat_LsC2KxmmTvV\u00A5xbaeEaiOWS7_s6AMYp1Okx\u00A5PQVKISpNEOVKSXSrZ2413tGZ9d1P7d");
  const auto findings = default_detectors().find(std::vector{line});
  INFO(described(findings));
  CHECK(covered(findings, 0, 11, line.characters.size()));
}

TEST_CASE("a token is known by what is left of its prefix, and by its length") {
  check_covered({"glpat-3kAUzDGFIU_WkpMcnDc", "3kAUzDGFIU_WkpMcnDc"});  // two letters read as one
  check_covered({"AKIRJMSWMSPYLXPDPRJ4", "JMSWMSPYLXPDPRJ4"});
  const Read kReads[] = {
      {"Blpat-zHpuUkOvZ2govhYCODOxLS", "zHpuUkOvZ2govhYCODOxLS"},
      {"Bipat-29EdhFUo-DzNszit2zr_", "29EdhFUo-DzNszit2zr_"},
      {"glpat-GC1u79Hm-*xSQStq8zPhb", "GC1u79Hm-*xSQStq8zPhb"},
      {"ARIAZIFVSSXS2C)54TPI", "ZIFVSSXS2C)54TPI"},
      {"dop v1 246ddd6be6c6d055e98c486cbh6e2a3c745609aee78befe623508f20d72e8941f", "246ddd6be6c6d055e98c486cbh6e2a3c745609aee78befe623508f20d72e8941f"},
      {"dop_vl1_dc586e46f5daa306fb1lbbc22ff4efd3078cbdc7Fd05d21dbebd878d00F419c15", "dc586e46f5daa306fb1lbbc22ff4efd3078cbdc7Fd05d21dbebd878d00F419c15"},
      {"dckr pat wvx mdii-hiAVi98KpL-OheD17i", "wvx mdii-hiAVi98KpL-OheD17i"},
      {"dapifaded2ad68fbbsheasdch90b3951a860", "faded2ad68fbbsheasdch90b3951a860"},
      {"dap 1549adecatf 8bcdedadac25balaas2ad72", "549adecatf 8bcdedadac25balaas2ad72"},
      {"AGE - SECRET - KEY - WRODZBNQSPWEZT2SWABREPTHL2HJ 7KUWWNY4XJ5M7E04QTOJIFJIFBHDVBQ", "WRODZBNQSPWEZT2SWABREPTHL2HJ 7KUWWNY4XJ5M7E04QTOJIFJIFBHDVBQ"},
      {"AGE-SECRET-KEY-10ECLBKO7_LUMX3XRKCKVFUNYNHLEHBGSF4P72EGE7NTGPIMK3YUXGYS2P3V", "0ECLBKO7_LUMX3XRKCKVFUNYNHLEHBGSF4P72EGE7NTGPIMK3YUXGYS2P3V"},
      {"8G.rqE24BmMRebibotntqreny.2c29sEgPdfyjjolkqatfjiztxcu4kbsSferfqRgEqlkK_", "rqE24BmMRebibotntqreny.2c29sEgPdfyjjolkqatfjiztxcu4kbsSferfqRgEqlkK_"},
      {"npm_bmAKOic9GF] vb] 23GwZaqjYniEin?bbjNSCqw]", "bmAKOic9GF] vb] 23GwZaqjYniEin?bbjNSCqw]"},
      {"sk_live_oQVsQ4ujzWCV_LIhb6FNFNB2J", "oQVsQ4ujzWCV_LIhb6FNFNB2J"},
      {"GOCSPX-D4H9Rb drSfnRRWo/7BdoxeM5-M2k", "D4H9Rb drSfnRRWo/7BdoxeM5-M2k"},
      {"bot335823872: AALfAX_s4TLhrJzFN_3vyYaodj/aSu5r9-u", "335823872: AALfAX_s4TLhrJzFN_3vyYaodj/aSu5r9-u"},
  };
  for (const Read& read : kReads) check_covered(read);
}

TEST_CASE("what was torn off a random run is covered with it, however its beginning was read") {
  const Read kReads[] = {
      {"3G. ECmaAg9Z1Wf8D_uJbkGrOb . gRo69y0aO5Aj i1xAPCm6j_KlezL4q&_EyYXkI81yAoM", "ECmaAg9Z1Wf8D_uJbkGrOb . gRo69y0aO5Aj i1xAPCm6j_KlezL4q&_EyYXkI81yAoM"},
      {"35G.IDedH31sVj9RI_TiovrFG3.sgdQZNmW2S8P-S7Az-?vazjeDjjOu_hta4Jsubscwgk", "IDedH31sVj9RI_TiovrFG3.sgdQZNmW2S8P-S7Az-?vazjeDjjOu_hta4Jsubscwgk"},
      {"56. gyDSQRbhskUwve9IASB1yoc.. Ichfqu9 tbHqESTbuYcGJudINBinnm38DsUXtR1 9c jkK", "gyDSQRbhskUwve9IASB1yoc.. Ichfqu9 tbHqESTbuYcGJudINBinnm38DsUXtR1 9c jkK"},
      {"hyvs flgqqyFt?5f0Soj12-3KNXGxq", "flgqqyFt?5f0Soj12-3KNXGxq"},
      {"AIzamJlXUh40wZBwOR8jMIMCd1cevXL2sgG-gU-", "mJlXUh40wZBwOR8jMIMCd1cevXL2sgG-gU-"},
      {"F2PsFdPFLxun/YTbE&HS1 orf /nvsCiStwfRrkVY70P4=", "F2PsFdPFLxun/YTbE&HS1 orf /nvsCiStwfRrkVY70P4="},
      {"YbgatsyKmXYZmHV8IkCWOnyOLraCxSWJLIs9ut}kg9QE=", "YbgatsyKmXYZmHV8IkCWOnyOLraCxSWJLIs9ut}kg9QE="},
      {"zViJTF?nk8byNSyk36l22xEge!qduSfMr2xWREGnCclO=", "zViJTF?nk8byNSyk36l22xEge!qduSfMr2xWREGnCclO="},
  };
  for (const Read& read : kReads) check_covered(read);
  for (const char* line : {"Microsoft-Windows-Server-10.0.19041.1288-AMD64-Client.Language.Pack", "see RFC2616-Section14.9.HTML5_and_later"}) check_free(line);
}

TEST_CASE("a password before a host's name is covered, whatever its marks and the colon before it were read as") {
  const Read kReads[] = {
      {"mongodb+srv://app:ES/7Sj8F?z8d0K@cLuster0.example.net/shop", "ES/7Sj8F?z8d0K"},
      {"DATABASE_URL=postgres://app: qC8w7/1w?2GkZSW@db1:5432/shop", "qC8w7/1w?2GkZSW"},
      {"DATABASE_URL=postgres!//app !x113En%jf8DGtZ@db1 :!5432/shop", "x113En%jf8DGtZ"},
      {"DATABASEURL=postgres://app:Js0?6/7swIB@db1:5432/shop", "Js0?6/7swIB"},
      {"redis:// ciqnNiy7dmbxQCHzmCFBWqGcachel :6379/0", "ciqnNiy7dmbxQCHzmCFBWqGcachel"},
      {"redis-xk8? U1 ?vejdsS231XsDH@cachel:6379/0", "xk8? U1 ?vejdsS231XsDH"},
      {"redis v//;uh4davQxXDpuolqngi3etx@cachel:6379/0", "uh4davQxXDpuolqngi3etx"},
      {"db1.example.org:5432:shopapp:Sv8kd*7wnd", "Sv8kd*7wnd"},
      {"Password forapp@db1.example.org: eQ0qq%sMgl2", "eQ0qq%sMgl2"},
      {"PGPASSYVORD=E57spll?YY psql -hdb1 shop", "E57spll?YY"},
      {"mysql -u root-pEn1D-6jDK7QSw shop", "En1D-6jDK7QSw"},
      {"mysql-u root-puSSCH-SRjbshop", "uSSCH-SRjbshop"},
      {"sshpass-p o31a-lwPdMYEhby ssh root@db1", "o31a-lwPdMYEhby"},
      {"curl -uU admin: vU3dR+9Tskg https: //git.example.org/api", "vU3dR+9Tskg"},
      {"DATABASE_URL=postgres: // app :eC8?qgCZmhLIGGdb1 :5432/ shop", "eC8?qgCZmhLIGGdb1"},
      {"db1 . example .org:5432: shop: app: gt IGfwHuszXxfwl", "gt IGfwHuszXxfwl"},
  };
  for (const Read& read : kReads) check_covered(read);
  check_covered({"mongodb+srv:ffapp:V00RpN-GT0fcLuster0.example.net/shop", "V00RpN-GT0fcLuster0.example.net"});
  for (const char* line : {"mongodb:shop: Connected2 to Db1.example.net", "redis:cache:db1.example.net/0", "main.c:1234: note: In: member Function", "src / lib.cpp:1234: shop: app: a Bad word", "postgres://db1.Example.org:5432/Shop2", "http://[fe80::1]:8080/A1","http://host1.Example.org:8080/a?b=c@d", "mail John.Smith2@example.org", "git clone https://github.com/Org/Repo2.git"}) check_free(line);
}

TEST_CASE("a card or an account is known by its groups, one of them misread") {
  for (const Read& read : {Read{"4781 9138 4575 dada", "4781 9138 4575 dada"}, Read{"47354 6277 7467 6642", "47354 6277 7467 6642"}, Read{"(BAN: GES8 5186 6917 4673 7374 46]", "GES8 5186 6917 4673 7374 46"},
                          Read{"(BAN: BESS 3389 2636 4626 4134 83", "BESS 3389 2636 4626 4134 83"}})
    check_covered(read);
  for (const char* line : {"-rw-r--r-- 1 root root 37567 2024-06-07 10:31 services.conf", "LINE 5186 6917 4673 73745 of a dump"}) check_free(line);
}

TEST_CASE("a digest stays one though letters, marks or the space before it are misread") {
  for (const char* line :
       {"\xA5" "6542f572d41a49e6921e033bca608e0fefb8600292e6197a8dcb1d6978236eFf", "sha266:97Sa2e4e\xA2" "e76f6bGaedes317chdfddad72d6f1762220443dddhd3e71abech3o4+",
        "Hhada2a2F7d27729b76Fec821c\xE9" "6csdF5a77958F945ceF6shb8eeede8eo7525b6c84", "commit @52e1fh?2deS6a737d8c4951decIeaSddea303a8",
        "commit a@f'aad?7d7bec\xA5" "f4613fb642d007fdded2?eeB75", "image: registry.example.org/shop/api@sha256|de@f128dd46703ebf252e92cTf?ca925e737Ff2673Tdf3a87be8d8430c3dcacec3", "commitdf8fb8930d07534dd0246356d7d975c18d6028ac", "ETag: \"f3808c99786fObfadb2fy4yeicbesd52\"",
        "SHA2Z56 : /QRmJ4M1pzxqB0 l62v9W7AC j Ir-XXmSCppnOuSLNFUVvy admin@srv@1 (ED25519)", "ssh-ed25519 ARAAC3SNzaC112D]INTESARAAIh/iJIWhp4CNp4PKLnBlmz37exFmf9cA2jD@qrmg/JSu admin@srval",
        "url(data:image/png;base64, kH1vPbS80IcQGxKUSXQR2@kOGvV5FTxOGWmVeq66DEzd9v8JgNE3HBKPUiFZU"})
    check_free(line);
}

TEST_CASE("a vendor's prefix that is torn belongs to its token") {
  for (const Read& read : {Read{"dck r_pat_r00Ka61B076THSAXZf3ZmIHKohz", "dck r_pat_r00Ka61B076THSAXZf3ZmIHKohz"}, Read{"hvs .D2FM_DfmRP70ypm_aRzqY-Nb", "hvs .D2FM_DfmRP70ypm_aRzqY-Nb"}})
    check_covered(read);
}

TEST_CASE("a label is one though a mark was read into it, a letter twice or not at all, its `t` as an `l`, or the spaces behind it were lost") {
  for (const Read& read : {Read{"Passworrd: Oz6e50P?bX2wf3", "Oz6e50P?bX2wf3"}, Read{"restore --hostdb1 --passworrd Uo7t6ly!eyu", "Uo7t6ly!eyu"},
                          Read{"Passwordforapp@db1.exmple.org: RQ9*jmTF4fc", "RQ9*jmTF4fc"}, Read{"Enter passphraseforkey: RQ9*jmTF4fc", "RQ9*jmTF4fc"},
                          Read{"mchine git.example.org login deploy pasword ox8p8o?or", "ox8p8o?or"}, Read{"ConvetTo-SecureSting \"rv7E8!eBt5\" -AsPlainText -Force", "rv7E8!eBt5"},
                          Read{"restore--hostdb1--password E62oJ*hOPe", "E62oJ*hOPe"}, Read{"ConvertTa-SecureString \"SAS%dzeLZpQHT\" -AsPlainText -Force", "SAS%dzeLZpQHT"},
                          Read{"DB_PA&SSWORD=KJ3m ! JpwERSoNZ", "KJ3m ! JpwERSoNZ"}, Read{"X-Apiloken: 832222534ab9cd557fa227e2095a9b478a3c7ea5", "832222534ab9cd557fa227e2095a9b478a3c7ea5"}})
    check_covered(read);
  for (const char* line : {"passwordforgotten: no", "if not check_password(user, form.password. data):", "ifnotcheck_passworrd(user. form.passworrd.data):",
                           "iF not check_password(user, Form.password.data):", "token_count=2299 max_tokens=4096 password_poicy=strict", "token_count=9041 max_tokens=4096 password_polcy=strict"}) check_free(line);
}

TEST_CASE("the scheme of an authorization is no part of its secret, whichever rule finds it") {
  for (const char* line : {"Authorization: Bearer POrsWEUMOmfftlVfzDboztqMOnTvydLILa2GZFpW", "Authorization: Basic aNA4Qz78BWlZticja6CdfFvJlkY76uV3="}) {
    const auto findings = default_detectors().find(screen_of({line}));
    INFO(line << " -> " << described(findings));
    CHECK_FALSE(covered(findings, 0, 15, 16));
    CHECK(covered(findings, 0, 22, std::string_view(line).size()));
  }
  check_covered({"Authorization: POrsWEUMOmfftlVfzDboztqMOnTv", "POrsWEUMOmfftlVfzDboztqMOnTv"});
}

TEST_CASE("what a German prompt asks for is covered though its `für` was read without a model of German") {
  for (const char* word : {"für", "fur", "fir", "fiir", "far"}) {
    const std::string line = std::string("Kennwort ") + word + " Jorg Schafer: Rhabarber-Kuchen4";
    check_covered({line.c_str(), "Rhabarber-Kuchen4"});
  }
  for (const char* line : {"Password fear: none", "Passwords differ", "Password file not found"}) check_free(line);
}
