#!/usr/bin/env python3
"""serial_port.py FILE: a serial port that is none: prints the name of a terminal, and appends to FILE whatever is written to it."""
import os
import sys
import tty

line, port = os.openpty()
tty.setraw(port)
print(os.ttyname(port), flush=True)
with open(sys.argv[1], "ab", buffering=0) as file:
    while True:
        file.write(os.read(line, 4096))
