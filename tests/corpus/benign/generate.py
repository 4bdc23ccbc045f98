#!/usr/bin/env python3
"""Writes hard.txt and ordinary.txt: what administrators see all day and what is no secret, however random it looks.

Hard is made of digests, identifiers, keys that are public and code that handles passwords; ordinary is what screens are
full of. Always the same: tests/corpus/benign/generate.py && git diff --exit-code tests/corpus/benign
"""
import base64
import pathlib
import random

rng = random.Random(20251125)
here = pathlib.Path(__file__).parent
HEX = "0123456789abcdef"
ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
POD = "bcdfghjklmnpqrstvwxz2456789"


def draw(alphabet, count):
    return "".join(rng.choice(alphabet) for _ in range(count))


def uuid():
    h = draw(HEX, 32)
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


def b64(count):
    return base64.b64encode(rng.randbytes(count)).decode()


def mac(sep=":"):
    return sep.join(draw(HEX, 2) for _ in range(6))


def clock():
    return f"{rng.randrange(24):02}:{rng.randrange(60):02}:{rng.randrange(60):02}"


WORDS = ("the server answers requests from clients and writes each of them into its log before it closes connection "
         "update package removes old files when service starts again after network was lost users report slow pages "
         "table index query returned rows in few milliseconds because cache holds results of last minute").split()
APPS = "web api auth-proxy billing frontend ingress-nginx coredns metrics-server cert-manager redis-cart".split()
USERS = "root alice bob www-data postgres systemd-timesync messagebus".split()


def hard():
    yield from (f"commit {draw(HEX, 40)}" for _ in range(30))
    yield from (f"{draw(HEX, 7)} {' '.join(rng.sample(WORDS, 6))}" for _ in range(30))
    yield from (f"Merge: {draw(HEX, 7)} {draw(HEX, 7)}" for _ in range(5))
    yield from (f"index {draw(HEX, 8)}..{draw(HEX, 8)} 100644" for _ in range(10))
    yield from (f"{draw(HEX, 64)}  {rng.choice(WORDS)}-{rng.randrange(9)}.tar.gz" for _ in range(20))
    yield from (f"{draw(HEX, 32)}  ./usr/share/doc/{rng.choice(WORDS)}/copyright" for _ in range(20))
    yield from (f"sha256:{draw(HEX, 64)}" for _ in range(15))
    yield from (f"    \"integrity\": \"sha512-{b64(64)}\"," for _ in range(15))
    yield from (f"{rng.choice(['id', 'trace', 'request', 'correlation'])}: {uuid()}" for _ in range(40))
    yield from (f"[{clock()}] request {uuid()} finished in {rng.randrange(900)} ms" for _ in range(20))
    yield from (f"UUID={uuid()} /{rng.choice(['', 'home', 'boot', 'srv'])} ext4 errors=remount-ro 0 1" for _ in range(10))
    yield from (f"{rng.choice(APPS)}-{draw(POD, 9)}-{draw(POD, 5)}   1/1   Running   {rng.randrange(9)}   {rng.randrange(90)}d" for _ in range(50))
    yield from (f"{draw(HEX, 12)}   {rng.choice(APPS)}:1.{rng.randrange(30)}   \"/docker-entrypoint.sh\"   {rng.randrange(2, 59)} minutes ago   Up" for _ in range(20))
    yield from (f"    ether {mac()}  txqueuelen 1000  (Ethernet)" for _ in range(15))
    yield from (f"? (10.0.{rng.randrange(255)}.{rng.randrange(255)}) at {mac()} [ether] on eth0" for _ in range(15))
    yield from (f"   Physical Address. . . . . . . . . : {mac('-').upper()}" for _ in range(10))
    yield from (f"    inet6 fe80::{draw(HEX, 4)}:{draw(HEX, 2)}ff:fe{draw(HEX, 2)}:{draw(HEX, 4)}/64 scope link" for _ in range(10))
    yield from (f"<img src=\"data:image/png;base64,{b64(60)}\"/>" for _ in range(15))
    yield from (f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA{b64(33)} {rng.choice(USERS)}@host" for _ in range(10))
    yield from (f"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAB{b64(48)} {rng.choice(USERS)}" for _ in range(10))
    yield from (f"256 SHA256:{b64(32)[:43]} {rng.choice(USERS)}@host (ED25519)" for _ in range(15))
    yield from (f"{draw(HEX, 2)}:" + ":".join(draw(HEX, 2) for _ in range(14)) + ":" for _ in range(20))
    yield from (f"ETag: \"{draw(HEX, 13)}-{draw(HEX, 4)}\"" for _ in range(10))
    yield from (f"HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\CLSID\\{{{uuid().upper()}}}" for _ in range(20))
    yield from (f"    (Default)    REG_SZ    {{{uuid().upper()}}}" for _ in range(10))
    yield from (f"Device\\HarddiskVolume{rng.randrange(9)}  S-1-5-21-{rng.randrange(10**9, 4 * 10**9)}-{rng.randrange(10**9)}-{rng.randrange(10**9)}-500" for _ in range(10))
    yield from (f"[{rng.randrange(9999):5}.{rng.randrange(10**6):06}] BIOS-e820: [mem 0x{draw(HEX, 16)}-0x{draw(HEX, 16)}] usable" for _ in range(15))
    yield from (f"#{n}  0x{draw(HEX, 16)} in __libc_start_main () from /lib/x86_64-linux-gnu/libc.so.6" for n in range(10))
    yield from (f"{draw(HEX, 8)}  " + " ".join(draw(HEX, 2) for _ in range(16)) for _ in range(20))
    yield from (f"arn:aws:iam::{rng.randrange(10**11, 10**12)}:role/{rng.choice(APPS)}" for _ in range(10))
    yield from (f"i-0{draw(HEX, 16)}  t3.medium  eu-central-1{rng.choice('abc')}  running" for _ in range(10))
    yield from (f"h1:{b64(32)}" for _ in range(10))
    yield from (f"github.com/{rng.choice(WORDS)}/{rng.choice(WORDS)} v1.{rng.randrange(30)}.{rng.randrange(9)} h1:{b64(32)}" for _ in range(10))
    yield from (f"eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu {n}" for n in (1500, 9000))
    yield from """password = getpass.getpass("Password: ")
password = getpass()
pw = os.environ["DB_PASSWORD"]
password: ${DB_PASSWORD}
token = request.headers.get("Authorization")
if (password == null || password.isEmpty()) {
def check_password(self, password, hashed):
    raise ValueError("password must not be empty")
    self.password = password
        password=self.password,
    parser.add_argument("--password", help="read from the terminal when left out")
char *password = getenv("PGPASSWORD");
int getpass_r(const char *prompt, char *buffer, size_t size);
#define MAX_PASSWORD_LENGTH 128
public string Password { get; set; }
const token = await getToken();
SecretKeyFactory factory = SecretKeyFactory.getInstance("PBKDF2");
secretKeyRef:
    secretName: db-credentials
  tokenReviewerJWT: null
password_hash = hash_password(password)
PasswordAuthentication no
PermitEmptyPasswords no
Enter new UNIX password or press Ctrl-D
Your password will expire in 7 days.
The password was changed on Monday.
net user alice /active:no
mysql -u root -p shop
docker login --password-stdin registry.example.com
curl -s https://api.example.com/v1/tokens
openssl x509 -in server.crt -noout -text
ssh-keygen -t ed25519 -C alice@example.com
kubectl get secrets --all-namespaces
vault token lookup
sudo passwd alice
-----BEGIN CERTIFICATE-----
-----END CERTIFICATE-----
-----BEGIN PUBLIC KEY-----
-----END PUBLIC KEY-----
api_key is read from the keyring
Access tokens are rotated every 90 days
default-token   kubernetes.io/service-account-token   3      41d""".split("\n")


def ordinary():
    yield from (" ".join(rng.choice(WORDS) for _ in range(rng.randrange(6, 15))).capitalize() + "." for _ in range(400))
    yield from (f"Nov {rng.randrange(1, 29):2} {clock()} db1 systemd[1]: Started {rng.choice(WORDS).capitalize()} {rng.choice(WORDS)} service." for _ in range(200))
    yield from (f"Nov {rng.randrange(1, 29):2} {clock()} db1 sshd[{rng.randrange(300, 32000)}]: Accepted publickey for {rng.choice(USERS)} from 10.0.{rng.randrange(255)}.{rng.randrange(255)} port {rng.randrange(1024, 65000)} ssh2" for _ in range(100))
    yield from (f"-rw-r--r--  1 {rng.choice(USERS)} {rng.choice(USERS)} {rng.randrange(10**7):8} Nov {rng.randrange(1, 29):2} {clock()[:5]} {rng.choice(WORDS)}.{rng.choice(['txt', 'log', 'conf', 'py', 'h'])}" for _ in range(200))
    yield from (f"{rng.choice(USERS):12}{rng.randrange(99999):7} {rng.randrange(99)}.{rng.randrange(9)}  0.{rng.randrange(9)} {rng.randrange(999999):7} {rng.randrange(99999):6} ?  Ss   {clock()[:5]}   0:{rng.randrange(60):02} /usr/sbin/{rng.choice(WORDS)}d -D" for _ in range(200))
    yield from (f"{rng.choice(APPS):20} ClusterIP   10.96.{rng.randrange(255)}.{rng.randrange(255)}   <none>   {rng.choice([80, 443, 8080])}/TCP   {rng.randrange(90)}d" for _ in range(60))
    yield from (f"{rng.randrange(9999):7} {rng.randrange(99):6} {rng.randrange(99999):9} {rng.randrange(99999):9} {rng.randrange(99)}.{rng.randrange(99):02}  {rng.randrange(9999):6}   1 {rng.choice(WORDS)}" for _ in range(100))
    yield from (f"Running  {rng.choice(WORDS).capitalize():18} {rng.choice(WORDS).capitalize()} {rng.choice(WORDS)} service" for _ in range(100))
    yield from (f"| {n:4} | {rng.choice(WORDS):12} | {rng.choice(USERS):10} | 2024-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02} | {rng.randrange(10**5) / 100:9.2f} |" for n in range(150))
    yield from (f"{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(256)} - - [25/Nov/2025:{clock()} +0100] \"GET /{rng.choice(WORDS)}/{rng.choice(WORDS)}?page={rng.randrange(99)} HTTP/1.1\" 200 {rng.randrange(99999)}" for _ in range(150))
    yield from (f"    {rng.choice(['int', 'char *', 'size_t', 'bool'])} {rng.choice(WORDS)}_{rng.choice(WORDS)}({rng.choice(['void', 'int fd', 'const char *name'])});" for _ in range(120))
    yield from (f"    {rng.choice(WORDS)} = self.{rng.choice(WORDS)}({rng.choice(WORDS)}, {rng.randrange(99)})" for _ in range(120))
    yield from (f"ii  lib{rng.choice(WORDS)}{rng.randrange(9)}:amd64   {rng.randrange(9)}.{rng.randrange(30)}.{rng.randrange(9)}-{rng.randrange(9)}   amd64   {' '.join(rng.sample(WORDS, 4))}" for _ in range(150))
    yield "ii  passwd                     1:4.13+dfsg1-1   amd64   change and administer password and group data"
    yield from (f"ii  perl-{rng.choice(WORDS):20} 5.36.0-7+deb12u2   amd64   {' '.join(rng.sample(WORDS, 4))}" for _ in range(30))
    yield "nsswitch.conf   passwd   profile   protocols"
    yield from (f"{rng.choice(WORDS)}.conf   {rng.choice(WORDS)}   {rng.choice(WORDS)}   rc{rng.randrange(7)}.d" for _ in range(20))
    yield from (f"lrwxrwxrwx 1 root root {rng.randrange(40, 80)} May 12 2026 {word.upper()}.7.gz -> /usr/share/postgresql/15/man/man7/{word.upper()}.7.gz" for word in WORDS[:30])
    yield from (f"Get:{n} http://mirror.example.org/debian bookworm/main amd64 {rng.choice(WORDS)} amd64 1.{n} [{rng.randrange(999)} kB]" for n in range(1, 80))
    yield from (f"/dev/sd{rng.choice('abc')}{n}   ext4   {rng.randrange(99)}G   {rng.randrange(99)}G   {rng.randrange(99)}G   {rng.randrange(100)}%   /srv/{rng.choice(WORDS)}" for n in range(1, 30))
    yield from (f"PS C:\\Users\\alice> Get-{rng.choice(['Service', 'Process', 'ChildItem', 'EventLog'])} -Name {rng.choice(WORDS)}" for _ in range(60))
    yield from (f"alice@db1:~$ {rng.choice(['ls -l', 'cat', 'less', 'grep -r', 'tail -f', 'vim'])} {rng.choice(['/etc', '/var/log', './src'])}/{rng.choice(WORDS)}" for _ in range(120))


for name, lines in (("hard.txt", hard()), ("ordinary.txt", ordinary())):
    (here / name).write_text("".join(line + "\n" for line in lines))
