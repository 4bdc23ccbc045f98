#!/usr/bin/env python3
"""leaver.py: a VNC target that shows each of its users one picture and is gone. Prints its port."""
import socket
import threading

import hostile


def leave(caller: socket.socket) -> None:
    caller.shutdown(socket.SHUT_WR)


SCRIPT = [hostile.init(800, 600), None, hostile.rect(0, 0, 800, 600, hostile.RAW) + bytes([0x55]) * (800 * 600 * 4), leave]
door = socket.create_server(("127.0.0.1", 0))
print(door.getsockname()[1], flush=True)
while True:
    threading.Thread(target=hostile.serve_target, args=(door.accept()[0], SCRIPT), daemon=True).start()
