#!/usr/bin/env python3
"""x_cursor.py DISPLAY: the pointer that the X display shows now, as one line: size of what is seen of it, where in that its hot spot is, and a digest of its pixels."""
import ctypes
import hashlib
import struct
import sys


class Image(ctypes.Structure):
    _fields_ = [("x", ctypes.c_short), ("y", ctypes.c_short), ("width", ctypes.c_ushort), ("height", ctypes.c_ushort), ("hot_x", ctypes.c_ushort), ("hot_y", ctypes.c_ushort),
                ("serial", ctypes.c_ulong), ("pixels", ctypes.POINTER(ctypes.c_ulong)), ("atom", ctypes.c_ulong), ("name", ctypes.c_char_p)]


x11, fixes = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXfixes.so.3")
x11.XOpenDisplay.restype = ctypes.c_void_p
fixes.XFixesGetCursorImage.restype = ctypes.POINTER(Image)
display = x11.XOpenDisplay(sys.argv[1].encode())
first, error = ctypes.c_int(), ctypes.c_int()
if not display or not fixes.XFixesQueryExtension(ctypes.c_void_p(display), ctypes.byref(first), ctypes.byref(error)):
    sys.exit("no such display")
image = fixes.XFixesGetCursorImage(ctypes.c_void_p(display)).contents
# What is clear has no colour, and clear rows and columns around it are no part of a pointer.
argb = [image.pixels[i] & 0xFFFFFFFF for i in range(image.width * image.height)]
argb = [pixel if pixel >> 24 else 0 for pixel in argb]
seen = [(i % image.width, i // image.width) for i, pixel in enumerate(argb) if pixel]
if not seen:
    sys.exit("no pointer is seen")
left, right = min(x for x, _ in seen), max(x for x, _ in seen)
top, bottom = min(y for _, y in seen), max(y for _, y in seen)
rows = [argb[y * image.width + left:y * image.width + right + 1] for y in range(top, bottom + 1)]
digest = hashlib.sha256(b"".join(struct.pack(f"<{len(row)}I", *row) for row in rows)).hexdigest()[:16]
print(f"{right - left + 1}x{bottom - top + 1} {image.hot_x - left},{image.hot_y - top} {digest}")
