# SPDX-License-Identifier: LGPL-2.1-or-later

"""A small http proxy that makes tunnels (RFC 9110, 9.3.6)."""

import selectors
import socket
import threading


class Proxy:
    """Sends every tunnel to `target`, whatever host it is asked for; keeps the
    heads of the requests."""

    def __init__(self, target, status=200):
        self.target = target
        self.status = status
        self.heads = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(20)

    def _accept(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            data = client.recv(1)
            if not data:
                client.close()
                return
            head += data
        self.heads.append(head.decode())
        if self.status != 200 or not head.startswith(b"CONNECT "):
            status = self.status if self.status != 200 else 405
            client.sendall(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % status)
            client.close()
            return
        with client, socket.create_connection(("127.0.0.1", self.target)) as engine:
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self._copy(client, engine)

    @staticmethod
    def _copy(one, other):
        with selectors.DefaultSelector() as selector:
            selector.register(one, selectors.EVENT_READ, other)
            selector.register(other, selectors.EVENT_READ, one)
            while True:
                for key, _ in selector.select():
                    try:
                        data = key.fileobj.recv(65536)
                        if not data:
                            return
                        key.data.sendall(data)
                    except OSError:
                        return
