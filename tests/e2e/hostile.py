#!/usr/bin/env python3
"""hostile.py targets: VNC targets, one for each of TARGETS, that speak RFB and lie about sizes; prints "NAME PORT" lines and "ready".
hostile.py clients PORT LOG PEACE: VNC clients that do the same to the gateway at PORT, as alice with each of the targets above and with
each of CLIENTS on the target "machine", while another client of "machine" must see its screen all the time. PEACE: how many seconds it
may wait for a picture. LOG is the gateway's, which must say why each target was left: its user stays before a screen that says it too.
Prints a line for each: NAME cut|lives SECONDS."""
import concurrent.futures
import re
import socket
import ssl
import struct
import sys
import threading
import time

from exact_read import exactly

PASSWORD = "Correct-Horse-9"
HUGE = 0xFFFFFFFF
RAW, ZRLE, DESKTOP_SIZE, CURSOR = 0, 16, -223, -239
PIXELS = struct.pack(">BBBBHHHBBBxxx", 32, 24, 0, 1, 255, 255, 255, 16, 8, 0)


def flood(to: socket.socket, seconds: float = 20, piece: bytes = b"\0") -> None:
    """Bytes without an end, until the other side has enough."""
    many = piece * ((1 << 16) // len(piece))
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        to.sendall(many)


def init(width: int, height: int, name_length: int = 4) -> bytes:
    return struct.pack(">HH", width, height) + PIXELS + struct.pack(">I", name_length) + b"evil"


def rect(x: int, y: int, width: int, height: int, encoding: int) -> bytes:
    return struct.pack(">BxH", 0, 1) + struct.pack(">HHHHi", x, y, width, height, encoding)


# What a target says after the login; after its first None it waits until it is asked for its screen.
TARGETS = {
    "wide": [init(32767, 32767), None, rect(0, 0, 32767, 32767, RAW), flood],
    "tall": [init(16384, 16384), None, rect(0, 0, 16384, 16384, RAW), flood],  # which a relay could keep in memory
    "flickers": [init(640, 480), None, lambda to: flood(to, piece=rect(0, 0, 641, 480, DESKTOP_SIZE) + rect(0, 0, 640, 480, DESKTOP_SIZE))],
    "named": [init(640, 480, HUGE), flood],
    "outside": [init(640, 480), None, rect(600, 400, 640, 480, RAW), flood],
    "cursor": [init(640, 480), None, rect(0, 0, 30000, 30000, CURSOR), flood],
    "grows": [init(640, 480), None, rect(0, 0, 32767, 32767, DESKTOP_SIZE), flood],
    "towers": [init(640, 480), None, rect(0, 0, 16384, 16384, DESKTOP_SIZE), flood],
    "copied": [init(640, 480), None, struct.pack(">BxxxI", 3, HUGE >> 1), flood],
    "extended": [init(640, 480), None, struct.pack(">BxxxI", 3, 1 << 31), flood],  # minus 2 GB
    # 2 GB (more is a negative length to libvncclient) of a stream that unpacks to nothing.
    "endless": [init(640, 480), None, rect(0, 0, 640, 480, ZRLE) + struct.pack(">I", HUGE >> 1) + b"\x78\x01", lambda to: flood(to, piece=b"\x00\x00\x00\xff\xff")],
}
# What a client says when it has seen the screen's size.
CLIENTS = {
    "pastes": struct.pack(">BxxxI", 6, HUGE - 7),
    "extends": struct.pack(">Bxxxi", 6, -(1 << 31)),
    "resizes": struct.pack(">BxHHBx", 251, 65535, 65535, 255) + bytes(16 * 255),
    "encodes": struct.pack(">BxH", 2, 65535) + bytes(4 * 65535),
    "colours": struct.pack(">Bxxx", 0) + struct.pack(">BBBBHHHBBBxxx", 64, 255, 1, 1, 0, 0, 0, 255, 255, 255),
    "asks": struct.pack(">BBHHHH", 3, 0, 65535, 65535, 65535, 65535),
    "nonsense": bytes([255]) * 4096,
}
# What these say is refused or clipped, and no reason to throw anybody out.
HARMLESS = {"resizes", "encodes", "asks"}


def serve_target(caller: socket.socket, script: list) -> None:
    try:
        with caller:
            caller.sendall(b"RFB 003.008\n")
            exactly(caller, 12)
            caller.sendall(b"\x01\x01")
            exactly(caller, 1)
            caller.sendall(bytes(4))
            exactly(caller, 1)
            for step in script:
                if step is None:
                    asked = False
                    while not asked:
                        kind = exactly(caller, 1)[0]
                        if kind == 2:
                            exactly(caller, 4 * struct.unpack(">xH", exactly(caller, 3))[0])
                        else:
                            exactly(caller, {0: 19, 3: 9, 4: 7, 5: 5}[kind])
                        asked = kind == 3
                elif callable(step):
                    step(caller)
                else:
                    caller.sendall(step)
            while caller.recv(1 << 16):
                pass
    except (OSError, EOFError):
        pass


def listen(scripts: dict, serve) -> None:
    """A port for each script, whose callers serve(caller, script) gets; until standard input ends."""
    for name, script in scripts.items():
        door = socket.create_server(("127.0.0.1", 0))
        print(name, door.getsockname()[1])

        def accept(door: socket.socket = door, script=script) -> None:
            while True:
                threading.Thread(target=serve, args=(door.accept()[0], script), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
    print("ready", flush=True)
    sys.stdin.read()


def targets() -> None:
    listen(TARGETS, serve_target)


def enter(port: int, target: str) -> ssl.SSLSocket:
    """As come_in(); again when a machine that is busy took longer than serve gives who is not let in yet."""
    for _ in range(3):
        try:
            return come_in(port, target)
        except (OSError, EOFError):
            time.sleep(1)
    return come_in(port, target)


def come_in(port: int, target: str) -> ssl.SSLSocket:
    """By VeNCrypt's X509Plain, up to the target's size."""
    plain = socket.create_connection(("127.0.0.1", port), timeout=60)
    exactly(plain, 12)
    plain.sendall(b"RFB 003.008\n")
    exactly(plain, exactly(plain, 1)[0])
    plain.sendall(b"\x13")
    exactly(plain, 2)
    plain.sendall(b"\x00\x02")
    exactly(plain, 1)
    exactly(plain, 4 * exactly(plain, 1)[0])
    plain.sendall(struct.pack(">I", 262))
    exactly(plain, 1)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    client = context.wrap_socket(plain)
    user, password = f"alice@{target}".encode(), PASSWORD.encode()
    client.sendall(struct.pack(">II", len(user), len(password)) + user + password)
    if exactly(client, 4) != bytes(4):
        raise EOFError
    client.sendall(b"\x01")
    exactly(client, 20)
    exactly(client, struct.unpack(">I", exactly(client, 4))[0])
    return client


ASK = struct.pack(">BBHHHH", 3, 0, 0, 0, 16, 16)


class Peaceful(threading.Thread):
    """Asks for a corner of its screen again and again."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.client = enter(port, "machine")
        self.client.sendall(struct.pack(">BxHi", 2, 1, RAW))
        self.over, self.longest, self.pictures, self.error = False, 0.0, 0, ""

    def run(self) -> None:
        try:
            while not self.over:
                asked = time.monotonic()
                self.client.sendall(ASK)
                exactly(self.client, 1)
                for _ in range(struct.unpack(">xH", exactly(self.client, 3))[0]):
                    width, height = struct.unpack(">4xHH4x", exactly(self.client, 12))
                    exactly(self.client, width * height * 4)
                self.longest = max(self.longest, time.monotonic() - asked)
                self.pictures += 1
                time.sleep(0.05)
        except (OSError, EOFError, struct.error) as error:
            self.error = repr(error)


def says_why(log: str, target: str) -> bool:
    """Whether the session with that target ends for something that the target did."""
    with open(log, encoding="utf-8", errors="replace") as file:
        lines = file.readlines()
    sessions = [re.search(r"session=(\S+)", line)[1] for line in lines if f" to {target} by rule" in line]
    return any(f"session={session} ending: target: " in line for line in lines for session in sessions)


def meets(port: int, target: str, log: str) -> bool:
    """Whether the gateway leaves that target, and says why. It may do so before a client of it has seen anything."""
    until = time.monotonic() + 120
    while time.monotonic() < until and not says_why(log, target):
        try:
            with come_in(port, target):
                while time.monotonic() < until and not says_why(log, target):
                    time.sleep(0.2)
        except (OSError, EOFError):
            time.sleep(1)
    return says_why(log, target)


def stays(port: int, name: str) -> bool:
    """Whether that client is still answered when it has said its piece."""
    try:
        with enter(port, "machine") as client:
            client.settimeout(30)
            client.sendall(CLIENTS[name])
            if name not in HARMLESS:
                flood(client, 60)
                return True
            client.sendall(bytes([4, 1, 0, 0]) + struct.pack(">I", 0xFFE1))  # Shift goes down
            client.sendall(ASK)
            return client.recv(1) == b"\0"  # a picture
    except (OSError, EOFError):
        return False


def judge(port: int, peace: float, cases: dict, harmless: set) -> None:
    """Each case, a function that says whether the liar was let be, beside a client of the VNC listener at `port` that is not to notice."""
    peaceful = Peaceful(port)
    peaceful.start()

    def as_expected(name: str) -> bool:
        began = time.monotonic()
        lives = cases[name]()
        print(name, "lives" if lives else "cut", f"{time.monotonic() - began:.1f}", flush=True)
        return lives == (name in harmless)

    # Serve lets few of one address wait at a time.
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        right = all(list(pool.map(as_expected, cases)))
    peaceful.over = True
    peaceful.join(60)
    print("peace", peaceful.pictures, f"{peaceful.longest:.1f}", peaceful.error or "undisturbed")
    sys.exit(0 if right and peaceful.pictures > 10 and not peaceful.error and peaceful.longest < peace else 1)


def clients(port: int, log: str, peace: float) -> None:
    cases = {name: lambda name=name: not meets(port, name, log) for name in TARGETS}
    cases.update((name, lambda name=name: stays(port, name)) for name in CLIENTS)
    judge(port, peace, cases, HARMLESS)


if __name__ == "__main__":
    if sys.argv[1] == "targets":
        targets()
    else:
        clients(int(sys.argv[2]), sys.argv[3], float(sys.argv[4]))
