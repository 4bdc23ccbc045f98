"""RDP (MS-RDPBCGR) spoken far enough to be let in, as a client or as a target, by hand: whoever uses it says the rest as they like.
TLS without CredSSP, no compression, no licence."""
import socket
import ssl
import struct

from exact_read import exactly

GLOBAL, FIRST_CHANNEL, USER = 1003, 1004, 1007
SHARE = 0x000103EA


def tpkt(payload: bytes) -> bytes:
    return struct.pack(">BxH", 3, len(payload) + 4) + payload


def read_message(source: socket.socket) -> bytes:
    """A TPKT's payload, or a fast-path message as it came: that begins with no 0x02."""
    first = exactly(source, 2)
    if first[0] == 3:
        return exactly(source, struct.unpack(">H", exactly(source, 2))[0] - 4)
    length = first[1]
    if length & 0x80:
        length = (length & 0x7F) << 8 | exactly(source, 1)[0]
        return b"\0" + exactly(source, length - 3)
    return b"\0" + exactly(source, length - 2)


def ber(tag: bytes, content: bytes) -> bytes:
    return tag + (struct.pack(">BH", 0x82, len(content)) if len(content) > 127 else bytes([len(content)])) + content


def per(content: bytes) -> bytes:
    return struct.pack(">H", 0x8000 | len(content)) + content


def numbers(*values: int) -> bytes:
    return b"".join(ber(b"\x02", value.to_bytes(max(1, (value.bit_length() + 8) // 8), "big")) for value in values)


def block(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content) + 4) + content


def capability_sets(width: int, height: int, chunks: int) -> list:
    return [
        block(1, struct.pack("<HHHHHHHHHBB", 1, 3, 0x200, 0, 0, 0x405, 0, 0, 0, 1, 1)),
        block(2, struct.pack("<HHHHHHHHHBBHH", 32, 1, 1, 1, width, height, 0, 1, 1, 0, 0, 1, 0)),
        block(3, bytes(16) + struct.pack("<IHHHHHH", 0, 1, 20, 0, 1, 0, 0x2A) + bytes(32) + struct.pack("<HHIIHHHH", 0, 0, 0, 230400, 0, 0, 0, 0)),
        block(8, struct.pack("<HHH", 1, 25, 25)),
        block(9, struct.pack("<HH", 1002, 0)),
        block(10, struct.pack("<HH", 6, 0)),
        block(13, struct.pack("<HHIIII", 0x35, 0, 0x409, 4, 0, 12) + bytes(64)),
        block(14, struct.pack("<HH", 1, 0)),
        block(20, struct.pack("<II", 0, chunks)),
        block(0x1A, struct.pack("<I", 0x3F0000)),
        block(0x1B, struct.pack("<H", 3)),
    ]


def control_pdu(kind: int, source: int, content: bytes) -> bytes:
    return struct.pack("<HHH", len(content) + 6, kind, source) + content


def active_pdu(kind: int, source: int, width: int, height: int, chunks: int = 1600) -> bytes:
    """Demand Active (0x11) or Confirm Active (0x13). `chunks`: how long one of a static virtual channel may be."""
    sets = capability_sets(width, height, chunks)
    joined = b"".join(sets)
    originator = b"" if kind == 0x11 else struct.pack("<H", 0x3EA)
    session = struct.pack("<I", 0) if kind == 0x11 else b""
    return control_pdu(kind, source, struct.pack("<I", SHARE) + originator + struct.pack("<HH", 4, len(joined) + 4) + b"RDP\0" +
                       struct.pack("<HH", len(sets), 0) + joined + session)


def data_pdu(kind: int, source: int, content: bytes) -> bytes:
    return control_pdu(0x17, source, struct.pack("<IBBHBBH", SHARE, 0, 1, len(content) + 18, kind, 0, 0) + content)


def fast_path(code: int, content: bytes, fragment: int = 0) -> bytes:
    """A target's update; `fragment`: 0 whole, 1 last, 2 first, 3 next."""
    update = struct.pack("<BH", code | fragment << 4, len(content)) + content
    return struct.pack(">BH", 0, 0x8000 | (len(update) + 3)) + update


def chunk(content: bytes, total: int, flags: int = 3) -> bytes:
    """Of a static virtual channel: 1 the first, 2 the last, 3 both."""
    return struct.pack("<II", total, flags) + content


class Peer:
    def __init__(self, encrypted: ssl.SSLSocket, is_client: bool, channels: dict) -> None:
        self.socket, self.is_client, self.channels = encrypted, is_client, channels

    def wrap(self, channel: int, content: bytes) -> bytes:
        """What carries `content` on that channel, as bytes."""
        return tpkt(b"\x02\xf0\x80" + struct.pack(">BHHB", 0x64 if self.is_client else 0x68, USER - 1001, channel, 0x70) + per(content))

    def send(self, channel: int, content: bytes) -> None:
        self.socket.sendall(self.wrap(channel, content))

    def next(self) -> tuple:
        """(channel, content) of what comes next; a fast-path message has channel 0."""
        message = read_message(self.socket)
        if message[0] != 2:
            return 0, message[1:]
        if len(message) < 10:
            return -1, message
        channel = struct.unpack(">H", message[6:8])[0]
        return channel, message[11 if message[9] & 0x80 else 10:]

    def wait_for(self, kind: int) -> bytes:
        """Until a share control PDU of that kind (0x17: and its data kind) comes; others are passed over."""
        while True:
            channel, content = self.next()
            if channel == GLOBAL and len(content) > 4 and struct.unpack("<H", content[2:4])[0] == kind:
                return content


def connect(port: int, user: str, password: str, width: int = 800, height: int = 600, channels: tuple = ("cliprdr",), monitors: bytes = b"", graphics: bool = False) -> Peer:
    """As a client, up to the moment when the gateway shows its screen. `graphics`: it has the pipeline."""
    plain = socket.create_connection(("127.0.0.1", port), timeout=60)
    plain.sendall(tpkt(b"\x0e\xe0\0\0\0\0\0" + struct.pack("<BBHI", 1, 0, 8, 1)))
    read_message(plain)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    encrypted = context.wrap_socket(plain)
    core = struct.pack("<IHHHHII", 0x00080004, width, height, 0xCA01, 0xAA03, 0x409, 2600) + "hostile".encode("utf-16le").ljust(32, b"\0")
    core += struct.pack("<III", 4, 0, 12) + bytes(64) + struct.pack("<HHIHHH", 0xCA01, 1, 0, 24, 15, 0x103 if graphics else 3) + bytes(64) + struct.pack("<BBI", 0, 0, 1)
    named = struct.pack("<I", len(channels)) + b"".join(name.encode().ljust(8, b"\0") + struct.pack("<I", 0xC0000000) for name in channels)
    blocks = block(0xC001, core) + block(0xC002, bytes(8)) + block(0xC003, named) + monitors
    request = b"\0\5\0\x14\x7c\0\1" + per(b"\0\x08\0\x10\0\1\xc0\0Duca" + per(blocks))
    encrypted.sendall(tpkt(b"\x02\xf0\x80" + ber(b"\x7f\x65", b"\x04\1\1\x04\1\1\x01\1\xff" + ber(b"\x30", numbers(34, 2, 0, 1, 0, 1, 65535, 2)) +
                      ber(b"\x30", numbers(1, 1, 1, 1, 0, 1, 1056, 2)) + ber(b"\x30", numbers(65535, 64535, 65535, 1, 0, 1, 65535, 2)) + ber(b"\x04", request))))
    read_message(encrypted)
    peer = Peer(encrypted, True, {name: FIRST_CHANNEL + number for number, name in enumerate(channels)})
    encrypted.sendall(tpkt(b"\x02\xf0\x80\x04\1\0\1\0") + tpkt(b"\x02\xf0\x80\x28"))
    own = struct.unpack(">H", read_message(encrypted)[5:7])[0]
    for channel in (own + 1001, GLOBAL, *peer.channels.values()):
        encrypted.sendall(tpkt(b"\x02\xf0\x80" + struct.pack(">BHH", 0x38, own, channel)))
        read_message(encrypted)
    texts = [b"", user.encode("utf-16le"), password.encode("utf-16le"), b"", b""]
    info = struct.pack("<II5H", 0, 0x153, *(len(text) for text in texts)) + b"".join(text + b"\0\0" for text in texts)
    info += struct.pack("<HH", 2, 2) + b"\0\0" + struct.pack("<H", 2) + b"\0\0" + bytes(172) + struct.pack("<IIH", 0, 0, 0)
    peer.send(GLOBAL, struct.pack("<HH", 0x40, 0) + info)
    peer.wait_for(0x11)
    confirm(peer, width, height)
    return peer


def confirm(client: Peer, width: int, height: int) -> None:
    client.send(GLOBAL, active_pdu(0x13, USER, width & 0xFFFF, height & 0xFFFF))
    for kind, content in ((0x1F, struct.pack("<HH", 1, 1002)), (0x14, struct.pack("<HHI", 4, 0, 0)), (0x14, struct.pack("<HHI", 1, 0, 0)),
                          (0x27, struct.pack("<HHHH", 0, 0, 3, 50))):
        client.send(GLOBAL, data_pdu(kind, USER, content))


class NoGraphics(EOFError):
    """The client was not offered what the target wants."""


def accept(plain: socket.socket, identity: str, width: int, height: int, chunks: int = 1600, graphics: bool = False) -> Peer:
    """As a target, up to the moment when the gateway knows the screen's size and takes pictures. `identity`: a PEM file with certificate and key. `graphics`: it breaks off
    where the client has no graphics pipeline, when it has signed in, as servers do that are made of libfreerdp."""
    read_message(plain)
    plain.sendall(tpkt(b"\x0e\xd0\0\0\x12\x34\0" + struct.pack("<BBHI", 2, 0, 8, 1)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity)
    encrypted = context.wrap_socket(plain, server_side=True)
    request = read_message(encrypted)
    at = request.index(struct.pack("<H", 0xC003))
    count = struct.unpack("<I", request[at + 4:at + 8])[0]
    names = [request[at + 8 + 12 * number:at + 16 + 12 * number].rstrip(b"\0").decode() for number in range(count)]
    ids = [FIRST_CHANNEL + 10 + number for number in range(count)]
    net = struct.pack("<HH", GLOBAL, count) + b"".join(struct.pack("<H", number) for number in ids) + bytes(2 * (count % 2))
    blocks = block(0x0C01, struct.pack("<II", 0x00080004, 1)) + block(0x0C03, net) + block(0x0C02, bytes(8))
    response = b"\0\5\0\x14\x7c\0\1\x2a\x14\x76\x0a\1\1\0\1\xc0\0McDn" + per(blocks)
    encrypted.sendall(tpkt(b"\x02\xf0\x80" + ber(b"\x7f\x66", b"\x0a\1\0\x02\1\0" + ber(b"\x30", numbers(34, 3, 0, 1, 0, 1, 65528, 2)) + ber(b"\x04", response))))
    read_message(encrypted)  # erect domain
    read_message(encrypted)  # attach user
    encrypted.sendall(tpkt(b"\x02\xf0\x80\x2e\0" + struct.pack(">H", USER - 1001)))
    peer = Peer(encrypted, False, dict(zip(names, ids)))
    for _ in range(count + 2):
        joined = read_message(encrypted)[6:8]
        encrypted.sendall(tpkt(b"\x02\xf0\x80\x3e\0" + struct.pack(">H", USER - 1001) + joined + joined))
    peer.next()  # who signs in
    peer.send(GLOBAL, struct.pack("<HHBBHIIHH", 0x80, 0, 0xFF, 3, 16, 7, 2, 4, 0))
    if graphics and not has_graphics(request):
        encrypted.sendall(tpkt(b"\x02\xf0\x80\x21\x80"))
        encrypted.close()
        raise NoGraphics
    activate(peer, width, height, chunks)
    return peer


def has_graphics(request: bytes) -> bool:
    """Of a client's MCS Connect Initial: RNS_UD_CS_SUPPORT_DYNVC_GFX_PROTOCOL in its core data (MS-RDPBCGR 2.2.1.3.2)."""
    core = request.index(struct.pack("<H", 0xC001), request.index(b"Duca"))
    return bool(struct.unpack("<H", request[core + 144:core + 146])[0] & 0x100)


def activate(target: Peer, width: int, height: int, chunks: int = 1600) -> None:
    target.send(GLOBAL, active_pdu(0x11, 1002, width, height, chunks))
    target.wait_for(0x13)
    for kind, content in ((0x1F, struct.pack("<HH", 1, USER)), (0x14, struct.pack("<HHI", 4, 0, 0)), (0x14, struct.pack("<HHI", 2, USER, 1002)),
                          (0x28, struct.pack("<HHHH", 0, 0, 3, 4))):
        target.send(GLOBAL, data_pdu(kind, 1002, content))
