#!/usr/bin/env python3
"""rdp_graphics.py IDENTITY PICTURE: RDP targets, by hand, that show a picture by the graphics pipeline (MS-RDPEGFX) and by nothing else. Prints "NAME PORT" lines and "ready", and for each
caller "NAME without" (it did not offer the pipeline, and was left), "NAME asks FLAGS" (of its last capability set) and "NAME acknowledged FRAME". IDENTITY: a PEM file with certificate and key. PICTURE: 800x600
pixels as BGRX, row by row. The targets: "exact" sends it uncompressed; "progressive" by RemoteFX Progressive, plain grey; "video" goes away from whoever does not take AVC420, and sends
the H.264 file beside PICTURE (.h264); "resizes" has a screen of 640x480 after a while, a part of the picture; "breaks" cuts the connection after a while, once. Ends with standard input."""
import socket
import struct
import sys
import threading
import time

import rdp_wire as rdp

WIDTH, HEIGHT = 800, 600
GRAPHICS = b"Microsoft::Windows::RDS::Graphics\0"
CAPABLE, CONFIRM, ACKNOWLEDGE = 0x12, 0x13, 0xD
lock = threading.Lock()


def say(*words) -> None:
    with lock:
        print(*words, flush=True)


def order(command: int, content: bytes) -> bytes:
    return struct.pack("<HHI", command, 0, len(content) + 8) + content


def wrap(orders: bytes) -> bytes:
    """Uncompressed, in segments (MS-RDPEGFX 2.2.5)."""
    segments = [orders[at:at + 65000] for at in range(0, len(orders), 65000)]
    return struct.pack("<BHI", 0xE1, len(segments), len(orders)) + b"".join(struct.pack("<IB", len(one) + 1, 4) + one for one in segments)


def pieces(number: int, message: bytes) -> list:
    """Of a dynamic channel (MS-RDPEDYC 2.2.3)."""
    if len(message) < 1590:
        return [bytes([0x30, number]) + message]
    first = bytes([0x28, number]) + struct.pack("<I", len(message)) + message[:1500]
    return [first] + [bytes([0x30, number]) + message[at:at + 1590] for at in range(1500, len(message), 1590)]


class Pipeline:
    def __init__(self, peer: rdp.Peer, name: str) -> None:
        self.peer, self.name, self.frame = peer, name, 0
        self.channel = peer.channels["drdynvc"]
        self.send_static(b"\x50\0\1\0")
        self.next()
        self.send_static(b"\x10\7" + GRAPHICS)
        if self.next()[-4:] != bytes(4):
            raise EOFError
        asked = self.next()[2:]
        if struct.unpack("<H", asked[:2])[0] != CAPABLE:
            raise EOFError
        self.version, _, self.flags = struct.unpack("<III", asked[-12:])
        say(name, "asks", self.flags)

    def send_static(self, content: bytes) -> None:
        self.peer.send(self.channel, rdp.chunk(content, len(content)))

    def next(self) -> bytes:
        while True:
            channel, content = self.peer.next()
            if channel == self.channel:
                return content[8:]

    def agree(self) -> None:
        self.send(order(CONFIRM, struct.pack("<III", self.version, 4, self.flags)))

    def send(self, orders: bytes) -> None:
        for piece in pieces(7, wrap(orders)):
            self.send_static(piece)

    def screen(self, width: int, height: int, surface: int = 1) -> None:
        reset = struct.pack("<III", width, height, 1) + struct.pack("<iiiiI", 0, 0, width - 1, height - 1, 1)
        self.send(order(0xE, reset.ljust(332, b"\0")) + order(9, struct.pack("<HHHB", surface, width, height, 0x20)) + order(0xF, struct.pack("<HHII", surface, 0, 0, 0)))

    def show(self, *orders: bytes) -> None:
        """A frame, which is awaited."""
        self.frame += 1
        self.send(order(0xB, struct.pack("<II", 0, self.frame)) + b"".join(orders) + order(0xC, struct.pack("<I", self.frame)))
        while True:
            said = self.next()[2:]
            if len(said) >= 20 and struct.unpack("<H", said[:2])[0] == ACKNOWLEDGE:
                say(self.name, "acknowledged", struct.unpack("<I", said[12:16])[0])
                return


def pixels(data: bytes, codec: int = 0, width: int = WIDTH, height: int = HEIGHT, surface: int = 1) -> bytes:
    return order(1, struct.pack("<HHBHHHHI", surface, codec, 0x20, 0, 0, width, height, len(data)) + data)


def exact(to: Pipeline, picture: bytes) -> None:
    to.screen(WIDTH, HEIGHT)
    to.show(pixels(picture))


def grey_tiles(width: int, height: int) -> bytes:
    """RemoteFX Progressive of which each tile codes nothing but zeros: luma 128."""
    across, down = (width + 63) // 64, (height + 63) // 64
    tiles = b""
    for y in range(down):
        for x in range(across):
            tiles += struct.pack("<HIBBBHHBHHHH", 0xCCC5, 25, 0, 0, 0, x, y, 0, 1, 1, 1, 0) + bytes(3)
    region = struct.pack("<BHBBBHI", 64, 1, 1, 0, 0, across * down, len(tiles)) + struct.pack("<HHHH", 0, 0, width, height) + bytes([0x66] * 5) + tiles
    return struct.pack("<HIIH", 0xCCC0, 12, 0xCACCACCA, 0x100) + struct.pack("<HI", 0xCCC4, 6 + len(region)) + region


def progressive(to: Pipeline, picture: bytes) -> None:
    to.screen(WIDTH, HEIGHT)
    to.show(pixels(picture))  # exact at first
    time.sleep(2)
    data = grey_tiles(WIDTH, HEIGHT)
    to.show(order(2, struct.pack("<HHIBI", 1, 9, 1, 0x20, len(data)) + data))


def video(to: Pipeline, picture: bytes) -> None:
    to.screen(WIDTH, HEIGHT)
    with open(sys.argv[2] + ".h264", "rb") as file:
        stream = file.read()
    meta = struct.pack("<IHHHHBB", 1, 0, 0, WIDTH, HEIGHT, 23, 100)
    to.show(pixels(meta + stream, 11))


def resizes(to: Pipeline, picture: bytes) -> None:
    exact(to, picture)
    time.sleep(3)
    smaller = b"".join(picture[(row * WIDTH + 100) * 4:(row * WIDTH + 740) * 4] for row in range(100, 580))
    to.send(order(0xA, struct.pack("<H", 1)))
    to.screen(640, 480, 2)
    to.show(pixels(smaller, 0, 640, 480, 2))


broken = threading.Event()


def breaks(to: Pipeline, picture: bytes) -> None:
    exact(to, picture)
    if not broken.is_set():
        broken.set()
        time.sleep(3)
        raise EOFError


TARGETS = {"exact": exact, "progressive": progressive, "video": video, "resizes": resizes, "breaks": breaks}


def serve(caller: socket.socket, name: str, picture: bytes) -> None:
    try:
        with caller:
            peer = rdp.accept(caller, sys.argv[1], WIDTH, HEIGHT, graphics=True)
            pipeline = Pipeline(peer, name)
            if name == "video" and not pipeline.flags & 0x10:
                return
            pipeline.agree()
            TARGETS[name](pipeline, picture)
            while True:
                pipeline.next()
    except rdp.NoGraphics:
        say(name, "without")
    except (OSError, EOFError):
        pass


def main() -> None:
    with open(sys.argv[2], "rb") as file:
        picture = file.read()
    for name in TARGETS:
        door = socket.create_server(("127.0.0.1", 0))
        say(name, door.getsockname()[1])

        def accept(door: socket.socket = door, name: str = name) -> None:
            while True:
                threading.Thread(target=serve, args=(door.accept()[0], name, picture), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
    say("ready")
    sys.stdin.read()


if __name__ == "__main__":
    main()
