#!/usr/bin/env python3
"""at_the_door.py PORT MOST: MOST RDP clients of 127.0.0.1 that say their first word and no second are answered, one more is cut
without an answer, and one of 127.0.0.2 is answered all the same."""
import socket
import sys

port, most = int(sys.argv[1]), int(sys.argv[2])
# An X.224 connection request that offers TLS and NLA (MS-RDPBCGR 2.2.1.1).
HELLO = bytes.fromhex("030000130ee000000000000100080003000000")


def knock(source: str) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=15, source_address=(source, 0))
    client.sendall(HELLO)
    return client


def answered(client: socket.socket) -> bool:
    try:
        return client.recv(64) != b""
    except OSError:
        return False


def waits(client: socket.socket) -> bool:
    client.setblocking(False)
    try:
        return client.recv(64) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def verdict() -> str:
    """What was wrong; a slow machine may have cut those who wait before the last one had come: then nothing is shown."""
    inside = [knock("127.0.0.1") for _ in range(most)]
    all_in = all(answered(client) for client in inside)
    one_more, elsewhere = knock("127.0.0.1"), knock("127.0.0.2")
    more_in, elsewhere_in = answered(one_more), answered(elsewhere)
    still = all(waits(client) for client in inside)
    for client in (*inside, one_more, elsewhere):
        client.close()
    if not all_in or not still:
        return "they did not all wait at the same time"
    if more_in:
        return f"{most + 1} clients of one address were answered"
    return "" if elsewhere_in else "a client of another address was not answered"


for attempt in range(3):
    said = verdict()
    if not said:
        sys.exit(0)
    print(said)
sys.exit(1)
