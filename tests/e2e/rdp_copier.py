#!/usr/bin/env python3
"""rdp_copier.py IDENTITY TEXT FILE: an RDP target that has copied TEXT, and keeps in FILE what its users copy. Prints its port. xrdp 0.9.21 cuts what lies beyond
16 bits, as emoji do. IDENTITY: a PEM file with certificate and key."""
import socket
import struct
import sys

import rdp_wire as rdp

LIST, LIST_TAKEN, ASK, TEXT = 2, 3, 4, 5
UNICODE_TEXT = struct.pack("<I", 13)


def serve(peer: rdp.Peer, text: str, file: str) -> None:
    channel = peer.channels["cliprdr"]

    def say(kind: int, flags: int = 0, content: bytes = b"") -> None:
        message = struct.pack("<HHI", kind, flags, len(content)) + content
        peer.send(channel, rdp.chunk(message, len(message)))

    peer.socket.sendall(rdp.fast_path(1, struct.pack("<HH", 1, 1) + struct.pack("<9H", 0, 0, 63, 63, 64, 64, 32, 0, 64 * 64 * 4) + bytes([120]) * (64 * 64 * 4)))
    say(1)  # ready
    say(LIST, 0, UNICODE_TEXT + bytes(32))
    while True:
        where, content = peer.next()
        if where != channel:
            continue
        kind = struct.unpack("<H", content[8:10])[0]
        if kind == ASK:
            say(TEXT, 1, text.encode("utf-16le") + bytes(2))
        elif kind == LIST:
            say(LIST_TAKEN, 1)
            if UNICODE_TEXT in content[16:]:
                say(ASK, 0, UNICODE_TEXT)
        elif kind == TEXT:
            with open(file, "w", encoding="utf-8") as kept:
                kept.write(content[16:].decode("utf-16le").rstrip("\0").replace("\r", ""))


door = socket.create_server(("127.0.0.1", 0))
print(door.getsockname()[1], flush=True)
while True:
    try:
        serve(rdp.accept(door.accept()[0], sys.argv[1], 640, 480), sys.argv[2], sys.argv[3])
    except (OSError, EOFError):
        pass
