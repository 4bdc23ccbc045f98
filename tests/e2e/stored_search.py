#!/usr/bin/env python3
"""Searches all that is stored, also inside databases, for pieces of known secrets.

usage: stored_search.py SECRETS.json PLACE... [--but FILE...]

SECRETS.json: a list of {"name", "value", "public_prefix"}; the first public_prefix characters may be stored. A PLACE is a file or a folder.
A piece is 7 letters of a secret; it is looked for whatever its case, as UTF-8, UTF-16, base64 and hexadecimal digits. SQLite databases are
opened, and each value of each table is searched without its blanks, because a reader of screens may have put some into a word. What stands in a
FILE after --but tells nothing and is not looked for, nor is FILE: two private keys of one kind begin alike, so the gateway's own has pieces of any.
Exit code: 0 nothing was found, 1 something was found, 2 the search could not be made (a place is missing or has nothing in it).
"""
import base64
import json
import os
import re
import sqlite3
import sys

PIECE = 7
ALIGNED = 3  # base64 writes three bytes as four letters: what a piece looks like depends on where it begins


def pieces(secret):
    body = secret["value"][secret.get("public_prefix", 0):].casefold()
    size = min(PIECE, len(body))
    return {body[start:start + size] for start in range(len(body) - size + 1)}


def codes(secret):
    """What secret's pieces look like in a file that no one has to be asked to read: lower case but for base64, which tells by case."""
    plain = set()
    for piece in pieces(secret):
        plain |= {piece.encode(), piece.encode("utf-16-le")}
    body = secret["value"][secret.get("public_prefix", 0):].encode()
    plain |= {body[start:start + PIECE].hex().encode() for start in range(max(1, len(body) - PIECE + 1))}
    exact = set()
    if len(body) >= PIECE + ALIGNED:
        for start in range(len(body) - PIECE - ALIGNED + 1):
            whole = body[start:start + PIECE + ALIGNED]
            exact.add(base64.b64encode(whole[:len(whole) // ALIGNED * ALIGNED]))
    return plain, exact


def files(places):
    for place in places:
        if os.path.isfile(place):
            yield place
            continue
        found = [os.path.join(folder, name) for folder, _, names in os.walk(place) for name in names]
        if not found:
            cannot(f"{place}: there is nothing")
        yield from (path for path in found if os.path.isfile(path))  # no sockets


def database_values(path):
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    database.text_factory = bytes
    tables = [row[0].decode() for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        try:
            rows = database.execute('SELECT * FROM "%s"' % table.replace('"', '""'))
        except sqlite3.OperationalError as error:  # a module that this interpreter lacks; its shadow tables are searched
            print(f"   {path}: table {table} is not readable: {error}")
            continue
        for row in rows:
            for value in row:
                if isinstance(value, bytes):
                    yield table, b"".join(value.lower().split())


class Wanted:
    """One regular expression for all pieces; its matches say which secret."""

    def __init__(self, code_of):
        self.names = code_of
        self.expression = re.compile(b"|".join(re.escape(code) for code in sorted(code_of)))

    def __call__(self, data):
        return {self.names[match.group()] for match in self.expression.finditer(data)}


def main():
    arguments = sys.argv[1:]
    known = []
    if "--but" in arguments:
        known = arguments[arguments.index("--but") + 1:]
        del arguments[arguments.index("--but"):]
    if len(arguments) < 2:
        cannot(f"usage: {sys.argv[0]} SECRETS.json PLACE... [--but FILE...]")
    secrets = json.load(open(arguments[0]))
    plain, exact = {}, {}
    for secret in secrets:
        for table, found in zip((plain, exact), codes(secret)):
            table.update(dict.fromkeys(found, secret["name"]))
    for path in known:
        data = open(path, "rb").read()
        for table, text in ((plain, data.lower()), (exact, data)):
            for code in [code for code in table if code in text]:
                del table[code]
    if not plain:
        cannot(f"{arguments[0]}: there are no secrets")
    lower, cased = Wanted(plain), Wanted(exact) if exact else lambda data: set()
    leaks, searched, values = set(), 0, 0
    for path in files(arguments[1:]):
        if any(os.path.samefile(path, one) for one in known):
            continue
        data = open(path, "rb").read()
        if data.count(data[:1]) == len(data):  # the ballast of serve: zeros
            continue
        searched += len(data)
        for name in lower(data.lower()) | cased(data):
            leaks.add(f"{name} is in {path}")
        if data.startswith(b"SQLite format 3\0"):
            for table, value in database_values(path):
                values += 1
                for name in lower(value):
                    leaks.add(f"{name} is in table {table} of {path}")
    if not searched:
        cannot("there is nothing to search")
    for leak in sorted(leaks):
        print(f"   {leak}")
    print(f"   {len(secrets)} secrets, {searched / 1e6:.1f} MB of files and {values} values in databases: {len(leaks) or 'nothing'} found")
    sys.exit(bool(leaks))


def cannot(why):
    print(why, file=sys.stderr)
    sys.exit(2)


main()
