#!/usr/bin/env python3
"""An RDP client or target that pastes whatever is copied on the other side, by hand (MS-RDPECLIP): no program of Debian 12 takes files from its server.
  rdp_paster.py client PORT USER PASSWORD FOLDER [FILE...]
  rdp_paster.py target IDENTITY FOLDER [FILE...]      IDENTITY: a PEM file with certificate and key; prints its port
What it pasted stands in FOLDER: `picture` (a packed DIB), and `files/` with each file; `formats` says what it was offered last. With FILEs it has copied those
itself; one that ends in .dib is a picture. A picture that it asks for although none was offered is `refused` when the answer is no."""
import os
import select
import socket
import struct
import sys
import time

import rdp_wire as rdp

READY, LIST, LIST_TAKEN, ASK, DATA, CAPABILITIES, ASK_PIECE, PIECE, LOCK, UNLOCK = 1, 2, 3, 4, 5, 7, 8, 9, 10, 11
OK, FAILED, DIB, TEXT = 1, 2, 8, 13
FILES = 0xC0A1  # our own number of FileGroupDescriptorW
PIECE_SIZE = 64 << 10


class Paster:
    def __init__(self, peer: rdp.Peer, folder: str, files: list) -> None:
        self.peer, self.folder, self.channel = peer, folder, peer.channels["cliprdr"]
        self.own, self.picture = [file for file in files if not file.endswith(".dib")], next((file for file in files if file.endswith(".dib")), None)
        self.parts, self.names, self.stream = bytearray(), {}, 0
        self.lists, self.listed = 0, 0.0  # how many came, and when the last
        os.makedirs(os.path.join(folder, "files"), exist_ok=True)
        if peer.is_client:
            while self.hear()[0] != READY:
                pass
            self.say_what_we_can()
        else:
            self.say_what_we_can()
            self.say(READY)
        self.offer()

    def say_what_we_can(self) -> None:
        self.say(CAPABILITIES, 0, struct.pack("<HHHHII", 1, 0, 1, 12, 2, 2 | 4 | 8 | 16 | 32))

    def say(self, kind: int, flags: int = 0, content: bytes = b"") -> None:
        message = struct.pack("<HHI", kind, flags, len(content)) + content
        for at in range(0, len(message), 1600):
            piece = message[at:at + 1600]
            self.peer.send(self.channel, rdp.chunk(piece, len(message), (at == 0) | (at + 1600 >= len(message)) << 1))

    def hear(self) -> tuple:
        """(kind, flags, content) of the next whole message."""
        while True:
            if (heard := self.hear_one())[0]:
                return heard

    def hear_one(self) -> tuple:
        """The same of what comes next; with kind 0 when it is no end of a message."""
        where, content = self.peer.next()
        if where == self.channel:
            flags = struct.unpack("<I", content[4:8])[0]
            if flags & 1:
                self.parts.clear()
            self.parts += content[8:]
            if flags & 2:
                return (*struct.unpack("<HH", self.parts[:4]), bytes(self.parts[8:]))
        return 0, 0, b""

    def answer_to(self, kind: int) -> tuple:
        """(flags, content) of the next of that kind; a list that comes in between counts, what else does is answered."""
        while True:
            heard, flags, content = self.hear()
            if heard == kind:
                return flags, content
            self.take(heard, content)

    def offer(self) -> None:
        name = "FileGroupDescriptorW".encode("utf-16le") + b"\0\0"
        self.say(LIST, 0, (struct.pack("<I", FILES) + name if self.own else b"") + (struct.pack("<I", DIB) + b"\0\0" if self.picture else b""))

    def take(self, kind: int, content: bytes) -> None:
        if kind == LIST:
            self.say(LIST_TAKEN, OK)
            self.names, self.lists, self.listed = self.read_names(content), self.lists + 1, time.monotonic()
        elif kind == ASK:
            wanted = struct.unpack("<I", content[:4])[0]
            if wanted == DIB and self.picture:
                with open(self.picture, "rb") as file:
                    self.say(DATA, OK, file.read())
            elif wanted == FILES and self.own:
                self.say(DATA, OK, struct.pack("<I", len(self.own)) + b"".join(self.descriptor(file) for file in self.own))
            else:
                self.say(DATA, FAILED)
        elif kind == ASK_PIECE:
            stream, place, what, low, high, length = struct.unpack("<6I", content[:24])
            with open(self.own[place], "rb") as file:
                file.seek(high << 32 | low)
                found = struct.pack("<Q", os.path.getsize(self.own[place])) if what == 1 else file.read(length)
            self.say(PIECE, OK, struct.pack("<I", stream) + found)

    @staticmethod
    def descriptor(file: str) -> bytes:
        size = os.path.getsize(file)
        return struct.pack("<I32xI24xII", 0x4044, 0x20, size >> 32, size & 0xFFFFFFFF) + os.path.basename(file).encode("utf-16le").ljust(520, b"\0")

    @staticmethod
    def read_names(content: bytes) -> dict:
        names = {}
        while len(content) >= 4:
            number = struct.unpack("<I", content[:4])[0]
            end = 4
            while content[end:end + 2] not in (b"\0\0", b""):
                end += 2
            names[number] = content[4:end].decode("utf-16le")
            content = content[end + 2:]
        return names

    def keep(self, name: str, content: bytes) -> None:
        path = os.path.join(self.folder, name)
        with open(path + ".new", "wb") as file:
            file.write(content)
        os.replace(path + ".new", path)

    def paste(self) -> None:
        """At first, and after each new list: a picture, and all files in it. Nobody pastes at once: xfreerdp names all that it knows before it names what there is."""
        pasted = -1
        while True:
            while self.lists == pasted or time.monotonic() < self.listed + 0.3:
                if self.peer.socket.pending() or select.select([self.peer.socket], [], [], 0.1)[0]:
                    kind, _, content = self.hear_one()
                    self.take(kind, content)
            pasted, names = self.lists, dict(self.names)
            self.keep("formats", repr(sorted((number, name) for number, name in names.items())).encode())
            self.say(ASK, 0, struct.pack("<I", DIB))
            flags, picture = self.answer_to(DATA)
            self.keep("picture" if flags & OK else "refused", picture)
            for number, name in list(names.items()):
                if name == "FileGroupDescriptorW":
                    self.paste_files(number)

    def paste_files(self, number: int) -> None:
        self.say(LOCK, 0, struct.pack("<I", 1))
        self.say(ASK, 0, struct.pack("<I", number))
        flags, content = self.answer_to(DATA)
        if flags & OK:
            for place in range(struct.unpack("<I", content[:4])[0]):
                descriptor = content[4 + 592 * place:4 + 592 * (place + 1)]
                self.paste_file(place, descriptor[72:].decode("utf-16le").split("\0")[0])
        self.say(UNLOCK, 0, struct.pack("<I", 1))

    def piece(self, place: int, what: int, at: int, length: int) -> bytes:
        self.stream += 1
        self.say(ASK_PIECE, 0, struct.pack("<7I", self.stream, place, what, at & 0xFFFFFFFF, at >> 32, length, 1))
        flags, content = self.answer_to(PIECE)
        answered = struct.unpack("<I", content[:4])[0]
        assert flags & OK and answered == self.stream, f"piece {self.stream} of file {place} at {at}: flags {flags} for {answered}"
        return content[4:]

    def paste_file(self, place: int, name: str) -> None:
        size, content = struct.unpack("<Q", self.piece(place, 1, 0, 8))[0], b""
        while len(content) < size:
            content += self.piece(place, 2, len(content), PIECE_SIZE)
        self.keep(os.path.join("files", name), content)


role, *rest = sys.argv[1:]
if role == "client":
    port, user, password, where, *copied = rest
    Paster(rdp.connect(int(port), user, password, 1024, 768), where, copied).paste()
else:
    identity, where, *copied = rest
    door = socket.create_server(("127.0.0.1", 0))
    print(door.getsockname()[1], flush=True)
    while True:
        try:
            target = rdp.accept(door.accept()[0], identity, 1024, 768)
            target.socket.sendall(rdp.fast_path(1, struct.pack("<HH", 1, 1) + struct.pack("<9H", 0, 0, 63, 63, 64, 64, 32, 0, 64 * 64 * 4) + bytes([120]) * (64 * 64 * 4)))
            Paster(target, where, copied).paste()
        except (OSError, EOFError):
            pass
