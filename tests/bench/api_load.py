#!/usr/bin/env python3
"""api_load.py PORT TOKEN READY LISTENERS SLOW: holds the API as many do, until it is ended by a signal.

LISTENERS connections follow GET /events. SLOW more are slow clients: a third sends its headers a byte a second, a third a body, a third takes an answer a few bytes a second.
Slow ones come back when they are cut. READY is written once all are there; on SIGTERM it says how many listeners still hear."""
import asyncio, itertools, pathlib, signal, ssl, sys

port, token, ready, listeners, slow = int(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
head = f"Host: gateway\r\nAuthorization: Bearer {token}\r\n"
hearing = set()


async def listen(number):
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    writer.write(f"GET /api/v1/events HTTP/1.1\r\n{head}\r\n".encode())
    first = await reader.readuntil(b"\r\n\r\n")
    assert b" 200 " in first.split(b"\r\n")[0], first
    hearing.add(number)
    try:
        while await reader.read(4096):
            pass
    finally:
        hearing.discard(number)


async def be_slow(number):
    drip = (f"GET /api/v1/recordings HTTP/1.1\r\n{head}X-Slow: " + "x" * 400).encode()
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context, limit=1024)
            if number % 3 == 2:
                writer.write(f"GET /api/v1/openapi.json HTTP/1.1\r\n{head}\r\n".encode())
                while await reader.read(64):
                    await asyncio.sleep(1)
                continue
            if number % 3 == 1:
                writer.write(f"POST /api/v1/requests HTTP/1.1\r\n{head}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n".encode())
            for byte in itertools.cycle(drip):
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(1)
        except OSError:
            await asyncio.sleep(1)


async def main():
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    tasks = [asyncio.create_task(listen(number)) for number in range(listeners)] + [asyncio.create_task(be_slow(number)) for number in range(slow)]
    while len(hearing) < listeners:
        await asyncio.sleep(0.1)
    ready.write_text("ready")
    await over.wait()
    print(f"{len(hearing)} of {listeners} listeners hear")
    for task in tasks:
        task.cancel()


asyncio.run(main())
