#!/usr/bin/env python3
"""card_user.py: what is asked of the smart card of smart_card.py, by whom it is asked of: a target over its user's channel of devices (MS-RDPESC), or, run by itself,
a program at the reader's own machine (PC/SC). Both print the reader and then each command with the card's answer, so that they can be compared."""
import ctypes
import struct

from smart_card import APPLICATION

SELECT = b"\x00\xa4\x04\x00" + bytes([len(APPLICATION)]) + APPLICATION
COMMANDS = [b"\x00\xb0\x00\x00\x00", SELECT, SELECT[:-1] + b"x", b"\x00\xb0\x0e\x85\xfe", b"\x00\xb0\xff\xff\x01", b"\x80\x01\x02\x03\x04"]
ESTABLISH, RELEASE, LIST_READERS, CONNECT, DISCONNECT, TRANSMIT = 0x90014, 0x90018, 0x90028, 0x900AC, 0x900B8, 0x900D0  # MS-RDPESC 3.1.4
SYSTEM, SHARED, ANY_PROTOCOL, LEAVE = 2, 2, 3, 0


def pointer(place: int) -> int:
    """The one at that place in its message: it stands for what follows, in the same order."""
    return 0x20000 + 4 * place


def tell(command: bytes, answer: bytes) -> None:
    print("card", command.hex(), answer.hex(), flush=True)


def pad(content: bytes, to: int = 4) -> bytes:
    return content + bytes(-len(content) % to)


def counted(content: bytes) -> bytes:
    return pad(struct.pack("<I", len(content)) + content)


class Reader:
    """What an answer of the user's machine says, from its ReturnCode on (2.2.3): words, and arrays after them."""

    def __init__(self, answer: bytes) -> None:
        self.content, self.at = answer, 0

    def word(self) -> int:
        self.at += 4
        return struct.unpack("<I", self.content[self.at - 4:self.at])[0]

    def array(self) -> bytes:
        length = self.word()
        found = self.content[self.at:self.at + length]
        assert len(found) == length
        self.at += length + -length % 4
        return found


def use_over(control) -> None:
    """`control(code, input)`: (status, output) of a DEVICE_CONTROL."""
    def call(code: int, content: bytes) -> Reader:
        content = pad(content, 8)
        status, output = control(code, struct.pack("<BBHIII", 1, 0x10, 8, 0xCCCCCCCC, len(content), 0) + content)
        reader = Reader(output[16:] if status == 0 else b"")  # after the two headers of 2.2.2
        result = reader.word() if status == 0 else status
        if result:
            raise OSError(f"{code:x}: {status:08x}, {result:08x}")
        return reader

    def pointed(content: bytes, place: int) -> bytes:  # cbContext and pbContext (2.2.1.1), or those of a handle (2.2.1.2)
        return struct.pack("<II", len(content), pointer(place))

    said = call(ESTABLISH, struct.pack("<I", SYSTEM))
    said.word(), said.word()
    context = said.array()
    said = call(LIST_READERS, pointed(context, 0) + struct.pack("<IIII", 0, 0, 0, 0xFFFFFFFF) + counted(context))
    said.word(), said.word()
    name = said.array().split(b"\0")[0]
    print("reader", name.decode(), flush=True)
    text = name + b"\0"
    said = call(CONNECT, struct.pack("<I", pointer(0)) + pointed(context, 1) + struct.pack("<II", SHARED, ANY_PROTOCOL) +
                pad(struct.pack("<III", len(text), 0, len(text)) + text) + counted(context))
    *_, protocol = (said.word() for _ in range(5))
    said.array()
    handle = said.array()
    both = pointed(context, 0) + pointed(handle, 1)
    for command in COMMANDS:
        said = call(TRANSMIT, both + struct.pack("<IIIIIIII", protocol, 0, 0, len(command), pointer(2), 0, 0, 300) + counted(context) + counted(handle) + counted(command))
        said.word(), said.word(), said.word()
        tell(command, said.array())
    call(DISCONNECT, both + struct.pack("<I", LEAVE) + counted(context) + counted(handle))
    call(RELEASE, pointed(context, 0) + counted(context))


class Protocol(ctypes.Structure):
    _fields_ = [("protocol", ctypes.c_ulong), ("length", ctypes.c_ulong)]


def use_here() -> None:
    library = ctypes.CDLL("libpcsclite.so.1")

    def check(result: int) -> None:
        if result:
            raise OSError(f"{result & 0xFFFFFFFF:08x}")

    context, card, protocol = ctypes.c_long(), ctypes.c_long(), ctypes.c_ulong()
    check(library.SCardEstablishContext(SYSTEM, None, None, ctypes.byref(context)))
    names, length = ctypes.create_string_buffer(1000), ctypes.c_ulong(1000)
    check(library.SCardListReaders(context, None, names, ctypes.byref(length)))
    check(library.SCardConnect(context, names.value, SHARED, ANY_PROTOCOL, ctypes.byref(card), ctypes.byref(protocol)))
    print("reader", names.value.decode(), flush=True)
    for command in COMMANDS:
        answer, length = ctypes.create_string_buffer(300), ctypes.c_ulong(300)
        check(library.SCardTransmit(card, ctypes.byref(Protocol(protocol.value, 16)), command, len(command), None, answer, ctypes.byref(length)))
        tell(command, answer.raw[:length.value])
    check(library.SCardDisconnect(card, LEAVE))
    check(library.SCardReleaseContext(context))


if __name__ == "__main__":
    use_here()
