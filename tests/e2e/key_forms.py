#!/usr/bin/env python3
"""key_forms.py KEY.pem: what a private key looks like in memory, a line of hexadecimal digits each: the lines of its PEM text, and each of its secret numbers as bytes from
the highest to the lowest and the other way round (RSA's exponents, primes and coefficient; an elliptic curve's number; an Ed25519 seed)."""
import base64
import subprocess
import sys

LEAST = 16  # bytes; what is shorter (a version, a public exponent, a name) is no secret


def elements(der: bytes):
    """The primitive elements of a DER text, with what is coded again within them."""
    at = 0
    while at + 2 <= len(der):
        tag, size, begin = der[at], der[at + 1], at + 2
        if size & 0x80:
            count = size & 0x7F
            size, begin = int.from_bytes(der[begin : begin + count], "big"), begin + count
        content = der[begin : begin + size]
        if len(content) != size:
            return
        if tag & 0x20:
            yield from elements(content)
        else:
            yield tag, content
            if tag == 0x04 and content[:1] in (b"\x30", b"\x04"):
                yield from elements(content)
        at = begin + size


key = sys.argv[1]
der = subprocess.run(["openssl", "pkey", "-in", key, "-outform", "DER"], check=True, capture_output=True).stdout
public = subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout
numbers = {content.lstrip(b"\0") for tag, content in elements(der) if tag in (0x02, 0x04) and content[:1] not in (b"\x30",)}
secrets = {number for number in numbers if LEAST <= len(number) and number not in public}
assert secrets, "no secret in the key"
with open(key, encoding="ascii") as file:
    lines = [line.strip() for line in file if "-----" not in line]
# The certificate has the public number too, and may be wrapped the same.
forms = [line.encode() for line in lines if len(line) >= LEAST and len(line) % 4 == 0 and base64.b64decode(line) not in public]
for number in sorted(secrets):
    forms += [number, number[::-1]]
print("\n".join(form.hex() for form in forms))
