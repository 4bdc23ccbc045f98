#!/usr/bin/env python3
"""capture_texts.py a|b FOLDER: what the programs of capture.sh show. Both twins have the same lines, with other secrets of the same
lengths in the same places."""
import html
import json
import os
import random
import string
import sys

ALPHANUMERIC = string.ascii_letters + string.digits
LINES = [
    "admin@srv01:~/shop$ env | sort",
    "AWS_SECRET_ACCESS_KEY={40}",
    "EDITOR=vi",
    "GITHUB_TOKEN=ghp_{36}",
    "LANG=C.UTF-8",
    "admin@srv01:~/shop$ cat .env",
    "APP_PORT=8080",
    "DB_PASSWORD={14}",
    "LOG_LEVEL=debug",
    "SMTP_PASSWORD={12}",
    "admin@srv01:~/shop$ cat deploy.conf",
    "branch = main",
    "repository = https://deploy:{16}@git.example.org/shop.git",
    "workers = 4",
    "admin@srv01:~/shop$ connect-db",
    "Password for app@db1.example.org: {13}",
    "connected to shop (12 tables, 48210 rows)",
    "09:14:36 DEBUG shop.client  Authorization: Bearer {40}",
    "09:14:38 INFO  shop.http    GET /api/orders 200 12 ms",
    "09:15:34 WARN  shop.mail    login failed user=mailer password={16}",
    "-----BEGIN PRIVATE KEY-----",
    "{64}",
    "{64}",
    "{40}==",
    "-----END PRIVATE KEY-----",
    "Server=db1;Database=shop;User Id=app;Password={15};Encrypt=true",
    "sk_live_{24}",
]


def main():
    twin, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    chance = random.Random(twin)

    def fill(line):
        while "{" in line:
            before, rest = line.split("{", 1)
            count, after = rest.split("}", 1)
            line = before + "".join(chance.choice(ALPHANUMERIC) for _ in range(int(count))) + after
        return line

    lines = [fill(line) for line in LINES]
    values = {name: fill("{13}") for name in ("password", "api_key", "smtp", "row1", "row2", "row3")}

    def write(name, text):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    write("lines.txt", "\n".join(lines) + "\n")
    write("secrets.json", json.dumps(values))
    write("page.html", f"""<!doctype html><meta charset=utf-8><title>shop settings</title>
<style>body {{ font: 15px 'Liberation Sans'; margin: 30px }} input {{ font: 15px Carlito; width: 300px; margin: 4px 0 12px }}
pre {{ font: 13px 'Liberation Mono'; background: #f4f4f4; padding: 10px }} td, th {{ padding: 4px 22px; text-align: left; border: 1px solid #ccc }} table {{ table-layout: fixed; width: 600px }}</style>
<h2>Mail</h2><label>Host</label><br><input value="smtp.example.org"><br><label>Password</label><br><input value="{values['smtp']}"><br>
<label>API key: </label><input value="{values['api_key']}">
<table><tr><th>user</th><th>password</th><th>last seen</th></tr>
<tr><td>anna</td><td>{values['row1']}</td><td>2024-06-01</td></tr><tr><td>bert</td><td>{values['row2']}</td><td>2024-06-02</td></tr>
<tr><td>carla</td><td>{values['row3']}</td><td>2024-06-03</td></tr></table>
<pre>{html.escape(chr(10).join(lines))}</pre>
""")


main()
