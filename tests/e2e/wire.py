"""wire.py PORT [FROM]: a piece of network that can break. Listens on a free port of 127.0.0.1, which it prints, and carries each
connection to PORT of 127.0.0.1, from the address FROM. SIGUSR1 cuts it: all connections are reset, and new ones refused, until
SIGUSR2 mends it. SIGHUP makes the connections of now dead: PORT gets nothing any more, not even the kernel's answers, and no end."""
import array
import ctypes
import fcntl
import os
import select
import signal
import socket
import struct
import sys
import termios
import time

to, source = int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""
heard, told = os.pipe()
os.set_blocking(told, False)
signal.signal(signal.SIGUSR1, lambda *_: os.write(told, b"c"))
signal.signal(signal.SIGUSR2, lambda *_: os.write(told, b"m"))
signal.signal(signal.SIGHUP, lambda *_: os.write(told, b"d"))


def listen(port):
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    listening.listen()
    return listening


def reset(one):
    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    one.close()


def unanswered(one):  # bytes that its peer has not acknowledged
    count = array.array("i", [0])
    fcntl.ioctl(one, termios.TIOCOUTQ, count)
    return count[0]


def deafen(one):
    while unanswered(one):  # the kernel would send them again and again, as no machine does that has vanished
        time.sleep(0.001)
    nothing = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))  # a socket filter that takes no byte of any packet
    one.setsockopt(socket.SOL_SOCKET, 26, struct.pack("HL", 1, ctypes.addressof(nothing)))  # SO_ATTACH_FILTER


listening = listen(0)
port = listening.getsockname()[1]
print(port, flush=True)
peers = {}  # each end's other end
dead = set()
while True:
    ready, _, _ = select.select([heard, *peers] + ([listening] if listening else []), [], [])
    if heard in ready:
        word = os.read(heard, 1)
        if word == b"c":
            for one in list(peers):
                reset(one)
            peers.clear()
            if listening:
                listening.close()
            listening = None
        elif word == b"d":
            for one in peers:
                if one.getpeername()[1] == to:
                    deafen(one)
                    dead.add(one)
        elif not listening:
            listening = listen(port)
        continue
    for one in ready:
        if one is listening:
            near = listening.accept()[0]
            try:
                far = socket.create_connection(("127.0.0.1", to), source_address=(source, 0) if source else None)
            except OSError:
                reset(near)
                continue
            for end in (near, far):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            peers[near], peers[far] = far, near
        elif one in peers:
            other = peers[one]
            try:
                data = one.recv(1 << 16)
                if data:
                    if other not in dead:
                        other.sendall(data)
                    continue
            except OSError:
                pass
            del peers[one], peers[other]
            one.close()
            other.close()
