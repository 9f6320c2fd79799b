"""A SOCKS5 and HTTP proxy that leads every name to this machine and logs what it was asked for.

    socks.py --port-file FILE [--refuse]

Logs: NUMBER connect | NUMBER user NAME | NUMBER name HOST PORT | NUMBER address IP PORT | NUMBER closed.
A `name` is proof that the client left resolving to the proxy; an `address`, that it did not (or was
given one).  --refuse: each request is answered with "not allowed".
"""
import socket
import struct
import sys
import threading

from ports import bound, say_port
from relay import log


def exactly(s, n):
    data = b""
    while len(data) < n:
        more = s.recv(n - len(data))
        if not more:
            raise ConnectionError("closed early")
        data += more
    return data


def is_address(host):
    try:
        socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET, host)
        return True
    except OSError:
        return False


def pump(a, b):
    try:
        while True:
            data = a.recv(65536)
            if not data:
                break
            b.sendall(data)
        b.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def lead(client, number, host, port):
    log(number, "address" if is_address(host) else "name", host, port)
    return socket.create_connection(("127.0.0.1", port), 20)


def both_ways(client, server):
    other = threading.Thread(target=pump, args=(client, server), daemon=True)
    other.start()
    pump(server, client)
    other.join(1)
    server.close()


def socks(client, number, refuse):
    methods = exactly(client, exactly(client, 1)[0])
    if 2 in methods:
        client.sendall(b"\5\2")
        exactly(client, 1)
        user = exactly(client, exactly(client, 1)[0])
        exactly(client, exactly(client, 1)[0])
        log(number, "user", user.decode("utf-8", "replace"))
        client.sendall(b"\1\0")
    else:
        client.sendall(b"\5\0")
    command, kind = struct.unpack("!xBxB", exactly(client, 4))
    if kind == 1:
        host = socket.inet_ntop(socket.AF_INET, exactly(client, 4))
    elif kind == 4:
        host = socket.inet_ntop(socket.AF_INET6, exactly(client, 16))
    else:
        host = exactly(client, exactly(client, 1)[0]).decode("ascii", "replace")
    port = struct.unpack("!H", exactly(client, 2))[0]
    if refuse or command != 1:
        log(number, "refused", host, port)
        client.sendall(b"\5\2\0\1\0\0\0\0\0\0")
        return
    try:
        server = lead(client, number, host, port)
    except OSError:
        client.sendall(b"\5\5\0\1\0\0\0\0\0\0")
        return
    client.sendall(b"\5\0\0\1\0\0\0\0\0\0")
    both_ways(client, server)


def http(client, number, refuse, first):
    head = first
    while b"\r\n\r\n" not in head and len(head) < 65536:
        head += exactly(client, 1)
    line, rest = head.split(b"\r\n", 1)
    method, target, version = line.decode("latin-1").split(" ")
    if refuse:
        log(number, "refused", target)
        client.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        return
    if method == "CONNECT":
        host, port = target.rsplit(":", 1)
        server = lead(client, number, host.strip("[]"), int(port))
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    else:
        host, slash, path = target.split("://", 1)[1].partition("/")
        host, _, port = host.partition(":")
        server = lead(client, number, host, int(port or 80))
        # One request a connection: the next may be for another host.
        keep = [h for h in rest.split(b"\r\n") if not h.lower().startswith((b"connection:", b"proxy-"))]
        server.sendall(("%s /%s %s\r\nConnection: close\r\n" % (method, path, version)).encode("latin-1") + b"\r\n".join(keep))
    both_ways(client, server)


def serve(client, number, refuse):
    log(number, "connect")
    try:
        first = exactly(client, 1)
        if first == b"\5":
            socks(client, number, refuse)
        else:
            http(client, number, refuse, first)
    except (OSError, ValueError):
        pass
    log(number, "closed")
    client.close()


def main(arguments):
    listener = bound()
    listener.listen(128)
    say_port(arguments[1], listener)
    number = 0
    while True:
        client = listener.accept()[0]
        number += 1
        threading.Thread(target=serve, args=(client, number, "--refuse" in arguments), daemon=True).start()


if __name__ == "__main__":
    main(sys.argv[1:])
