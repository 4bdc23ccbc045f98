#!/usr/bin/env python3
"""hostile_rdp.py targets IDENTITY: RDP targets, one for each of TARGETS, that sign a client in and then lie about sizes; prints "NAME PORT" lines and
"ready". IDENTITY: a PEM file with their certificate and key.
hostile_rdp.py clients RDP_PORT VNC_PORT LOG PEACE: RDP clients that do the same to the gateway, as alice on the target "machine", and a VNC client for each of
the targets above; otherwise as hostile.py."""
import select
import socket
import ssl
import struct
import sys
import time

import hostile
import rdp_graphics as gfx
import rdp_wire as rdp

HUGE, WIDE, TALL = 0xFFFFFFFF, 32767, 16384
SCREEN = (640, 480)
DISPLAY_CONTROL, GRAPHICS = b"Microsoft::Windows::RDS::DisplayControl\0", b"Microsoft::Windows::RDS::Graphics\0"
FORMAT_LIST = struct.pack("<HHI", 2, 0, 36) + struct.pack("<I", 13) + bytes(32)  # text


def bitmap(left: int, top: int, width: int, height: int, data: bytes, compressed: bool) -> bytes:
    flags = 0x401 if compressed else 0
    return rdp.fast_path(1, struct.pack("<HH", 1, 1) + struct.pack("<9H", left, top, min(left + width, 65536) - 1, min(top + height, 65536) - 1, width, height, 32, flags, len(data)) + data)


def surface_bits(width: int, height: int, length: int, left: int = 0, top: int = 0) -> bytes:
    return rdp.fast_path(4, struct.pack("<HHHHHBBBBHHI", 1, left, top, min(left + width, 65535), min(top + height, 65535), 32, 0, 0, 0, width, height, length) +
                         bytes(length if length < 1 << 15 else 64))


def open_display(peer: rdp.Peer) -> None:
    """As a target: drdynvc, and on it the one dynamic channel that the gateway speaks with targets, as number 7."""
    for message in (b"\x50\0\1\0", b"\x10\7" + DISPLAY_CONTROL):
        peer.send(peer.channels["drdynvc"], rdp.chunk(message, len(message)))
        time.sleep(0.3)


def ready(peer: rdp.Peer) -> None:
    """As a target: it takes format lists from now on."""
    peer.send(peer.channels["cliprdr"], rdp.chunk(struct.pack("<HHI", 1, 0, 0), 8))


def copies(peer: rdp.Peer) -> None:
    """4 GB of copied text, announced and sent."""
    ready(peer)
    peer.send(peer.channels["cliprdr"], rdp.chunk(struct.pack("<HHI", 5, 1, HUGE) + bytes(1500), HUGE, 1))
    hostile.flood(peer.socket, piece=peer.wrap(peer.channels["cliprdr"], rdp.chunk(bytes(1500), HUGE, 0)))


def copies_often(peer: rdp.Peer) -> None:
    """A million lists of formats; what is answered is read meanwhile, so that nobody waits for us."""
    to = peer.socket
    to.settimeout(0)
    many = 1000 * peer.wrap(peer.channels["cliprdr"], rdp.chunk(FORMAT_LIST, len(FORMAT_LIST)))
    for _ in range(1000):
        left = memoryview(many)
        while left:
            try:
                left = left[to.send(left):]
            except (ssl.SSLWantWriteError, ssl.SSLWantReadError):
                select.select([to], [to], [], 1)
            try:
                while to.recv(1 << 16):
                    pass
                raise EOFError
            except ssl.SSLWantReadError:
                pass
    to.settimeout(60)


def lists(peer: rdp.Peer) -> None:
    ready(peer)
    copies_often(peer)


def announces(peer: rdp.Peer) -> None:
    open_display(peer)
    message = b"\x28\7" + struct.pack("<I", HUGE) + bytes(1000)
    peer.send(peer.channels["drdynvc"], rdp.chunk(message, len(message)))


NONSENSE = bytes([255]) * (1 << 16)


def listens(peer: rdp.Peer) -> None:
    """It takes messages of channels in chunks of no bytes each, waits for some, and says then what ends it: if anybody still listens."""
    ready(peer)
    open_display(peer)
    peer.socket.settimeout(5)
    chunks = 0
    try:
        while chunks < 100:
            chunks += peer.next()[0] == peer.channels["cliprdr"]
    except TimeoutError:
        peer.socket.sendall(NONSENSE)


def grows(peer: rdp.Peer) -> None:
    peer.send(rdp.GLOBAL, rdp.control_pdu(0x16, 1002, struct.pack("<IHB", rdp.SHARE, 1, 0)))
    rdp.activate(peer, WIDE, WIDE)


def flickers(peer: rdp.Peer) -> None:
    for turn in range(1000):
        peer.send(rdp.GLOBAL, rdp.control_pdu(0x16, 1002, struct.pack("<IHB", rdp.SHARE, 1, 0)))
        rdp.activate(peer, 644 + turn % 2 * 4, 480)


def in_pieces(peer: rdp.Peer) -> None:
    peer.socket.sendall(rdp.fast_path(1, bytes(8000), 2))
    hostile.flood(peer.socket, piece=rdp.fast_path(1, bytes(8000), 3))


def redirects(address: str):
    """As a broker: the client is to go there (MS-RDPBCGR 2.2.13.1)."""
    def say(peer: rdp.Peer) -> None:
        where = address.encode("utf-16le") + b"\0\0"
        packet = struct.pack("<III", 0, 1, len(where)) + where + bytes(9)
        peer.send(rdp.GLOBAL, rdp.control_pdu(0x1A, 1002, struct.pack("<HHH", 0, 0x400, len(packet) + 4) + packet))
    return say


def says(message: bytes):
    return lambda peer: peer.socket.sendall(message)


def draws(*what):
    """A target of the graphics pipeline alone, that says these there: orders, or what says them."""
    def say(peer: rdp.Peer) -> None:
        pipeline = gfx.Pipeline(peer, "hostile")
        pipeline.agree()
        pipeline.screen(*SCREEN)
        for one in what:
            one(pipeline) if callable(one) else pipeline.send(one)
    return say


def bulk(length: int):
    return lambda to: to.send_static(b"\x30\7" + struct.pack("<BHI", 0xE1, 1, length) + struct.pack("<IB", 65001, 4) + bytes(900))


def hoards(to: gfx.Pipeline) -> None:
    for slot in range(1, 65000):
        to.send(gfx.order(6, struct.pack("<HQHHHHH", 1, slot, slot, 0, 0, *SCREEN)))


def piles_up(to: gfx.Pipeline) -> None:
    for number in range(2, 65000):
        to.send(gfx.order(9, struct.pack("<HHHB", number, *SCREEN, 0x20)))


def tiles(rects: int, tile: bytes) -> bytes:
    region = struct.pack("<BHBBBHI", 64, rects, 1, 0, 0, 1, len(tile)) + rects * struct.pack("<HHHH", 0, 0, *SCREEN) + bytes([0x66] * 5) + tile
    data = struct.pack("<HI", 0xCCC4, 6 + len(region)) + region
    return gfx.order(2, struct.pack("<HHIBI", 1, 9, 1, 0x20, len(data)) + data)


GRAPHIC = {
    "gfx-surface": draws(gfx.order(9, struct.pack("<HHHB", 2, 65535, 65535, 0x20))),
    "gfx-surfaces": draws(piles_up),
    "gfx-screen": draws(gfx.order(0xE, struct.pack("<III", 32767, 32767, 0))),
    "gfx-outside": draws(gfx.pixels(bytes(4 * 4 * 4), 0, 4, 4, 9)),
    "gfx-picture": draws(gfx.pixels(bytes(16), 0, 65535, 65535)),
    "gfx-length": draws(gfx.order(1, struct.pack("<HHBHHHHI", 1, 0, 0x20, 0, 0, 64, 64, HUGE))),
    "gfx-copies": draws(gfx.order(5, struct.pack("<HH4HHHH", 1, 1, 0, 0, 64, 64, 1, 65535, 65535))),
    "gfx-cache": draws(hoards),
    "gfx-bulk": draws(bulk(HUGE)),
    "gfx-message": draws(lambda to: to.send_static(b"\x28\7" + struct.pack("<I", HUGE) + bytes(1000))),
    "gfx-codec": draws(gfx.pixels(bytes(64), 8)),
    "gfx-tile": draws(tiles(1, struct.pack("<HIBBBHHBHHHH", 0xCCC5, 24, 0, 0, 0, 65535, 65535, 0, 1, 1, 0, 0) + bytes(2))),
    "gfx-again": draws(tiles(60000, struct.pack("<HIBBBHHBHHHH", 0xCCC5, 24, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0) + bytes(2))),
}


# The screens of targets that have one from the beginning that nobody can have: the second could at least be kept in memory.
SCREENS = {"wide": (WIDE, WIDE), "tall": (TALL, TALL)}
# What a target says when it is signed in to.
TARGETS = {
    **{name: lambda peer: None for name in SCREENS},
    "grows": grows,
    "flickers": flickers,
    "outside": says(bitmap(700, 500, 64, 64, bytes(64 * 64 * 4), False)),
    "picture": says(bitmap(0, 0, 65535, 65535, b"\x10\xff\xff\xff", True)),
    "surface": says(surface_bits(65535, 65535, HUGE)),
    "overhangs": says(surface_bits(64, 64, 64 * 64 * 4, 600, 450)),
    "cursor": says(rdp.fast_path(0xB, struct.pack("<8H", 32, 0, 0, 0, 65535, 65535, 65535, 65535) + bytes(4000))),
    "pointer": says(rdp.fast_path(0xC, struct.pack("<6HII", 32, 0, 0, 0, 65535, 65535, HUGE, HUGE) + bytes(4000))),
    "orders": says(rdp.fast_path(0, struct.pack("<H", 65535) + bytes([9]) + bytes(16))),
    "pieces": in_pieces,
    "copied": copies,
    "lists": lists,
    "announced": announces,
    "chunks": listens,
    "redirects": redirects("127.0.0.1"),
    "pipes": redirects("|"),  # what libfreerdp takes for a descriptor of its own
    "nonsense": says(NONSENSE),
    **GRAPHIC,
}


def serve_target(caller: socket.socket, name: str) -> None:
    try:
        with caller:
            peer = rdp.accept(caller, sys.argv[2], *SCREENS.get(name, SCREEN), chunks=0 if name == "chunks" else 1600, graphics=name in GRAPHIC)
            peer.socket.sendall(bitmap(0, 0, 64, 64, bytes(64 * 64 * 4), False))
            TARGETS[name](peer)
            time.sleep(60)
    except (OSError, EOFError):
        pass


def pastes(peer: rdp.Peer) -> None:
    peer.send(peer.channels["cliprdr"], rdp.chunk(struct.pack("<HHI", 5, 1, HUGE) + bytes(1500), HUGE, 1))
    hostile.flood(peer.socket, 60, peer.wrap(peer.channels["cliprdr"], rdp.chunk(bytes(1500), HUGE, 0)))


def open_channels(peer: rdp.Peer, last: bytes = DISPLAY_CONTROL) -> int:
    """As a client: takes every dynamic channel that the gateway opens, until it is `last`; its number."""
    while True:
        channel, content = peer.next()
        if channel != peer.channels["drdynvc"]:
            continue
        message = content[8:]
        if message[0] >> 4 == 5:
            answer = b"\x50\0\1\0"
        elif message[0] >> 4 == 1:
            size = 1 << (message[0] & 3)
            answer = message[:1 + size] + bytes(4)
        else:
            continue
        peer.send(channel, rdp.chunk(answer, len(answer)))
        if message[0] >> 4 == 1 and message[1 + size:] == last:
            return int.from_bytes(message[1:1 + size], "little")


def lays_out(peer: rdp.Peer) -> None:
    """A thousand monitors, each as large as numbers can say."""
    number = open_channels(peer)
    for monitors, width in ((1, HUGE), (16, HUGE), (1, 0), (1000, 1 << 20)):
        monitor = struct.pack("<IiiIIIIIII", 1, -(1 << 31), -(1 << 31), width, width, 0, 0, 0, 100, 100)
        layout = struct.pack("<IIII", 2, 16 + 40 * monitors, 40, monitors) + monitor * min(monitors, 16)
        peer.send(peer.channels["drdynvc"], rdp.chunk(bytes([0x30, number]) + layout, len(layout) + 2))


def announces_to_gateway(peer: rdp.Peer) -> None:
    number = open_channels(peer)
    message = bytes([0x28, number]) + struct.pack("<I", HUGE) + bytes(1000)
    peer.send(peer.channels["drdynvc"], rdp.chunk(message, len(message)))


def graphics(command: int, content: bytes, length: int = 0) -> bytes:
    """A message of the graphics pipeline (MS-RDPEGFX 2.2.1.5)."""
    return struct.pack("<HHI", command, 0, length or len(content) + 8) + content


CAPABLE = graphics(0x12, struct.pack("<HIII", 1, 0x00080004, 4, 0))


def shows(*messages: bytes):
    """A client with the graphics pipeline that says these there."""
    def say(peer: rdp.Peer) -> None:
        number = open_channels(peer, GRAPHICS)
        for message in messages:
            peer.send(peer.channels["drdynvc"], rdp.chunk(bytes([0x30, number]) + message, len(message) + 2))
    return say


# What a client says when it sees the target's screen.
CLIENTS = {
    "enormous": lambda peer: None,  # its own screen
    "pastes": pastes,
    "floods": copies_often,
    "announces": announces_to_gateway,
    "layouts": lays_out,
    "refreshes": lambda peer: peer.send(rdp.GLOBAL, rdp.data_pdu(0x21, rdp.USER, struct.pack("<Bxxx", 255) + 255 * struct.pack("<4H", 0, 0, 65535, 65535))),
    "monitors": lambda peer: None,  # four thousand million of them, before it is let in
    "types": lambda peer: peer.send(rdp.GLOBAL, rdp.data_pdu(0x1C, rdp.USER, struct.pack("<HH", 65535, 0))),
    "nonsense": says(bytes([255]) * 4096),
    "capable": shows(graphics(0x12, struct.pack("<HIII", 65535, 0x00080004, 4, 0))),  # of 65535 things, of which it names one
    "capabilities": shows(graphics(0x12, struct.pack("<HII", 1, 0x000A0600, HUGE))),
    "suspends": shows(CAPABLE, *[graphics(0xD, struct.pack("<III", HUGE, frame, HUGE)) for frame in (HUGE, 1 << 31, 0, 77)]),  # frames that it never got
    "graphs": shows(CAPABLE, graphics(0xD, bytes(12), HUGE)),
    "draws": shows(CAPABLE, graphics(1, bytes(17) + struct.pack("<I", HUGE))),  # as only a target may
}
GRAPHICAL = {"capable", "capabilities", "suspends", "graphs", "draws"}
# What these say is refused or clipped, and no reason to throw anybody out.
HARMLESS = {"enormous", "layouts", "refreshes", "suspends"}
REFRESH = rdp.data_pdu(0x21, rdp.USER, struct.pack("<Bxxx4H", 1, 0, 0, 639, 479))


def comes_in(port: int, name: str) -> rdp.Peer:
    width, height = (65535, 65535) if name == "enormous" else (800, 600)
    monitors = rdp.block(0xC005, struct.pack("<II", 0, HUGE) + bytes(20)) if name == "monitors" else b""
    for _ in range(3):
        try:
            return rdp.connect(port, "alice@machine", hostile.PASSWORD, width, height, ("drdynvc", "cliprdr"), monitors, name in GRAPHICAL)
        except (OSError, EOFError, struct.error):
            time.sleep(1)  # a machine that is busy took longer than serve gives who is not let in yet
    raise EOFError


def stays(port: int, name: str) -> bool:
    """Whether that client is still shown a screen when it has said its piece."""
    try:
        peer = comes_in(port, name)
    except (OSError, EOFError, struct.error):
        return False
    try:
        with peer.socket:
            peer.socket.settimeout(60)
            CLIENTS[name](peer)
            if name not in HARMLESS:
                hostile.flood(peer.socket, 60, peer.wrap(rdp.GLOBAL, REFRESH))
                return True
            peer.send(rdp.GLOBAL, REFRESH)
            pictures = 0
            while pictures < 20:
                pictures += peer.next()[0] in ((0, peer.channels["drdynvc"]) if name in GRAPHICAL else (0,))
            return True
    except (OSError, EOFError):
        return False


def clients(rdp_port: int, vnc_port: int, log: str, peace: float) -> None:
    cases = {name: lambda name=name: not hostile.meets(vnc_port, name, log) for name in TARGETS}
    cases.update(("client " + name, lambda name=name: stays(rdp_port, name)) for name in CLIENTS)
    hostile.judge(vnc_port, peace, cases, {"client " + name for name in HARMLESS})


if __name__ == "__main__":
    if sys.argv[1] == "targets":
        hostile.listen({name: name for name in TARGETS}, serve_target)
    else:
        clients(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], float(sys.argv[5]))
