"""A TCP relay to a loopback port that counts what passes, and hurts it.

    relay.py --port-file FILE PORT KIND [ARGUMENTS]

    count                nothing but counting
    stall N              after N bytes from the server, nothing more comes; the connection stays open
    close N              after N bytes from the server the connection is closed, in order
    reset N              after N bytes from the server: RST
    flip N               byte N (from 0) of the server's is changed
    flip-pack N          byte N after the first "PACK" that the server sends
    slow RATE            RATE bytes a second from the server
    random-close N SEED  closed after a random number of bytes, N on average; each connection has its own

N counts for each connection.  --times K before the kind: only the first K connections are hurt.
Logs a line for each event: NUMBER connect | NUMBER at up U down D [KIND] | NUMBER closed up U down D.
"""
import random
import select
import socket
import struct
import sys
import threading
import time

from ports import bound, say_port

lock = threading.Lock()


def log(*words):
    with lock:
        print(*words, flush=True)


class Hurt:
    """What a relay does to the bytes of one connection that come from the server."""

    def __init__(self, kind, arguments, number):
        self.kind, self.number = kind, number
        self.n = int(arguments[0]) if arguments else 0
        if kind == "random-close":
            draw = random.Random(int(arguments[1]) * 7919 + number)
            self.n = int(draw.expovariate(1.0 / self.n)) + 1
            self.kind = "close"
        self.seen = 0
        self.pack = None
        self.tail = b""

    def flipped(self, data, at):
        at -= self.seen
        if not 0 <= at < len(data):
            return data
        return data[:at] + bytes([data[at] ^ 0x20]) + data[at + 1:]

    def find_pack(self, data):
        text = self.tail + data
        at = text.find(b"PACK\0\0\0\2")
        if self.pack is None and at >= 0:
            self.pack = self.seen - len(self.tail) + at
        self.tail = text[-7:]

    def apply(self, data):
        """The bytes that go on, and whether the connection does."""
        going = True
        if self.kind in ("stall", "close", "reset") and self.seen + len(data) >= self.n:
            data, going = data[:self.n - self.seen], False
        elif self.kind == "flip":
            data = self.flipped(data, self.n)
        elif self.kind == "flip-pack":
            self.find_pack(data)
            if self.pack is not None:
                data = self.flipped(data, self.pack + self.n)
        elif self.kind == "slow":
            time.sleep(len(data) / self.n)
        self.seen += len(data)
        return data, going


def abort(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


def relay(client, number, target, hurt):
    log(number, "connect")
    up = down = 0
    said = time.monotonic()
    try:
        server = socket.create_connection(("127.0.0.1", target), 20)
    except OSError as e:
        log(number, "closed up 0 down 0", e)
        client.close()
        return
    size = 65536 if hurt.kind != "slow" else max(1, min(65536, hurt.n // 10))
    open_ways = {client, server}
    try:
        while open_ways:
            for s in select.select(list(open_ways), [], [], 1900)[0]:
                data = s.recv(size)
                other = server if s is client else client
                if not data:
                    open_ways.discard(s)
                    other.shutdown(socket.SHUT_WR)
                    continue
                if s is client:
                    up += len(data)
                    other.sendall(data)
                    continue
                data, going = hurt.apply(data)
                other.sendall(data)
                down += len(data)
                if not going:
                    log(number, "at", "up", up, "down", down, hurt.kind)
                    if hurt.kind == "stall":
                        server.close()
                        while client.recv(65536):
                            pass
                    elif hurt.kind == "reset":
                        abort(client)
                    raise ConnectionAbortedError(hurt.kind)
            if time.monotonic() - said > 1:
                said = time.monotonic()
                log(number, "at", "up", up, "down", down)
    except OSError:
        pass
    log(number, "closed", "up", up, "down", down)
    for s in (client, server):
        s.close()


def main(arguments):
    path = arguments[1]
    target, arguments = int(arguments[2]), arguments[3:]
    times = None
    if arguments[0] == "--times":
        times, arguments = int(arguments[1]), arguments[2:]
    listener = bound()
    listener.listen(128)
    say_port(path, listener)
    number = 0
    while True:
        client = listener.accept()[0]
        number += 1
        kind = arguments[0] if times is None or number <= times else "count"
        hurt = Hurt(kind, arguments[1:], number)
        threading.Thread(target=relay, args=(client, number, target, hurt), daemon=True).start()


if __name__ == "__main__":
    main(sys.argv[1:])
