#!/usr/bin/env python3
"""Makes the home directory of a demo target, full of fresh random credentials, and the list of these credentials.

usage: make_world.py HOME SECRETS.json

SECRETS.json is a list of {"name", "value", "public_prefix"}: what must not be readable in a film. The first characters,
as many as public_prefix says, may be (they name the kind of token, as AKIA or ghp_). The list is for leak_check.py and
for the script that types; nothing on the target's screen is made from it.
"""
import json
import os
import secrets
import string
import subprocess
import sys

ALPHANUMERIC = string.ascii_letters + string.digits
found = []


def secret(name, length, alphabet=ALPHANUMERIC, prefix=""):
    value = prefix + "".join(secrets.choice(alphabet) for _ in range(length))
    found.append({"name": name, "value": value, "public_prefix": len(prefix)})
    return value


def write(home, path, text, mode=0o644):
    path = os.path.join(home, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def log_lines():
    """A service's log: mostly harmless, with a bearer token, an API key and a password among it."""
    paths = ["/health", "/api/orders", "/api/items?page=2", "/static/app.css", "/api/cart", "/metrics"]
    lines = []
    for index in range(70):
        time = f"09:{14 + index // 30:02d}:{index * 2 % 60:02d}"
        path = paths[index % len(paths)]
        lines.append(f"{time} INFO  shop.http    GET {path} 200 {3 + index * 7 % 40} ms")
    token = secret("bearer token in the log", 40)
    api_key = secret("API key in the log", 32, "0123456789abcdef")
    password = secret("password in the log", 16)
    lines[18] = f"09:14:36 DEBUG shop.client  Authorization: Bearer {token}"
    lines[33] = f"09:15:06 DEBUG shop.payment api_key={api_key} amount=12.90"
    lines[47] = f"09:15:34 WARN  shop.mail    login failed user=mailer password={password}"
    return lines


def main():
    home, list_file = sys.argv[1:]
    typed = secret("password typed at a prompt", 14)
    aws_id = secret("AWS access key id in env", 16, string.ascii_uppercase + "234567", "AKIA")
    aws_key = secret("AWS secret access key in env", 40, ALPHANUMERIC + "/+")
    github = secret("GitHub token in env", 36, ALPHANUMERIC, "ghp_")
    database = secret("database password in .env", 18)
    signing = secret("signing secret in .env", 48, "0123456789abcdef")
    smtp = secret("SMTP password in .env", 12)
    url = secret("password in a URL", 16)

    write(home, ".session", f"""export AWS_ACCESS_KEY_ID={aws_id} AWS_SECRET_ACCESS_KEY={aws_key} GITHUB_TOKEN={github}
export EDITOR=vi SHOP_REGION=eu-central-1
""")
    write(home, "shop/.env", f"""APP_NAME=shop
APP_PORT=8080
DB_HOST=db1.example.org
DB_PASSWORD={database}
SIGNING_SECRET={signing}
SMTP_USER=mailer
SMTP_PASSWORD={smtp}
LOG_LEVEL=debug
""")
    write(home, "shop/deploy.conf", f"""branch = main
repository = https://deploy:{url}@git.example.org/shop/shop.git
workers = 4
""")
    key = subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
                         check=True, capture_output=True, text=True).stdout
    for number, line in enumerate(key.splitlines()[1:-1], 1):
        found.append({"name": f"private key, line {number}", "value": line, "public_prefix": 0})
    write(home, "shop/deploy_key.pem", key, 0o600)
    write(home, "shop/service.log", "\n".join(log_lines()) + "\n")

    write(home, "bin/connect-db", """#!/bin/bash
read -r -p "Password for app@db1.example.org: " password
printf %s "$password" >~/typed
echo "connected to shop (12 tables, 48210 rows)"
""", 0o755)
    write(home, "bin/follow", """#!/bin/bash
while IFS= read -r line; do
  echo "$line"
  sleep 0.14
done <"$1"
""", 0o755)
    with open(os.open(list_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(found, file, indent=1)


main()
