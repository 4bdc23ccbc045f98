"""What scripts that speak a protocol by hand share."""
import socket


def exactly(source: socket.socket, size: int) -> bytes:
    """So many bytes, however they come. Raises EOFError when the other side ends before."""
    data = b""
    while len(data) < size:
        more = source.recv(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data
