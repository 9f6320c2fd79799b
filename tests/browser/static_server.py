"""A plain web server of a directory, as any host of a mirror is one: GET and HEAD, one range a request.

What was asked stands in `asked`, as (path, "206 100-199" | "200" | "404").  ranges=False ignores Range, as
some hosts do.  Everything on loopback, on a port that the kernel picks.
"""
import mimetypes
import os
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20

    def do_GET(self):
        self.answer(True)

    def do_HEAD(self):
        self.answer(False)

    def log_message(self, *_):
        pass

    def answer(self, with_body):
        path = unquote(urlsplit(self.path).path)
        place = os.path.normpath(os.path.join(self.server.root, path.lstrip("/")))
        if not place.startswith(self.server.root) or not os.path.isfile(place):
            self.server.asked.append((path, "404"))
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        with open(place, "rb") as file:
            content = file.read()
        first, last = self.range_of(len(content))
        if first is None:
            self.server.asked.append((path, "200"))
            self.send_response(200)
        else:
            self.server.asked.append((path, f"206 {first}-{last}"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
            content = content[first:last + 1]
        self.send_header("Content-Type", mimetypes.guess_type(place)[0] or "application/octet-stream")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.server.sent += len(content)
        if with_body:
            self.wfile.write(content)

    def range_of(self, length):
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if not asked or not self.server.ranges or int(asked[1]) >= length:
            return None, None
        return int(asked[1]), min(int(asked[2] or length - 1), length - 1)


class StaticServer:
    def __init__(self, root, ranges=True, port=0):
        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.server.root = os.path.abspath(root)
        self.server.ranges = ranges
        self.server.asked = []
        self.server.sent = 0
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def asked(self):
        return self.server.asked

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
