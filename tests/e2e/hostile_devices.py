#!/usr/bin/env python3
"""hostile_devices.py targets IDENTITY: RDP targets, one for each of TARGETS, that lie on the channels of devices and sound to a client that offers a drive, and one
("honest") that does not; as hostile_rdp.py.
hostile_devices.py clients RDP_PORT VNC_PORT LOG PEACE: RDP clients that do the same to the gateway as users of "honest", and an honest client for each of the
other targets; otherwise as hostile.py."""
import socket
import struct
import sys
import time

import hostile
import hostile_rdp
import rdp_wire as rdp

HUGE = 0xFFFFFFFF
CHANNELS = ("drdynvc", "cliprdr", "rdpdr", "rdpsnd")
ANNOUNCE, CLIENT_ID, LIST, REPLY, REQUEST, COMPLETION = 0x496E, 0x4343, 0x4441, 0x6472, 0x4952, 0x4943


def packet(kind: int, *words: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", 0x4472, kind) + struct.pack(f"<{len(words)}I", *words) + content


def devices(count: int = 1, length: int = 0) -> bytes:
    return packet(LIST, count, content=struct.pack("<II8sI", 8, 1, b"C:", length))


def request(device: int, major: int, *words: int) -> bytes:
    return packet(REQUEST, device, 7, 1, major, 0, *words).ljust(56, b"\0")


def say(peer: rdp.Peer, message: bytes, channel: str = "rdpdr") -> None:
    peer.send(peer.channels[channel], rdp.chunk(message, len(message)))


def hears(peer: rdp.Peer, kind: int) -> None:
    """Until a message of that kind comes on the channel of devices."""
    while True:
        channel, content = peer.next()
        if channel == peer.channels.get("rdpdr") and len(content) >= 12 and struct.unpack("<H", content[10:12])[0] == kind:
            return


def says(message: bytes, channel: str = "rdpdr"):
    return lambda peer: say(peer, message, channel)


def announces(peer: rdp.Peer) -> None:
    """4 GB of a message, announced and sent."""
    peer.send(peer.channels["rdpdr"], rdp.chunk(bytes(1500), HUGE, 1))
    hostile.flood(peer.socket, piece=peer.wrap(peer.channels["rdpdr"], rdp.chunk(bytes(1500), HUGE, 0)))


def floods(peer: rdp.Peer) -> None:
    hostile.flood(peer.socket, 60, peer.wrap(peer.channels["rdpdr"], rdp.chunk(packet(CLIENT_ID, 1, 1), 12)))


# What a target says when it knows the client's drive.
TARGETS = {
    "stranger": says(request(99, 0, 1, 0, 0, 0, 0, 1, 0, 0)),
    "path": says(request(1, 0, 1, 0, 0, 0, 0, 1, 0, HUGE)),
    "write": says(packet(0x1234)),
    "announced": announces,
    "flooding": floods,
    "compressed": lambda peer: peer.send(peer.channels["rdpdr"], rdp.chunk(bytes(100), 100, 0x200003)),
    "music": says(struct.pack("<BBH", 2, 0, 4) + bytes(4), "rdpsnd"),
}
# What a client says when its target asks for devices.
CLIENTS = {
    "many": says(devices(HUGE)),
    "longest": says(devices(1, HUGE)),
    "answers": says(packet(COMPLETION, 1, 1, 0, 0)),
    "unknown": says(packet(0x1234)),
    "short": says(b"\x72"),
    "endless": announces,
    "flood": floods,
    "sings": says(struct.pack("<BBH", 13, 0, 4) + bytes(4), "rdpsnd"),
}


def serve_target(caller: socket.socket, name: str) -> None:
    try:
        with caller:
            peer = rdp.accept(caller, sys.argv[2], 640, 480)
            peer.socket.sendall(hostile_rdp.bitmap(0, 0, 64, 64, bytes(64 * 64 * 4), False))
            say(peer, packet(ANNOUNCE, 0x000C0001, 1))
            if name != "honest":
                hears(peer, LIST)
                TARGETS[name](peer)
            while True:
                peer.next()
    except (OSError, EOFError):
        pass


def comes_in(port: int, target: str) -> rdp.Peer:
    for _ in range(3):
        try:
            peer = rdp.connect(port, f"alice@{target}", hostile.PASSWORD, 800, 600, CHANNELS)
            hears(peer, ANNOUNCE)
            return peer
        except (OSError, EOFError, struct.error):
            time.sleep(1)  # as in hostile_rdp.py
    raise EOFError


def meets(port: int, target: str, log: str) -> bool:
    """Whether the gateway leaves that target, and says why."""
    until = time.monotonic() + 120
    while time.monotonic() < until and not hostile.says_why(log, target):
        try:
            peer = comes_in(port, target)
            with peer.socket:
                peer.socket.settimeout(20)
                say(peer, devices())
                while not hostile.says_why(log, target):
                    peer.next()
        except (OSError, EOFError):
            time.sleep(1)
    return hostile.says_why(log, target)


def stays(port: int, name: str) -> bool:
    """Whether that client is still there when it has said its piece."""
    try:
        peer = comes_in(port, "honest")
        with peer.socket:
            peer.socket.settimeout(60)
            CLIENTS[name](peer)
            hostile.flood(peer.socket, 60, peer.wrap(rdp.GLOBAL, hostile_rdp.REFRESH))
            return True
    except (OSError, EOFError):
        return False


def clients(rdp_port: int, vnc_port: int, log: str, peace: float) -> None:
    cases = {name: lambda name=name: not meets(rdp_port, name, log) for name in TARGETS}
    cases.update(("client " + name, lambda name=name: stays(rdp_port, name)) for name in CLIENTS)
    hostile.judge(vnc_port, peace, cases, set())


if __name__ == "__main__":
    if sys.argv[1] == "targets":
        hostile.listen({name: name for name in (*TARGETS, "honest")}, serve_target)
    else:
        clients(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], float(sys.argv[5]))
