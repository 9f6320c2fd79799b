"""A WebSocket client for text messages on this machine (RFC 6455), as small as the tests need it:
no extensions, no TLS.  One thread; everything that waits has a deadline.
"""
import base64
import os
import socket
import struct
import time
from urllib.parse import urlsplit

LARGEST = 256 << 20  # bytes of a message: a screenshot of a long page has some MB


class Closed(Exception):
    """The other side ended the connection."""


def masked(payload, key):
    whole = len(payload)
    pad = -whole % 4
    number = int.from_bytes(payload + bytes(pad), "big")
    mask = int.from_bytes(key * ((whole + pad) // 4), "big")
    return (number ^ mask).to_bytes(whole + pad, "big")[:whole]


class TextSocket:
    def __init__(self, url, seconds=20):
        parts = urlsplit(url)
        self.socket = socket.create_connection((parts.hostname, parts.port), seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.held = bytearray()
        self.message = b""
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((
            f"GET {parts.path or '/'} HTTP/1.1\r\nHost: {parts.hostname}:{parts.port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
        deadline = time.monotonic() + seconds
        while b"\r\n\r\n" not in self.held:
            self._more(deadline)
        end = self.held.index(b"\r\n\r\n") + 4
        answer = bytes(self.held[:end])
        del self.held[:end]
        if b" 101 " not in answer.split(b"\r\n")[0]:
            raise Closed(answer.decode("latin-1"))

    def close(self):
        self.socket.close()

    def send(self, text):
        self._frame(1, text.encode())

    def receive(self, seconds):
        """The next message; TimeoutError where none comes."""
        deadline = time.monotonic() + seconds
        while True:
            last, kind, payload = self._receive_frame(deadline)
            if kind == 8:
                raise Closed(payload[2:].decode(errors="replace") or "closed")
            if kind == 9:
                self._frame(10, payload)
            if kind in (0, 1, 2):
                self.message += payload
                if last:
                    whole, self.message = self.message, b""
                    return whole.decode()

    def _frame(self, kind, payload):
        length = len(payload)
        if length < 126:
            head = struct.pack("!BB", 0x80 | kind, 0x80 | length)
        elif length < 1 << 16:
            head = struct.pack("!BBH", 0x80 | kind, 0x80 | 126, length)
        else:
            head = struct.pack("!BBQ", 0x80 | kind, 0x80 | 127, length)
        key = os.urandom(4)
        self.socket.settimeout(60)
        self.socket.sendall(head + key + masked(payload, key))

    def _receive_frame(self, deadline):
        # Nothing is taken before all of it is here: after a deadline a later call goes on from there.
        self._hold(2, deadline)
        length, start = self.held[1] & 127, 2
        if length >= 126:
            start = 4 if length == 126 else 10
            self._hold(start, deadline)
            length = int.from_bytes(self.held[2:start], "big")
        if length > LARGEST:
            raise Closed(f"a message of {length} bytes")
        self._hold(start + length, deadline)
        first, payload = self.held[0], bytes(self.held[start:start + length])
        del self.held[:start + length]
        return first & 0x80, first & 15, payload

    def _hold(self, count, deadline):
        while len(self.held) < count:
            self._more(deadline)

    def _more(self, deadline):
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.socket.settimeout(left)
        got = self.socket.recv(1 << 20)
        if not got:
            raise Closed("the connection ended")
        self.held += got
