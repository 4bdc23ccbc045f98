#!/usr/bin/env python3
"""activated.py SOCKET COMMAND...: the command as systemd starts a service by its socket: it is given one that listens at SOCKET, instead of one that it makes where
all of its kind do."""
import os
import socket
import sys

door = socket.socket(socket.AF_UNIX)
door.bind(sys.argv[1])
door.listen(16)
os.dup2(door.fileno(), 3)
os.set_inheritable(3, True)  # it may have been that from the beginning
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execvp(sys.argv[2], sys.argv[2:])
