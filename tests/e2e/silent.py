#!/usr/bin/env python3
"""silent.py COUNT PORT...: COUNT connections to 127.0.0.1, over the ports in turn, that never say a word. Prints "ready" when
they are all open, and keeps them until its standard input ends; those that the gateway closed are not opened again."""
import resource
import socket
import sys

count, ports = int(sys.argv[1]), [int(port) for port in sys.argv[2:]]
resource.setrlimit(resource.RLIMIT_NOFILE, (count + 64, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
silent = [socket.create_connection(("127.0.0.1", ports[i % len(ports)]), timeout=10) for i in range(count)]
print("ready", flush=True)
sys.stdin.read()
