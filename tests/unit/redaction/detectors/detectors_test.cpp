#include "redaction/detectors/detectors.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <ctime>
#include <set>

#include "tests/unit/redaction/detectors/screen_of_text.h"

using namespace frostgate;
using namespace frostgate::redaction;

namespace {

// What stands between the guillemets-like marks {{ and }} has to be covered by a finding of the rule.
struct Positive {
  const char* rule;
  const char* text;
};

const Positive kPositives[] = {
    // password labels, clean
    {"label.password", "Password: {{hunter2}}"},
    {"label.password", "DB_PASSWORD={{s3cr3tpw}}"},
    {"label.password", "  \"password\": {{\"Tr0ub4dor&3\"}},"},
    {"label.password", "password = \"{{correct horse}}\""},
    {"label.password", "<password>{{Winter2024!}}</password>"},
    {"label.password", "pg_restore --password {{Xk29fLq}} -d app"},
    {"label.password", "[sudo] password for alice: {{hunter2}}"},
    {"label.password", "Server=db;User Id=sa;Password={{P@ssw0rd1}};Encrypt=yes"},
    {"label.password", "Server=db;Uid=sa;Pwd={{P@ssw0rd1}};"},
    {"label.password", "xfreerdp /v:host /u:bob /password:{{Summer1}}"},
    {"label.password", "Passwort: {{geheim12}}"},
    {"label.password", "Kennwort : {{geheim12}}"},
    {"label.password", "Mot de passe : {{soleil12}}"},
    {"label.password", "Contrase\xf1" "a: {{verano12}}"},
    {"label.password", "DefaultPassword    REG_SZ    {{Autologon1}}"},
    {"label.password", "cpassword=\"{{j1Uyj3Vx8TY9LtLZil2uAuZkFQA}}\""},
    {"label.password", "config['password'] = '{{x9Lq}}'"},
    {"label.password", "password: str = \"{{hunter2}}\""},
    {"label.password", "<property name=\"password\" value=\"{{hunter2}}\"/>"},
    {"label.password", "os.getenv(\"DB_PASSWORD\", \"x\") # Password: {{q}}"},
    // password labels, misread
    {"label.password", "Passw0rd: {{hunter2}}"},
    {"label.password", "Pa55word; {{hunter2}}"},
    {"label.password", "Pass word: {{hunter2}}"},
    {"label.password", "Passvvord: {{hunter2}}"},
    {"label.password", "Passwcrd: {{hunter2}}"},
    {"label.password", "ADMlN_PWD={{abc12}}"},
    {"label.password", "PWD={{hunter2}}"},
    {"label.password", "DB_PWD={{/tmp/fresh}}"},
    {"label.password", "password. {{hunter2}}"},
    {"label.secret", "client_secret: {{aGVsbG8}}"},
    {"label.secret", "AWS_SECRET_ACCESS_KEY={{wJalrXUtnFEMI/K7MDENG}}"},
    {"label.secret", "Geheimnis: {{abc}}"},
    {"label.secret", "c1ient_5ecret: {{aGVsbG8}}"},
    {"label.secret", "sec ret = {{aGVsbG8}}"},
    {"label.key", "api_key: {{12ab34}}"},
    {"label.key", "X-Api-Key: {{12ab34}}"},
    {"label.key", "AccountKey={{Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsu==}}"},
    {"label.key", "apl-key: {{12ab34}}"},
    {"label.key", "AP1_KEY={{12ab34}}"},
    {"label.token", "Token: {{12ab34}}"},
    {"label.token", "GET /cb?access_token={{12ab34}}"},
    {"label.token", "Jeton : {{12ab34}}"},
    {"label.token", "T0ken: {{12ab34}}"},
    {"label.token", "t oken: {{12ab34}}"},
    {"label.pin", "PIN: {{4711}}"},
    {"label.pin", "CVV: {{123}}"},
    {"label.pin", "Code PIN : {{4711}}"},
    {"label.pin", "P1N: {{4711}}"},
    {"label.pin", "PlN: {{4711}}"},
    {"label.authorization", "Authorization: Bearer {{abc}}"},
    {"label.authorization", "Auth0rization: Basic {{YWxhZGRpbjpvcGVu}}"},
    // tokens
    {"token.aws_access_key", "id AKIA{{IOSFODNN7EXAMPLE}} ok"},
    {"token.aws_access_key", "AK1A{{I0SFODNN7EXAMPLE}}"},
    {"token.aws_access_key", "AKIA{{IOSF ODNN7EXAMPLE}}"},
    {"token.aws_access_key", "AKTA{{MY2ILXFZLPR2F3R3}}"},
    {"token.aws_access_key", "AKTIA{{VITL44DTASDGALP4}}"},
    {"token.aws_access_key", "AKIA{{K4YERH/UT5WO5YCY}}"},
    {"token.digitalocean", "dop_vl_{{ec59e727bd7/991e1b1c21080f155b9eeac8417f43d6ed8285ddcd40ac7924?6c}}"},
    {"entropy.run", "{{v5twci@H7Le3fkzE/GMLgO39gNdHxIReTt3fpdg8FVs/=}}"},
    {"token.github_token", "ghp_{{16C7e42F292c6912E7710c838347Ae178B4a}}"},
    {"token.github_token", "9hp_{{16C7e42F292c6912E7710c838347Ae178B4a}}"},
    {"token.github_token", "ghp {{16C7e42F292c6912E7710c838347Ae178B4a}}"},
    {"token.github_token", "github_pat_{{11ABCDE0Y0abcdefghij_klmnopqrstuvwxyz0123456789ABCDEF}}"},
    {"token.gitlab", "glpat-{{xYz12AbC34dEf56GhI78}}"},
    {"token.gitlab", "g1pat-{{xYz12AbC34dEf56GhI78}}"},
    {"token.slack", "xoxb-{{123456789012-1234567890123-AbCdEfGhIjKlMnOp}}"},
    {"token.stripe", "sk_live_{{4eC39HqLyjWDarjtT1zdp7dc}}"},
    {"token.stripe", "sk_1ive_{{4eC39HqLyjWDarjtT1zdp7dc}}"},
    {"token.google_api_key", "AIza{{SyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe}}"},
    {"token.openai", "sk-{{T3BlbkFJ4a8s9d7f6g5h4j3k2l1q0w9e8r7t6y5u}}"},
    {"token.anthropic", "sk-ant-{{api03-R2D2c3po4eVaRobocop-abcdefgh1234567890ABCDEF}}"},
    {"token.npm", "npm_{{aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX2}}"},
    {"token.pypi", "pypi-{{AgEIcHlwaS5vcmcCJDU3NTM4ZGQ5LTg1ZTQtNDM5YS1hZDVkLTMxN2I}}"},
    {"token.sendgrid", "SG.{{ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf09kqeF8tAmbihYzrnopKc1s5cr}}"},
    {"token.twilio", "SK{{0123456789abcdef0123456789abcdef}}"},
    {"token.digitalocean", "dop_v1_{{0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef}}"},
    {"token.vault", "hvs.{{CAESIJ2m9Xk4Lq7Rt8Yw3ZpAaBbCc}}"},
    {"token.mailgun", "key-{{3ax6xnjp29jd6fds4gc373sgvjxteol0}}"},
    {"token.shopify", "shpat_{{0123456789abcdef0123456789abcdef}}"},
    {"token.docker", "dckr_pat_{{aB1cD2eF3gH4iJ5kL6mN7oP8qR9}}"},
    {"token.databricks", "dapi{{0123456789abcdef0123456789abcdef}}"},
    {"token.grafana", "glsa_{{aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV_1a2b3c4d}}"},
    {"token.new_relic", "NRAK-{{AB1CD2EF3GH4IJ5KL6MN7OP8QR9}}"},
    {"token.linear", "lin_api_{{aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX2yZ3a}}"},
    {"token.jwt", "eyJ{{hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N}}"},
    {"token.jwt", "eyJ{{hbGciOi JIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N}}"},
    {"token.telegram_bot", "TELEGRAM 123456789:{{AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawq}}"},
    {"token.telegram_bot", "https://api.telegram.org/bot123456789:{{AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawq}}/getMe"},
    // URLs and files
    {"url.user_info", "postgres.//app.{{s3cret}}@db.example.com/app"},
    {"url.user_info", "postgres: //app:{{s3c ret}}@db.example.com/app"},
    {"url.user_info", "postgres://app:{{s3cret}}@db.example.com/app"},
    {"url.user_info", "postgres://app:{{yp32?Qb3JBk}}@db1:5432/shop"},
    {"url.user_info", "git clone https://bob:{{ghx92}}@example.com/r.git"},
    {"url.user_info", "amqp;//app:{{s3cret}}@mq"},
    {"url.user_info", "redis://:{{p4ssw0rd}}@cache:6379/0"},
    {"url.user_info", "mysql://root:{{s3cr3tpw0db/app}}"},
    {"file.pgpass", "db.example.com:5432:app:appuser:{{s3cret}}"},
    // as Tesseract reads them off a screen
    {"file.pgpass", "db1.example.org:5432: shop: app: {{CSOMMh*Wiun}}"},
    {"file.pgpass", "db1.exampLle.org:5432: shop: app: {{On7hE! IbYO9W74}}"},
    {"file.crypt_hash", "roof:{{$6$Wq8xL2nB4kTOpYvR$ipqiu97LuCKQW6CHLcJhUXL9YLBUZ020qJ9ZOGQMWHeELr: 19700:0:99999:7:::}}"},
    {"label.password", "Contrasefia: {{Nt7ztXI EwNoD}}"},
    {"token.age", "AGE - SECRET - KEY - I{{M40Y6BL2J ZMQDKVYHNGQAFEYRP3LICDJWSQLMDMTNPBYNSFSTSPNXNT7EM}}"},
    {"token.huggingface", "hf_{{hLElSt7gXYsOwOpY fgj ZWVKBSRbbhRG53J}}"},
    {"token.github_token", "github_pat{_{{xdpuy6wfUKJYRUr8Tadiib_8xi3gfmjeszesMVjINaDExC{qM5YqEdjdwnVxGlHuieUrtqMkutVIBu5x6J}}"},
    {"token.pypi", "pypt-{{AgEIcHlwaS5vcmcFCoku3U_qUp5hLBSKkjqEX72Q9uJDtA2_5axKz_KZB3hE6Fbka}}"},
    {"entropy.run", "jkl_{{CoKu3U7AgEIcHlwaS5vcmc_qUp5hLBSKkjqEX72Q9uJ_KZB3hE6Fbka}}"},
    {"file.netrc", "machine api.example.com login bob password {{hunter2}}"},
    {"file.crypt_hash", "root:{{$6$saltsalt$abcdefghijklmnop0123456789}}:19000:0:99999:7:::"},
    {"file.crypt_hash", "root:{{S6Ssaltsalt$abcdefghijklmnop0123456789}}:19000:0:99999:7:::"},
    // commands
    {"command.net_user", "C:\\> net user alice {{S3cret!}} /add"},
    {"command.net_user", "net user a1ice {{S3cret!}}"},
    {"command.secure_string", "ConvertTo-SecureString \"{{S3cret!}}\" -AsPlainText -Force"},
    {"command.mysql", "mysql -u root -p{{hunter2}} app"},
    {"command.sshpass", "sshpass -p {{hunter2}} ssh bob@host"},
    {"command.curl", "curl -u bob:{{hunter2}} https://example.com"},
    {"command.curl", "curl -u admin: {{uO3f%FTn9V5}} https: //git.example.org/api"},
    {"command.curl", "curl -u admin :{{uO3f%FTn9V5}} https://git.example.org/api"},
    {"command.curl", "cur1 -s -u bob:{{hunter2}} https://example.com"},
    {"command.bearer", "-H 'x: Bearer {{abcdefgh12345678ijkl}}'"},
    {"command.sql_password", "CREATE USER bob IDENTIFIED BY '{{hunter2}}';"},
    {"command.plink", "plink.exe -ssh bob@host -pw {{hunter2}}"},
    {"command.redis", "redis-cli -h cache -a {{hunter2}} ping"},
    // a prefix's letter taken for one that is like it, or read as two
    {"token.docker", "dekr_pat_{{QgOhJk_KSnSgi8xERuMxySQAFNc}}"},
    {"token.docker", "dcekr_pat_{{FPNqi1ACiS52_vTN jWLSh@GdAZL}}"},
    {"token.docker", "dekr_pat_{{ctGd_wxU4w94 jn jJ fY1mU9KI9CI}}"},
    {"token.vault", "hys. {{TlyFrItxhhE6YNpqus2e0T-U}}"},
    {"token.vault", "hyvs .{{2Q0YSA-N4gKs6RVICRSz7e03Y}}"},
    {"token.gitlab", "alpat-{{ZleLOWdbcz5svi44aqxi}}"},
    {"token.google_api_key", "AlIza{{tC-ex55h2yz_eYrN_AOjdd4yx0KPgnGEhua}}"},
    {"token.pypi", "pyupi-{{AgEIcHlwaSSveme_-XD@tEiy-1y3fN401 q6E2qu61B3vC9 fuC2nWeeTwgPz_hidh-}}"},
    {"token.digitalocean", "dop_v1l_{{e81ccb55122f f8afb5e8117b59df9db5304333274842f73f83c55e786a5a447}}"},
    // digits of a token misread as letters that no digest has, and letters as marks
    {"token.shopify", "shpat_{{5512897hac7eeescc7\xe9" "faceac2819528}}"},
    {"token.shopify", "shpat_{{70776b63312460e099T30329236ab5TF2}}"},
    {"token.digitalocean", "dop_v1_{{4d0d1d4a13a9d1496317c8b70380057?cfcSIB8bE7eebd7B498Tb7dBdbced9184}}"},
    {"token.github_token", "ghp_{{EGZORKyqkKm)4fGee8Bo9SfU3UAqw 5SLHqu0iQ}}"},
    {"token.github_token", "ghp_{{tJA2a2'ogzhSE/?bPdNvfpxYkRIToBahV9AYl}}"},
    {"token.docker", "dckr_pat_{{CxtSSKSm_MDjB583uejwJ6kyq--}}"},
    {"token.jwt", "eyJ{{DRCJqbqETVBjw7VXYLxG2UkREeAM56.eyJPIOCBhjURTW2RJhhOavZ9EpW6n2)77Lp5rlUWuPRUOR2dZhzKdmawKO6TRC8.QrNE_ROt17MwSJfDcyGConf}}"},
    {"token.github_token", "github_pat_{{ZO4X45E14GtQSmC31KkTsK_uL4vYYcNfeSdztURInspuZeEqy14CeALUXESO0IGG4iCR8jyiLumDSafFuW?Y}}"},
    {"token.telegram_bot", "bot334526027 : {{AALVFBAj 3H9MKTBQXS5L85DZ01-UMRTJL51K}}"},
    {"token.telegram_bot", "bot070136115:{{AA7P90511soAK_astGlztoNpE_ hOtsFsJ3l}}"},
    {"token.telegram_bot", "bot@38420607 : {{AAP9WOKEn_LK3FRjc5ux6@dbCscR1x80_5J}}"},
    // the @ lost in a letter, a `?` in the password
    {"url.user_info", "repository = https: //deploy:{{SvoanbHtvkgG}}git.example.org/shop.git"},
    {"url.user_info", "repository = https: //depLoy:{{CwO#HhY\xe9GfXJG}}git.example.org/shop.git"},
    {"url.user_info", "DATABASE_URL=postgres: //app :{{325?6DQYz}}@db11 : 5432/shop"},
    // labels
    {"label.password", "passud = {{MglyqNI%2}}"},
    {"label.password", "\"nassword\": {{\"3L2M*DwOI\"}},"},
    {"label.password", "\"pnassword\": {{\"hc0+fS2SW\"}},"},
    {"label.password", "Contraseftia: {{YL9meCyIdLT71}}"},
    // numbers
    {"number.card", "card {{4111 1111 1111 1111}} exp 12/27"},
    {"number.card", "{{5500-0000-0000-0004}}"},
    {"number.card", "{{378282246310005}}"},
    {"number.card", "{{4lll 1111 111I 1111}}"},
    {"number.card", "{{4111 1111 1171 l111}}"},
    {"number.iban", "IBAN {{DE89 3704 0044 0532 0130 00}}"},
    {"number.iban", "{{GB29NWBK60161331926819}}"},
    {"number.iban", "{{FR14 2004 1010 0505 0001 3M02 606}}"},
    {"number.iban", "{{DE89 37O4 0044 0532 0130 00}}"},
    {"number.iban", "(BAN: {{GEIS BA72 6689 889d 6726 12}}"},
    // entropy
    {"entropy.run", "value {{aB3xK9mQ2pL7vN4tR8wZ}} end"},
    {"entropy.run", "wJalrXUtnFEMI {{K7MDENGbPxRfiCYEXAMPLEKEYab3Xq9Lm}}"},
    {"entropy.password", "set to {{xK9#mP2$vL5@nQ8!}}"},
    {"pem.body", "{{MIIEpAIBAAKCAQEA7bq8K2v9Xw3JzT5RmYpLkQ1aUeHsNcFgBdViOxW4}}"},
};

const char* const kBenign[] = {
    // as Tesseract reads them off a screen
    "-pw-r--r-- 1 root root 76439 2024-06-07 10:31 services.conf",
    "-pw-P--P-- 1 root root 22797 2024-06-07 10:31 services.conf",
    "token_count=0046 max_tokens=4096 password_poLlicy=strict",
    "password = getpass.getpass{ prompt)",
    "commit 6c0T766d763510959c3de0265b28b8 f fe5502832",
    "commit da8b45ea39acOd1lc6eb1lbc9e/74c6b560a3417180",
    "[961f73625c55b62261355a13d4 f96cafbc38954c6fT78147f9ea35Fc1c9082c77",
    "image: registry.example.org/shop/api@sha256 : 812261fe5f9455f9F48TO8TT547057T33c832c091d7bd98faafb2cO6fb2ce24F",
    "44f22c8f65a0484cd330T3f46d5F43e54c666939Tdacc6057bb53d6146a1e974 debian-12.5.0-amd64.iso",
    "SHA2Z56 : odAONE2PTWIBF dHuVVvZW2MEgnvdG7UA8M1qpeeAx19 admin@srv@1 (ED25519)",
    "SHA256 < FSPLSALIbDX2HeENGOSNKOMrr2ALbcU+O+5LLKUmIVnyA admin@srvO1 (E025519)",
    "ssh-ed25919 AARACSNZzaC112DIINTESARAAIDOYR2TRPTpuLVulSfuxcI8lYq+N1l1VIfZOpxX8Bezk9B admin@srv01",
    "ssh-ed25519 AdAACSNZaC1 LZDILNTESASAAT Gv ImhEQUSmDt LFCtHdW2BfXLENYRADR/pUoJgXFuSHl admin@srvol",
    "url Cdata: image/png; base64, wkz+0sibtnNEUzuz07+dmnPZK+220KfJZHoWdn27u/Ighy+RzsfUrzDr+0Tl",
    "url(dataimage/png; base64, 7RENZdXOP2wpVL1fZRKwadhKclEV7Bd3s6sUPKtXVfupZjAwnQpntP2wu36s",
    "url (data: image/png; base64|TiGYRpxixF+QJgvRWbjBaG4wUdw2Py6INSWPIIRChA+NQTLdx30ybtLB8q8a",
    "url (data: image/png ; base64|p+ZhIKmzw2EnDaJBnfIh7kAl4ywkTqrhhpqxFLXm BGdHjAwHu3SKbcKUHnhpy",
    "url(data: image/png; base6},z1shjffUbhn6MnjyLIWXxe8Q02PdvCZdUEr2xmaN6iH+yXkDVHiTteV6rya2",
    "SHA256: fWs5D2z///KuFx9gZGVWt1YeOdUVurFK/ycz50urg3j]Admin@srv@1 (ED25519)",
    "SHA25B:rTAgpgTbqrTFUAVRTSpgviiLOM7ws56/BDLEZAGASFSXJadmin@srv01 (ED25519)",
    "main.c:1204: warning: unused: variable",
    "10.0.0.1:8080: upstream: timed: out",
    "PWD=/srv/shop/current", "PWD= /tmp/fresh", "PWD=ltmp/fresh", "PwD=/tmp/frostgate-demo.BcnUMU/app1", "PWD=7tmp/frostgate-demo.x4Rt9a/app1", "PWD =/tmp/fresh", "OLDPWD=/tmp/fresh", "declare -x PWD=\"/tmp/fresh\"", "-----END PRIVATE KEY-----",
    "commit 4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "4b825dc fix the build of the detectors",
    "commit 0455152857ebefe4d31d270ab17f66413d4cd157",
    "commit e3f5095d8766970f585b4100dc517bae68b2b945",
    "http://support.microsoft.com/support/kb/articles/Q120/2/53.asp",
    "Merge: 20ab990 b1e65d1",
    "550e8400-e29b-41d4-a716-446655440000",
    "request 550e8400-e29b-41d4-a716-446655440000 done in 12 ms",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  empty.txt",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "CONTAINER ID   IMAGE     COMMAND   CREATED   STATUS",
    "f3a1b2c4d5e6   nginx     \"nginx\"   2 days ago   Up 2 days",
    "web-7d4b9c6f5d-x2x9z   1/1   Running   0   3d",
    "coredns-5d78c9869d-7kq2m   1/1   Running   2   41d",
    "ether 00:1a:2b:3c:4d:5e  txqueuelen 1000  (Ethernet)",
    "inet 192.168.178.24  netmask 255.255.255.0  broadcast 192.168.178.255",
    "inet6 fe80::21a:2bff:fe3c:4d5e  prefixlen 64",
    "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
    "<img src=\"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4\">",
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7vbqajDhA9XwJzT5RmYpLkQ1aUeHs bob@host",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
    "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8 bob@host (ED25519)",
    "\"integrity\": \"sha512-vQ2zS0v4XbFQ8aKX3Y6s1mT9pLr7eWd5NfGhJkUiOoPpAaSsDdFfGg==\"",
    "password = getpass()",
    "password = getpass.getpass(\"Password for the database\")",
    "password = os.environ[\"DB_PASSWORD\"]",
    "os.environ[\"DB_PASSWORD\"]",
    "token = request.headers.get(\"token\")",
    "password=password,",
    "token = self.token",
    "def login(user, password):",
    "if not password:",
    "if password == confirm_password:",
    "docker login --password-stdin registry.example.com",
    "mysqldump --password-file /etc/backup.pw app",
    "Enter your password to continue",
    "password policy updated",
    "Your password will expire in 14 days",
    "The password must contain at least 12 characters.",
    "Forgot password?",
    "passwd: password updated successfully",
    "Changing password for the other users is not allowed",
    "Authentication failure. Wrong password.",
    "PasswordAuthentication no",
    "password_file: /etc/app/credentials",
    "max_tokens: 4096",
    "Total tokens: 18231",
    "SyntaxError: unexpected token: '}'",
    "imagePullSecrets:",
    "secretName: db-credentials",
    "token_type: bearer",
    "secretary: Jane Doe",
    "tokenizer: standard",
    "Passport: required for travel",
    "password: null,",
    "password: string;",
    "export PASSWORD=$DB_PASSWORD",
    "password: ${DB_PASSWORD}",
    "usage: tool --password PASSWORD",
    "the --password option is ignored",
    "<input type=\"password\" name=\"pw\">",
    "</password>",
    "2024-03-18 12:30:45.123 INFO  server started on port 8080",
    "2024-03-18T12:30:45Z [info] GET /api/v1/users/42 200 13ms",
    "http://localhost:8080/index.html",
    "https://github.com/frostgate/frostgate/pull/1234",
    "git clone ssh://git@github.com/frostgate/frostgate.git",
    "redis://cache.internal:6379/0",
    "https://medium.com/@someone/a-story",
    "http://localhost:8080/@vite/client",
    "https://www.example.org or write to bob@example.com",
    "see https://docs.example.org/a?mail=bob@example.com",
    "x = 4;  // alice.w@example.com wrote this",
    "password-protected archives are not searched",
    "Password incorrect",
    "Token expired",
    "token-based sessions",
    "default-token-x2x9z   kubernetes.io/service-account-token   3      41d",
    "passwords.txt",
    "password.txt",
    "DB_PASSWORD is not set",
    "session token refreshed for alice",
    "/usr/lib/x86_64-linux-gnu/libQt5Core.so.5.15.8",
    "/run/user/1000/gnome-session-leader-fifo",
    "C:\\Windows\\System32\\drivers\\etc\\hosts",
    "drwxr-xr-x  2 root root 4096 Nov 23 22:26 redaction",
    "-rw-r--r-- 1 alice users 1048576 Mar 18 2024 backup.tar.gz",
    "libssl-dev/stable 3.0.11-1~deb12u2 amd64 [upgradable]",
    "ii  linux-image-6.1.0-18-amd64  6.1.76-1  amd64",
    "nginx version: nginx/1.22.1",
    "Python 3.11.2 (main, Mar 13 2023, 12:18:29) [GCC 12.2.0] on linux",
    "PID USER PR NI VIRT RES SHR S %CPU %MEM TIME+ COMMAND",
    "12345 root 20 0 1234567 123456 12345 S 3.3 1.2 0:12.34 Xorg",
    "getUserByIdAndNameOrNull(userId, name)",
    "org.springframework.boot.autoconfigure.web.servlet",
    "const std::vector<std::string>& kLongestContinuation",
    "TypeError: Cannot read properties of undefined (reading 'map')",
    "1700000000000 1700000000123 1700000001234",
    "Order number 123456789012, invoice 2024-000123",
    "Tel. +49 89 1234 5678 90",
    "scikit-learn==1.2.1 sk-learn is the old name",
    "key-value stores and key-management are different things",
    "The sl. no. of the device is on its back",
    "npm install --save-dev @types/node@18.11.9",
    "SK hynix 512GB NVMe",
    "pypi-mirror is up to date",
    "hys. is not a word and dekr_pattern neither",
    "bot12345678: aa is what the bot of the room says to anybody who asks for it",
    "alpat-linux-gnu-thing-of-no-meaning is no target",
    "shpat_this_is_only_the_name_of_a_function_in_shop",
    "rubygems_repository_of_the_team_holds_all_the_gems_we_use",
    "http://localhost:8080?next=/Shop/Orders.Html",
    "http://localhost:8080?mail=bob@example.com",
    "http://proxy:PORT/path and http://db:port/",
    "usage: tool http://host:portnumber.of.the.server/",
    "glpat-(see the manual) and glpat-prefix'd tokens",
    "passing = 12, passive = no, passed = 40",
    "kubectl get pv = list the volumes",
    "net user",
    "net user /domain",
    "net user alice /delete",
    "mysql -u root -p app",
    "curl -s https://example.com/api",
    "root:x:0:0:root:/root:/bin/bash",
    "daemon:*:19000:0:99999:7:::",
    "Tests pass, all 42 of them",
    "00000000-0000-0000-0000-000000000000",
    "W/\"5f3-18d2c4b7a90\"",
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit",
    "-----BEGIN CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----",
};

struct Marked {
  std::string text;
  std::size_t first = 0;
  std::size_t end = 0;
};

Marked unmark(std::string text) {
  Marked marked;
  marked.first = text.find("{{");
  text.erase(marked.first, 2);
  marked.end = text.rfind("}}");
  text.erase(marked.end, 2);
  marked.text = std::move(text);
  return marked;
}

}  // namespace

TEST_CASE("each rule covers its secrets, read well or badly") {
  const Detectors detectors = default_detectors();
  for (const Positive& positive : kPositives) {
    const Marked marked = unmark(positive.text);
    const auto findings = detectors.find(screen_of({marked.text}));
    INFO(positive.text << " -> " << described(findings));
    CHECK(covered(findings, 0, marked.first, marked.end));
    CHECK(std::any_of(findings.begin(), findings.end(), [&](const Finding& f) { return f.rule == positive.rule; }));
  }
}

TEST_CASE("what only looks like a secret is left alone") {
  const Detectors detectors = default_detectors();
  REQUIRE(std::size(kBenign) >= 80);
  for (const char* text : kBenign) {
    const auto findings = detectors.find(screen_of({text}));
    INFO(text << " -> " << described(findings));
    CHECK(findings.empty());
  }
}

TEST_CASE("what is as long as a digest is none behind a name, in other letters or with a head of its own") {
  const Detectors detectors = default_detectors();
  for (const char* text : {"password=5d41402abc4b2a76b9719d911017c592", "api_key: 0f1e2d3c 4b5a69788796a5b4c3d2e1f0ff00aa11", "dop_v1_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                           "of SHA256: kR7pXw2NqZ5tYv9Bm3Lc", "ed25519 key AAsAA k8Jw2Lq9Zx4Rt7Vb1Nm6Pd3", "value TzX9hT7sQ2hGoT5lZ8thS4qB6OhT1sGt",
                           "-pw hunter2secret9 plink", "pw: -rwx9Kq2Lm-", "a 9f86d081 q8Rk2Lw7Zx5Vn3Tb6Yd1 is new"}) {
    const auto findings = detectors.find(screen_of({text}));
    INFO(text);
    CHECK_FALSE(findings.empty());
  }
}

TEST_CASE("every rule that is reported is a known one") {
  const Detectors detectors = default_detectors();
  const auto rules = detectors.rules();
  CHECK(std::set<std::string>(rules.begin(), rules.end()).size() == rules.size());
  for (const Positive& positive : kPositives) {
    INFO(positive.rule);
    CHECK(std::find(rules.begin(), rules.end(), positive.rule) != rules.end());
  }
}

TEST_CASE("a label with a separator covers from there to the line's end, before there is a value") {
  const auto findings = default_detectors().find(screen_of({"Password:"}));
  REQUIRE(findings.size() == 1);
  CHECK(findings[0] == Finding{"label.password", 0, 9, 9, true});
}

TEST_CASE("characters outside of ASCII keep their places") {
  const auto findings = default_detectors().find(std::vector{line_of(U"\u00fc \u2192 \u6f22\u5b57 \U0001F600 password: hunter2")});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0] == Finding{"label.password", 0, 18, 26, true});
}

TEST_CASE("a known secret is found misread, spaced and within other text") {
  Detectors detectors = default_detectors();
  detectors.add_known_secret(Secret::from_text("Sommer2024!xQ"));
  detectors.add_known_secret(Secret::from_text("blau"), "known.typed");
  for (const char* text : {"echo Sommer2024!xQ", "echo S0mmer2O24!xq", "echo Som mer2024lxQ", "echo Sornmer2024!xQ", "echo 5ommer2024!X"}) {
    INFO(text);
    const auto findings = detectors.find(screen_of({text}));
    CHECK(covered(findings, 0, 6, std::string_view(text).size() - 1));
  }
  const auto typed = detectors.find(screen_of({"das ist b1au hier"}));
  REQUIRE(typed.size() == 1);
  CHECK(typed[0] == Finding{"known.typed", 0, 8, 12, false});
  CHECK(detectors.find(screen_of({"an ordinary summer of 2024 it was"})).empty());
}

TEST_CASE("rules and families are switched on and off by name") {
  const std::vector<std::string> text = {"Password: hunter2", "id AKIAIOSFODNN7EXAMPLE ok"};
  DetectorSettings only_tokens;
  only_tokens.enabled = {"token"};
  for (const Finding& f : Detectors::make(only_tokens)->find(screen_of(text))) CHECK(f.line == 1);
  DetectorSettings no_aws;
  no_aws.disabled = {"token.aws_access_key", "entropy"};
  for (const Finding& f : Detectors::make(no_aws)->find(screen_of(text))) CHECK(f.line == 0);
  DetectorSettings wrong;
  wrong.disabled = {"token.awz"};
  CHECK(Detectors::make(wrong).error().kind == ErrorKind::invalid);
}

TEST_CASE("custom detectors cover their first group, in their context") {
  DetectorSettings settings;
  settings.custom = {{"badge", "EMP-(\\d{6})", ""}, {"room", "R\\d{3}", "vault"}};
  settings.extra_labels = {"Tresorcode"};
  const auto made = Detectors::make(settings);
  REQUIRE(made);
  const auto findings = made.value().find(screen_of({"EMP-123456 in R101", " vault R102", " Tresorcode: 99"}));
  INFO(described(findings));
  CHECK(covered(findings, 0, 4, 10));
  CHECK_FALSE(covered(findings, 0, 14, 18));
  CHECK(covered(findings, 1, 7, 11));
  CHECK(covered(findings, 2, 13, 15));
  settings.custom = {{"broken", "(", ""}};
  CHECK(Detectors::make(settings).error().message.find("broken") != std::string::npos);
}

TEST_CASE("a line of ninety characters is judged in a fifth of a millisecond") {
  const Detectors detectors = default_detectors();
  std::vector<std::string> rows;
  for (int i = 0; i < 60; ++i) {
    std::string row = kBenign[static_cast<std::size_t>(i) % std::size(kBenign)];
    while (row.size() < 90) row += " and so on";
    rows.push_back(row.substr(0, 90));
  }
  const auto screen = screen_of(rows);
  const std::clock_t start = std::clock();
  for (int i = 0; i < 5; ++i) (void)detectors.find(screen);
  const double each = 1000.0 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / (5 * 60);
  WARN("ms per line: " << each);
  CHECK(each < 5.0);  // far above the figure: sanitizers and a busy machine; the figure itself is printed
}
