#!/usr/bin/env python3
"""stranger.py KIND PORT: connects to 127.0.0.1:PORT as no client would, and waits for the gateway to hang up.

KIND: silence, garbage, http, tls, rdp-half (the X.224 request alone), rdp-half-tls (and a TLS handshake, then nothing),
vnc-half (the version alone). Prints the seconds until the connection was closed; fails when that took over 16.
"""
import os
import socket
import ssl
import sys
import time

LIMIT = 16.0
X224_REQUEST = bytes.fromhex("030000130ee000000000000100080001000000")  # MS-RDPBCGR 2.2.1.1, asking for TLS


def main():
    kind, port = sys.argv[1], int(sys.argv[2])
    started = time.monotonic()
    connection = socket.create_connection(("127.0.0.1", port), timeout=LIMIT)
    try:
        if kind == "garbage":
            for _ in range(64):
                connection.sendall(os.urandom(1024))
        elif kind == "http":
            connection.sendall(b"GET / HTTP/1.1\r\nHost: gateway\r\n\r\n")
        elif kind == "tls":
            context = ssl._create_unverified_context()
            connection = context.wrap_socket(connection)
        elif kind in ("rdp-half", "rdp-half-tls"):
            connection.sendall(X224_REQUEST)
            if kind == "rdp-half-tls":
                connection.recv(4096)
                connection = ssl._create_unverified_context().wrap_socket(connection)
        elif kind == "vnc-half":
            connection.recv(12)
            connection.sendall(b"RFB 003.008\n")
        elif kind != "silence":
            sys.exit(f"no such kind: {kind}")
        while True:
            connection.settimeout(max(0.01, started + LIMIT - time.monotonic()))
            if not connection.recv(65536):
                break
    except TimeoutError:
        sys.exit(f"{kind} on port {port}: still connected after {LIMIT} s")
    except OSError:
        pass  # reset: hung up, too
    print(f"{kind} on port {port}: closed after {time.monotonic() - started:.1f} s")


main()
