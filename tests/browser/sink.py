"""A proxy that lets nothing through and writes down who asked for what.

A browser that is told to use it for everything cannot reach anything else, so what stands in
`asked` is all that left the page, whatever the browser's own log says of it.
"""
import socket
import threading

LINE_MAX = 8192


class Sink:
    def __init__(self):
        self.asked = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self):
        self.listener.close()

    def _listen(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._refuse, args=(client,), daemon=True).start()

    def _refuse(self, client):
        try:
            client.settimeout(10)
            line = client.recv(LINE_MAX).split(b"\r\n")[0].decode("latin-1")
            if line:
                self.asked.append(line)
                client.sendall(b"HTTP/1.1 502 Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            client.close()
        except OSError:
            pass
