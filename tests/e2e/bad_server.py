"""A hostile server: HTTP, and what a git:// client sees where no repository is needed.

    bad_server.py --port-file FILE [--tls PEM] KIND [ARGUMENTS]

    silent               accepts and never answers
    hangup               closes when it was asked
    reset                RST when it was asked
    garbage              64 KiB of noise, then closes
    endless              bytes for ever (HTTP: the body of a good answer)
    endless-header       header lines for ever
    drip                 a good answer at one byte a second
    status CODE          that status, with a page (429 and 503: Retry-After: 3600)
    loop                 301 to a longer path of its own, for ever
    redirect URL         301 to URL and the path that was asked for
    cookie               a good, empty answer that sets a cookie
    refs N [ID]          N references, all of them ID; what is then wanted, it does not have
    refs-endless         references for ever

of a real repository, at any path, spoken in git's smart HTTP:

    good REPO            nothing amiss
    dies REPO            the references are good; then each request is closed
    refs-stall REPO      the references are good; then each request waits for ever
    pack-stall REPO N    stops after N bytes of the pack and stays open
    pack-close REPO N    closes after N bytes of the pack
    pack-short REPO N    the pack ends after N bytes, and the answer is well formed
    pack-flip REPO N     byte N of the pack is changed
    pack-zeros REPO N    the pack's object count says N
    pack-endless REPO    after the pack, bytes for ever

Logs: NUMBER connect | NUMBER asked LINE | NUMBER header NAME: VALUE | NUMBER sent BYTES | NUMBER closed.
"""
import os
import random
import socket
import ssl
import subprocess
import sys
import threading
import time

from ports import bound, say_port
from relay import abort, log

STALL = 1800
MAX_BODY = 64 << 20
CHUNK = random.Random(1).randbytes(65536)


def pkt(data):
    return b"%04x" % (len(data) + 4) + data


class Client:
    def __init__(self, s, number):
        self.s, self.number, self.sent, self.ahead = s, number, 0, b""

    def log(self, *words):
        log(self.number, *words)

    def more(self):
        data = self.s.recv(65536)
        if not data:
            raise ConnectionError("closed by the client")
        self.ahead += data

    def take(self, n):
        while len(self.ahead) < n:
            self.more()
        data, self.ahead = self.ahead[:n], self.ahead[n:]
        return data

    def line(self):
        while b"\n" not in self.ahead:
            if len(self.ahead) > 65536:
                raise ConnectionError("a long line")
            self.more()
        return self.take(self.ahead.index(b"\n") + 1).rstrip(b"\r\n")

    def send(self, data):
        self.s.sendall(data)
        self.sent += len(data)

    def for_ever(self, data):
        while True:
            self.send(data)

    def wait(self):
        """Until the client goes away."""
        self.s.settimeout(STALL)
        while self.s.recv(65536):
            pass
        raise ConnectionError("closed by the client")


class Request:
    """One HTTP request, or the one of git daemon's protocol."""

    def __init__(self, client):
        self.headers, self.body = {}, b""
        first = client.take(4)
        client.ahead = first + client.ahead
        self.http = first[:4].isalpha() or first[3:4] == b" "
        if not self.http:
            self.method, self.path = "GIT", client.take(int(first, 16))[4:].decode("utf-8", "replace").replace("\0", " ")
            client.log("asked", self.path)
            return
        line = client.line().decode("latin-1")
        client.log("asked", line)
        self.method, self.path = line.split(" ")[:2]
        while True:
            line = client.line().decode("latin-1")
            if not line:
                break
            client.log("header", line)
            name, _, value = line.partition(":")
            self.headers[name.lower()] = value.strip()
        self.read_body(client)

    def read_body(self, client):
        if self.headers.get("expect"):
            client.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        if self.headers.get("transfer-encoding") == "chunked":
            while True:
                n = int(client.line().split(b";")[0], 16)
                self.body += client.take(n)
                client.line()
                if n == 0 or len(self.body) > MAX_BODY:
                    break
        else:
            self.body = client.take(min(int(self.headers.get("content-length", 0)), MAX_BODY))

    def v2(self):
        return "version=2" in self.headers.get("git-protocol", "")


def answer(client, body, kind="application/octet-stream", status="200 OK", extra=""):
    """body: bytes, or None for one that ends with the connection."""
    length = "Connection: close" if body is None else "Content-Length: %d" % len(body)
    client.send(("HTTP/1.1 %s\r\nContent-Type: %s\r\nCache-Control: no-cache\r\n%s%s\r\n\r\n" % (status, kind, extra, length)).encode())
    if body:
        client.send(body)


# ---- answers that need no repository ----

def silent(client, request):
    client.wait()


def hangup(client, request):
    raise ConnectionError("as it should")


def reset(client, request):
    abort(client.s)
    raise ConnectionError("as it should")


def garbage(client, request):
    client.send(CHUNK)
    raise ConnectionError("as it should")


def git_type(request):
    return "application/x-git-upload-pack-" + ("advertisement" if "info/refs" in request.path else "result")


def endless(client, request):
    if request.http:
        answer(client, None, git_type(request))
    client.for_ever(CHUNK)


def endless_header(client, request):
    client.send(b"HTTP/1.1 200 OK\r\n")
    client.for_ever(b"X-Filler: " + b"a" * 1000 + b"\r\n")


def drip(client, request):
    for byte in b"HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-advertisement\r\n\r\n" + b"0" * STALL:
        client.send(bytes([byte]))
        time.sleep(1)


def status(client, request, code):
    later = "Retry-After: 3600\r\n" if code in ("429", "503") else ""
    answer(client, b"<html><title>Blocked</title><p>This page is not here.\n", "text/html", code + " Said", later)


def loop(client, request):
    answer(client, b"", status="301 Moved", extra="Location: %s/again\r\n" % request.path.split("?")[0].rstrip("/"))


def redirect(client, request, url):
    answer(client, b"", status="301 Moved", extra="Location: %s%s\r\n" % (url, request.path))


def cookie(client, request):
    answer(client, b"", extra="Set-Cookie: reader=17; Path=/\r\n")


def ref_lines(count, name, first):
    for n in range(count):
        tail = b"refs/heads/main" if n == 0 else b"refs/heads/r%07d" % n
        yield pkt(name + b" " + tail + (first if n == 0 else b"") + b"\n")


CAPABILITIES = b"\0 side-band-64k ofs-delta multi_ack_detailed no-done symref=HEAD:refs/heads/main agent=git/2.39.5"


def refs(client, request, count, name="1" * 40):
    count, name = int(count), name.encode()
    if not request.http:
        send_lines(client, ref_lines(count, name, CAPABILITIES))
        client.wait()
    elif request.method == "POST" and b"command=ls-refs" in request.body:
        answer(client, None, git_type(request))
        send_lines(client, ref_lines(count, name, b""))
    elif request.method == "POST":
        answer(client, pkt(b"ERR upload-pack: not our ref\n"), git_type(request))
    elif "info/refs" not in request.path:
        status(client, request, "404")
    elif request.v2():
        head = pkt(b"# service=git-upload-pack\n") + b"0000" + pkt(b"version 2\n") + pkt(b"agent=git/2.39.5\n")
        answer(client, head + pkt(b"ls-refs\n") + pkt(b"fetch=shallow filter\n") + b"0000", git_type(request))
    else:
        answer(client, None, git_type(request))
        client.send(pkt(b"# service=git-upload-pack\n") + b"0000")
        send_lines(client, ref_lines(count, name, CAPABILITIES))


def send_lines(client, lines):
    """And end an HTTP answer by closing."""
    batch = []
    for line in lines:
        batch.append(line)
        if len(batch) == 1000:
            client.send(b"".join(batch))
            batch = []
    client.send(b"".join(batch) + b"0000")
    client.log("references sent")
    raise ConnectionError("the end of an answer")


def refs_endless(client, request):
    refs(client, request, 1 << 60)


# ---- a real repository, spoken for ----

def upload_pack(repo, request, *options):
    environment = dict(os.environ, GIT_PROTOCOL=request.headers.get("git-protocol", ""))
    return subprocess.run(["git", "upload-pack", *options, repo], input=request.body, stdout=subprocess.PIPE,
                          env=environment, timeout=600, check=False).stdout


def split_pack(data):
    """What is said before the pack, the pack, and whether it came by side band."""
    at, pack, before = 0, b"", b""
    while at + 4 <= len(data):
        n = int(data[at:at + 4], 16)
        one = data[at + 4:at + max(n, 4)]
        if not pack and not one.startswith(b"\1PACK"):
            before += data[at:at + max(n, 4)]
        elif one[:1] == b"\1":
            pack += one[1:]
        at += max(n, 4)
        if not pack and data[at:at + 4] == b"PACK":
            return before, data[at:], False
    return before, pack, True


def banded(pack):
    for at in range(0, len(pack), 65515):
        yield pkt(b"\1" + pack[at:at + 65515])


def hurt_pack(client, kind, pack, n, band):
    """Send the pack, with what is wrong with it.  Whether the answer is to be ended in order."""
    if kind == "pack-flip":
        pack = pack[:n] + bytes([pack[n] ^ 0x20]) + pack[n + 1:]
    elif kind == "pack-zeros":
        pack = pack[:8] + n.to_bytes(4, "big") + pack[12:]
    elif kind in ("pack-stall", "pack-close", "pack-short"):
        pack = pack[:n]
    for part in banded(pack) if band else [pack]:
        client.send(part)
    client.log("pack", kind, len(pack))
    if kind == "pack-stall":
        client.wait()
    if kind == "pack-endless":
        client.for_ever(pkt(b"\1" + CHUNK[:65515]) if band else CHUNK)
    return kind != "pack-close"


def of_repository(client, request, kind, repo, n="0"):
    if "git-receive-pack" in request.path or ("info/refs" not in request.path and request.method != "POST"):
        return status(client, request, "404")
    if request.method != "POST":
        return answer(client, (b"" if request.v2() else pkt(b"# service=git-upload-pack\n") + b"0000")
                      + upload_pack(repo, request, "--stateless-rpc", "--http-backend-info-refs"), git_type(request))
    listing = b"command=ls-refs" in request.body
    if kind == "dies" and not listing:
        raise ConnectionError("as it should")
    if kind == "refs-stall" and not listing:
        client.wait()
    said = upload_pack(repo, request, "--stateless-rpc")
    before, pack, band = split_pack(said)
    if not pack or not kind.startswith("pack-"):
        return answer(client, said, git_type(request))
    answer(client, None, git_type(request))
    client.send(before)
    if hurt_pack(client, kind, pack, int(n), band) and band:
        client.send(b"0000")
    raise ConnectionError("the end of an answer")


PLAIN = {"silent": silent, "hangup": hangup, "reset": reset, "garbage": garbage, "endless": endless, "loop": loop,
         "endless-header": endless_header, "drip": drip, "status": status, "redirect": redirect, "cookie": cookie,
         "refs": refs, "refs-endless": refs_endless}


def serve(s, number, tls, kind, arguments):
    log(number, "connect")
    client = Client(s, number)
    try:
        s.settimeout(STALL)
        if tls and kind != "silent":
            client.s = tls.wrap_socket(s, server_side=True)
        if kind == "silent":
            client.wait()
        while True:
            request = Request(client)
            if kind in PLAIN:
                PLAIN[kind](client, request, *arguments)
            else:
                of_repository(client, request, kind, *arguments)
    except (OSError, ValueError):
        pass
    log(number, "sent", client.sent)
    log(number, "closed")
    client.s.close()


def main(arguments):
    path, arguments = arguments[1], arguments[2:]
    tls = None
    if arguments[0] == "--tls":
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(arguments[1])
        arguments = arguments[2:]
    listener = bound()
    listener.listen(128)
    say_port(path, listener)
    number = 0
    while True:
        s = listener.accept()[0]
        number += 1
        threading.Thread(target=serve, args=(s, number, tls, arguments[0], arguments[1:]), daemon=True).start()


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(sys.argv[1:])
