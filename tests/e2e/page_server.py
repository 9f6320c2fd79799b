"""A site for the tests of fetching: files with their types, and answers that go wrong.

    page_server.py --port-file FILE DIRECTORY

    /NAME            the file of that name, its type by its ending
    /gzip/NAME       the same, packed
    /plain/NAME      the same as text/plain
    /busy/NAME       503 with "Retry-After: 1" at first, the file from the second time on
    /away/NAME       302 to /NAME
    /far/URL         302 to that URL
    /circle          302 to itself
    /bomb            a page of 200 MiB, packed
    /torn/NAME       half of the packed file
    /endless         a page without an end
    /teapot          status 500
    /noise           text/html that is none

Logs "NAME AGENT" for each request.
"""
import gzip
import http.server
import os
import random
import socketserver
import sys

from ports import say_port

TYPES = {".html": "text/html", ".xml": "application/rss+xml", ".png": "image/png", ".txt": "text/plain",
         ".gif": "image/gif", ".jsonl": "application/x-ndjson"}
BUSY = set()


class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    root = "."

    def log_message(self, *words):
        pass

    def answer(self, status, body, kind="text/html", **fields):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def file(self, name):
        path = os.path.join(self.root, name)
        if ".." in name or not os.path.isfile(path):
            return None, None
        with open(path, "rb") as f:
            return f.read(), TYPES.get(os.path.splitext(name)[1], "application/octet-stream")

    def do_GET(self):
        print(self.path, self.headers.get("User-Agent", ""), flush=True)
        way, _, rest = self.path[1:].partition("/")
        name = rest if way in ("gzip", "plain", "busy", "torn") else self.path[1:]
        body, kind = self.file(name)
        if way == "away":
            self.answer(302, b"", Location="/" + rest)
        elif way == "far":
            self.answer(302, b"", Location=rest)
        elif way == "circle":
            self.answer(302, b"", Location="/circle")
        elif way == "bomb":
            self.answer(200, gzip.compress(b"<html><p>" + bytes(200 << 20), 1), Content_Encoding="gzip")
        elif way == "endless":
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            while True:
                self.wfile.write(b"<html><p>word " * 4096)
        elif way == "teapot":
            self.answer(500, b"broken")
        elif way == "noise":
            self.answer(200, random.Random(1).randbytes(5000))
        elif body is None:
            self.answer(404, b"nothing")
        elif way == "busy" and rest not in BUSY:
            BUSY.add(rest)
            self.answer(503, b"later", Retry_After="1")
        elif way == "gzip":
            self.answer(200, gzip.compress(body), kind, Content_Encoding="gzip")
        elif way == "torn":
            packed = gzip.compress(body)
            self.answer(200, packed[: len(packed) // 2], kind, Content_Encoding="gzip")
        else:
            self.answer(200, body, "text/plain" if way == "plain" else kind)


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


def main(arguments):
    Site.root = arguments[2]
    server = Server(("127.0.0.1", 0), Site)
    say_port(arguments[1], server.socket)
    server.serve_forever()


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(sys.argv[1:])
