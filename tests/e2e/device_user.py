#!/usr/bin/env python3
"""device_user.py IDENTITY: an RDP target that uses the devices of its clients (MS-RDPEFS): of the first drive it lists the root, reads "Übersicht.txt" and "large",
and tries to make, write, rename and delete; a parallel port it opens and closes, a serial port it writes to, on a printer it prints, of a smart card it asks what card_user.py has. Prints the
port that it listens at, and for each client what it did and what came of it, up to "done". IDENTITY: a PEM file with certificate and key. (xrdp 0.9.21 has drives too, but xfreerdp 2.11 offers it none: neither needs a gateway for that.)"""
import functools
import hashlib
import socket
import struct
import sys

import card_user
import hostile_devices as devices
import rdp_wire as rdp

SERIAL, PARALLEL, PRINTER, DRIVE, CARD = 1, 2, 4, 8, 0x20
CREATE, CLOSE, READ, WRITE, SET_INFORMATION, DIRECTORY, CONTROL = 0, 2, 3, 4, 6, 0xC, 0xE
READS, WRITES, DELETES = 0x80000000, 0x40000000, 0x10000
OPEN, NEW = 1, 2
FOLDER, PIECE = 1, 1 << 16
PRINTED = b"Kf7-printed-there\n" * 200
PAGES = b"".join(b"Kf7-page\n%d\f" % page + bytes(range(256)) * 40 for page in range(20))


class Target:
    def __init__(self, caller: socket.socket) -> None:
        self.peer = rdp.accept(caller, sys.argv[1], 640, 480)
        self.peer.socket.sendall(devices.hostile_rdp.bitmap(0, 0, 64, 64, bytes(64 * 64 * 4), False))
        self.asked, self.message = 0, b""

    def next_of(self, kind: int) -> bytes:
        """The next message of that kind on the channel of devices, from its header on."""
        while True:
            channel, content = self.peer.next()
            if channel != self.peer.channels.get("rdpdr"):
                continue
            flags = struct.unpack("<I", content[4:8])[0]
            self.message = (b"" if flags & 1 else self.message) + content[8:]
            if flags & 2 and struct.unpack("<H", self.message[2:4])[0] == kind:
                return self.message

    def say(self, message: bytes) -> None:
        for at in range(0, len(message), 1600):
            piece = message[at:at + 1600]
            self.peer.send(self.peer.channels["rdpdr"], rdp.chunk(piece, len(message), (at == 0) | (at + 1600 >= len(message)) << 1))

    def begin(self) -> list:
        """The devices that are heard of first: (kind, number, name)."""
        self.say(devices.packet(devices.ANNOUNCE, 0x000C0001, 1))
        self.next_of(devices.CLIENT_ID)
        general = struct.pack("<HHI", 1, 44, 2) + struct.pack("<IIHHIIIIII", 2, 0, 1, 12, 0xFFFF, 0, 7, 0, 0, 0)
        self.say(devices.packet(0x5350, 5, content=general + struct.pack("<HHIHHIHHIHHI", 2, 8, 1, 3, 8, 1, 4, 8, 2, 5, 8, 1)))
        self.say(devices.packet(devices.CLIENT_ID, 0x000C0001, 1))
        self.say(devices.packet(0x554C))
        heard = []
        while not heard:
            listed, at = self.next_of(devices.LIST), 8
            for _ in range(struct.unpack("<I", listed[4:8])[0]):
                kind, number, name, length = struct.unpack("<II8sI", listed[at:at + 20])
                heard.append((kind, number, name.rstrip(b"\0").decode()))
                at += 20 + length
                self.say(devices.packet(devices.REPLY, number, 0))
        return heard

    def ask(self, device: int, file: int, major: int, parameters: bytes, content: bytes = b"", minor: int = 0) -> tuple:
        """(status, what follows it)."""
        self.asked += 1
        self.say(devices.packet(devices.REQUEST, device, file, self.asked, major, minor, content=parameters).ljust(56, b"\0") + content)
        answer = self.next_of(devices.COMPLETION)
        number, status = struct.unpack("<II", answer[8:16])
        assert number == self.asked
        return status, answer[16:]

    def open(self, device: int, path: str, access: int, disposition: int = OPEN, options: int = 0) -> tuple:
        """(status, file)"""
        name = (path + "\0").encode("utf-16le") if path else b""
        status, rest = self.ask(device, 0, CREATE, struct.pack("<IQIIIII", access, 0, 0x80, 7, disposition, options, len(name)), name)
        return status, struct.unpack("<I", rest[:4])[0] if status == 0 else 0

    def close(self, device: int, file: int) -> None:
        self.ask(device, file, CLOSE, b"")

    def read(self, device: int, path: str) -> None:
        status, file = self.open(device, path, READS)
        content, offset = b"", 0
        while status == 0:
            status, rest = self.ask(device, file, READ, struct.pack("<IQ", PIECE, offset))
            length = struct.unpack("<I", rest[:4])[0] if status == 0 else 0
            content += rest[4:4 + length]
            offset += length
            if length == 0:
                break
        self.close(device, file)
        print("read", path, len(content), hashlib.sha256(content).hexdigest(), flush=True)

    def write(self, device: int, path: str, content: bytes, disposition: int = OPEN) -> None:
        status, file = self.open(device, path, WRITES, disposition, 0x40)
        for at in range(0, len(content), PIECE):
            if status == 0:
                piece = content[at:at + PIECE]
                status, _ = self.ask(device, file, WRITE, struct.pack("<IQ", len(piece), at), piece)
        if file:
            self.close(device, file)
        print("write", path, f"{status:08x}", flush=True)

    def change(self, device: int, path: str, kind: int, content: bytes, what: str, options: int = 0) -> None:
        status, file = self.open(device, path, DELETES, OPEN, options)
        if status == 0xC0000022:  # where only reading is allowed, by a file that is open to be read
            status, file = self.open(device, path, READS, OPEN, options)
        if status == 0:
            status, _ = self.ask(device, file, SET_INFORMATION, struct.pack("<II", kind, len(content)), content)
            self.close(device, file)
        print(what, path, f"{status:08x}", flush=True)

    def put(self, device: int, content: bytes, piece: int, what: str) -> None:
        """To a port or a printer: what is written there comes out in this order."""
        status, file = self.open(device, "", READS | WRITES)
        print(what, f"{status:08x}", flush=True)
        for at in range(0, len(content), piece):
            if status == 0:
                part = content[at:at + piece]
                status, _ = self.ask(device, file, WRITE, struct.pack("<IQ", len(part), 0), part)
        print(what, "written to", f"{status:08x}", flush=True)
        self.close(device, file)

    def control(self, device: int, code: int, content: bytes) -> tuple:
        """(status, output)"""
        status, rest = self.ask(device, 0, CONTROL, struct.pack("<III", 2048, len(content), code), content)
        return status, rest[4:]

    def list(self, device: int) -> None:
        _, file = self.open(device, "\\", READS, OPEN, FOLDER)
        pattern, names = "\\*\0".encode("utf-16le"), []
        status, rest = self.ask(device, file, DIRECTORY, struct.pack("<IBI", 1, 1, len(pattern)), pattern, 1)
        while status == 0:
            length = struct.unpack("<I", rest[4 + 60:4 + 64])[0]
            names.append(rest[4 + 64:4 + 64 + length].decode("utf-16le"))
            status, rest = self.ask(device, file, DIRECTORY, struct.pack("<IBI", 1, 0, 0), b"", 1)
        self.close(device, file)
        print("list", " ".join(sorted(name for name in names if not name.startswith("."))), flush=True)

    def use(self) -> None:
        for kind, number, name in self.begin() if "rdpdr" in self.peer.channels else []:
            print("heard of", kind, name, flush=True)
            if kind == DRIVE:
                self.list(number)
                self.read(number, "\\Übersicht.txt")
                self.read(number, "\\large")
                self.write(number, "\\new.txt", b"Kf7-written-there\n", NEW)
                self.write(number, "\\Übersicht.txt", b"Kf7-content-of-a-file\n")
                self.write(number, "\\larger", bytes(range(256)) * 8000, NEW)
                renamed = "\\renamed.txt".encode("utf-16le")
                self.change(number, "\\new.txt" if name != "READ" else "\\large", 10, struct.pack("<BBI", 0, 0, len(renamed)) + renamed, "rename")
                self.change(number, "\\gone", 13, b"\1", "delete")
                status, _ = self.open(number, "\\made", READS, NEW, FOLDER)
                print("make", f"{status:08x}", flush=True)
            elif kind == PARALLEL:
                # No more than this: xfreerdp 2.11 takes each request to write for a broken one and goes. Its parallel_process_irp_write() refuses those with
                # more than the 12 bytes that it has to read next, instead of those with fewer.
                status, file = self.open(number, "", READS | WRITES)
                print("port", f"{status:08x}", flush=True)
                self.close(number, file)
            elif kind == SERIAL:
                self.put(number, PRINTED, 700, "serial port")
            elif kind == PRINTER:
                self.put(number, PAGES, 4000, "printer")
            elif kind == CARD:
                card_user.use_over(functools.partial(self.control, number))
        if "rdpdr" in self.peer.channels:
            print("done", flush=True)
        while True:
            self.peer.next()


if __name__ == "__main__":
    door = socket.create_server(("127.0.0.1", 0))
    print(door.getsockname()[1], flush=True)
    while True:
        try:
            with door.accept()[0] as caller:
                Target(caller).use()
        except (OSError, EOFError):
            pass
