#!/usr/bin/env python3
"""smart_card.py PORT: a smart card that is none, in the virtual reader of vsmartcard-vpcd that listens there: prints each command (ISO 7816-4) that it is given.
It has one application to be selected, and a file of 4096 bytes to be read."""
import hashlib
import socket
import struct
import sys

from exact_read import exactly

ASKS_ATR = 4  # in one byte, as power that goes on and off; more bytes are a command
ATR = bytes.fromhex("3B80800101")  # T=0 and T=1, no history
APPLICATION = b"\xf0frostgate"
FILE = b"".join(hashlib.sha256(bytes([at])).digest() for at in range(128))
DONE, NOT_FOUND, WRONG_OFFSET, UNKNOWN = b"\x90\x00", b"\x6a\x82", b"\x6b\x00", b"\x6d\x00"


def answer(command: bytes) -> bytes:
    instruction, first, second = command[1:4]
    if instruction == 0xA4:  # SELECT by name
        return b"\x6f" + bytes([len(APPLICATION) + 2]) + b"\x84" + bytes([len(APPLICATION)]) + APPLICATION + DONE if command[5:5 + command[4]] == APPLICATION else NOT_FOUND
    if instruction == 0xB0:  # READ BINARY; the length 0 stands for 256
        at = first << 8 | second
        return FILE[at:at + (command[4] or 256)] + DONE if at < len(FILE) else WRONG_OFFSET
    return UNKNOWN


if __name__ == "__main__":
    reader = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    while True:
        said = exactly(reader, struct.unpack(">H", exactly(reader, 2))[0])
        if said == bytes([ASKS_ATR]):
            reader.sendall(struct.pack(">H", len(ATR)) + ATR)
        elif len(said) > 1:
            print(said.hex(), flush=True)
            reply = answer(said)
            reader.sendall(struct.pack(">H", len(reply)) + reply)
