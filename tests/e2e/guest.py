"""guest.py PORT SESSION USER PASSWORD FOLDER: joins a running session as a page of the portal does: signs in, takes a ticket, and speaks RFB in a WebSocket. Types a
line and clicks, which must go nowhere; keeps the screen in FOLDER/guest.ppm each second, and ends when it is shown out. Prints how it ended."""
import json
import os
import socket
import ssl
import struct
import sys
import time
import urllib.request

from exact_read import exactly

port, session, user, password, folder = sys.argv[1:]
origin = "https://127.0.0.1:" + port
context = ssl._create_unverified_context()
signed_in = urllib.request.urlopen(urllib.request.Request(origin + "/api/v1/session", json.dumps({"user": user, "password": password}).encode(), {"Content-Type": "application/json"}), context=context)
cookie = signed_in.headers["Set-Cookie"].split(";")[0]
mark = json.load(signed_in)["csrf"]
where = "/api/v1/live-sessions/" + session
ticket = json.load(urllib.request.urlopen(urllib.request.Request(origin + where + "/screen-ticket", b"", {"Cookie": cookie, "X-Frostgate-CSRF": mark, "Origin": origin}), context=context))["ticket"]

page = context.wrap_socket(socket.create_connection(("127.0.0.1", int(port))), server_hostname="127.0.0.1")
page.sendall((f"GET {where}/screen?ticket={ticket} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: {origin}\r\nCookie: {cookie}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
              "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: binary\r\n\r\n").encode())
came = b""
while b"\r\n\r\n" not in came:
    came += page.recv(1)
assert came.startswith(b"HTTP/1.1 101"), came


rest = b""


def rfb(count):  # of the frames' contents
    global rest
    while len(rest) < count:
        first, length = exactly(page, 2)
        length = struct.unpack(">H", exactly(page, 2))[0] if length == 126 else struct.unpack(">Q", exactly(page, 8))[0] if length == 127 else length
        content = exactly(page, length)
        if first & 15 == 8:
            raise EOFError
        if first & 15 < 3:
            rest += content
    out, rest = rest[:count], rest[count:]
    return out


def say(content):  # masked with zeros, as a client must
    assert len(content) < 126
    page.sendall(bytes([0x82, 0x80 | len(content)]) + bytes(4) + content)


assert rfb(12) == b"RFB 003.008\n"
say(b"RFB 003.008\n")
assert 1 in rfb(rfb(1)[0])
say(b"\1")
assert rfb(4) == bytes(4)
say(b"\1")
width, height = struct.unpack(">HH", rfb(4))
rfb(struct.unpack(">16xI", rfb(20))[0])
say(struct.pack(">BxxxBBBBHHHBBBxxx", 0, 32, 24, 0, 1, 255, 255, 255, 16, 8, 0))
say(struct.pack(">BxHi", 2, 1, 0))  # raw
for key in b"touch typed-by-the-guest\r":
    for down in (1, 0):
        say(struct.pack(">BBxxI", 4, down, 0xFF0D if key == 13 else key))
for buttons in (1, 0):
    say(struct.pack(">BBHH", 5, buttons, width // 2, height // 2))
screen = bytearray(width * height * 4)
kept = 0
try:
    say(struct.pack(">BBHHHH", 3, 0, 0, 0, width, height))
    while True:
        kind = rfb(1)[0]
        if kind == 3:
            rfb(struct.unpack(">3xI", rfb(7))[0])
            continue
        assert kind == 0, kind
        for _ in range(struct.unpack(">xH", rfb(3))[0]):
            x, y, w, h, coding = struct.unpack(">HHHHi", rfb(12))
            assert coding == 0, coding
            pixels = rfb(w * h * 4)
            for row in range(h):
                begin = ((y + row) * width + x) * 4
                screen[begin:begin + w * 4] = pixels[row * w * 4:(row + 1) * w * 4]
        if time.time() - kept > 1:
            kept = time.time()
            with open(folder + "/guest.new", "wb") as file:
                colours = bytearray(width * height * 3)
                for channel in range(3):
                    colours[channel::3] = screen[2 - channel::4]
                file.write(b"P6 %d %d 255\n" % (width, height) + colours)
            os.rename(folder + "/guest.new", folder + "/guest.ppm")
        time.sleep(0.1)
        say(struct.pack(">BBHHHH", 3, 1, 0, 0, width, height))
except EOFError:
    print("shown out")
