#!/usr/bin/env python3
"""key_table.py DISPLAY [CODE.LEVEL...]: what the keys of the X display's layout make, alone and with Shift, and how xdotool presses them: two lines. Dead keys are left
out, and keys that are named, by their X codes and level (1 alone, 2 with Shift)."""
import ctypes
import re
import subprocess
import sys

CODES = [*range(10, 22), *range(24, 36), *range(38, 50), *range(51, 62), 94]  # what makes characters on a keyboard of 105 keys
display, left_out = sys.argv[1], set(sys.argv[2:])
xkb = ctypes.CDLL("libxkbcommon.so.0")
text = ctypes.create_string_buffer(8)
characters, strokes = "", []
table = subprocess.run(["xmodmap", "-display", display, "-pke"], capture_output=True, text=True, check=True).stdout
keys = {int(code): names.split() for code, names in re.findall(r"keycode +(\d+) = (.*)", table)}
for level, with_shift in ((1, ""), (2, "shift+")):
    for code in CODES:
        name = keys.get(code, [])[level - 1:level]
        if not name or f"{code}.{level}" in left_out:
            continue
        keysym = xkb.xkb_keysym_from_name(name[0].encode(), 0)
        if xkb.xkb_keysym_to_utf8(keysym, text, len(text)) > 1:
            characters += text.value.decode()
            strokes.append(f"{with_shift}{code}")
print(characters)
print(*strokes)
