# SPDX-License-Identifier: LGPL-2.1-or-later

"""An engine's end of the websocket (RFC 6455), with sockets alone.

Nothing here is clever: a test says what happens on the wire and in which order,
frame by frame if need be.
"""

import base64
import hashlib
import socket
import ssl
import struct

DEADLINE = 240.0  # seconds that anything a test waits for may take where all is slow

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Closed(Exception):
    """The client has closed; `code` is None when it just went away."""

    def __init__(self, code):
        super().__init__(f"closed with {code}")
        self.code = code


class Engine:
    """Listens on a port of its own, or only has it until `listener.listen ()`; with an
    ssl.SSLContext as `tls` it is wss."""

    def __init__(self, tls=None, host="127.0.0.1", listens=True):
        self.tls = tls
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        if listens:
            self.listener.listen()
        self.listener.settimeout(DEADLINE)
        self.port = self.listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://{host}:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def request(self):
        """Waits for a client; its request is read and not yet answered."""
        connection = self.listener.accept()[0]
        connection.settimeout(DEADLINE)
        if self.tls is not None:
            connection = self.tls.wrap_socket(connection, server_side=True)
        return Connection(connection)

    def accept(self):
        """Waits for a client and completes the handshake."""
        connection = self.request()
        connection.answer(101)
        return connection

    def refuse(self, status, headers=()):
        """Waits for a client and answers with an HTTP error."""
        with self.request() as connection:
            connection.answer(status, headers)
            return connection

    def is_called(self, seconds):
        """Whether another client comes within that time."""
        self.listener.settimeout(seconds)
        try:
            self.listener.accept()[0].close()
            return True
        except socket.timeout:
            return False
        finally:
            self.listener.settimeout(DEADLINE)


class Connection:
    """One client."""

    def __init__(self, connection):
        self.socket = connection
        self.socket.settimeout(DEADLINE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.pongs = 0
        self.pings = 0
        head = self.read_until(b"\r\n\r\n").decode("ascii").split("\r\n")
        self.method, self.path, self.version = head[0].split(" ")
        self.headers = {}
        for line in head[1:]:
            name, _, value = line.partition(":")
            if line:
                self.headers[name.lower()] = value.strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def read_until(self, end):
        while end not in self.buffer:
            data = self.socket.recv(65536)
            if not data:
                raise Closed(None)
            self.buffer += data
        head, _, self.buffer = self.buffer.partition(end)
        return head

    def read(self, size):
        while len(self.buffer) < size:
            try:
                data = self.socket.recv(65536)
            except ConnectionResetError:
                data = b""
            if not data:
                raise Closed(None)
            self.buffer += data
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def answer(self, status, headers=()):
        self.socket.sendall(self.answer_text(status, headers))

    def answer_text(self, status, headers=()):
        lines = [f"HTTP/1.1 {status} Whatever"]
        if status == 101:
            key = self.headers["sec-websocket-key"].encode()
            digest = hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
            lines += [
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Accept: " + base64.b64encode(digest.digest()).decode(),
            ]
        else:
            lines += ["Content-Length: 0", "Connection: close"]
        lines += headers
        return "\r\n".join(lines + ["", ""]).encode()

    # What the client sends.

    def read_frame(self):
        """(opcode, payload) of the next frame; clients do not fragment here."""
        first, second = self.read(2)
        size = second & 0x7F
        if size == 126:
            (size,) = struct.unpack(">H", self.read(2))
        elif size == 127:
            (size,) = struct.unpack(">Q", self.read(8))
        assert first & 0x80, "a fragment"
        assert second & 0x80, "a frame without a mask"
        mask = self.read(4)
        payload = self.read(size)
        keys = (mask * (size // 4 + 1))[:size]
        plain = int.from_bytes(payload, "big") ^ int.from_bytes(keys, "big")
        return first & 0x0F, plain.to_bytes(size, "big")

    def read_answer(self):
        """The next frame that is no sign of life: those come when they like."""
        while True:
            opcode, payload = self.read_frame()
            if opcode not in (PING, PONG) or payload:
                return opcode, payload

    def receive(self):
        """The next binary message. Raises Closed."""
        while True:
            opcode, payload = self.read_frame()
            if opcode == BINARY:
                return payload
            if opcode == PING:
                self.pings += 1
                self.send_frame(PONG, payload)
            elif opcode == PONG:
                self.pongs += 1
            elif opcode == CLOSE:
                raise Closed(struct.unpack(">H", payload[:2])[0] if payload else None)
            else:
                raise AssertionError(f"a frame with opcode {opcode}")

    def receive_close(self):
        """Waits until the client closes, answers, and gives its code."""
        try:
            message = self.receive()
        except Closed as closed:
            if closed.code is not None:
                self.send_close(closed.code)
            self.socket.close()
            return closed.code
        raise AssertionError(f"the client sent {message.hex()} instead of closing")

    # What the engine sends.

    def send_frame(self, opcode, payload, final=True):
        head = bytes([(0x80 if final else 0) | opcode])
        if len(payload) < 126:
            head += bytes([len(payload)])
        elif len(payload) < 65536:
            head += struct.pack(">BH", 126, len(payload))
        else:
            head += struct.pack(">BQ", 127, len(payload))
        self.socket.sendall(head + payload)

    def send(self, message):
        self.send_frame(BINARY, message)

    def send_close(self, code=None, reason=""):
        payload = b"" if code is None else struct.pack(">H", code) + reason.encode()
        try:
            self.send_frame(CLOSE, payload)
        except (ConnectionError, ssl.SSLError):
            pass

    def close(self, code=None, reason=""):
        """Closes in good order; gives the code of the client's answer."""
        self.send_close(code, reason)
        try:
            while True:
                self.receive()
        except Closed as closed:
            return closed.code
        finally:
            self.socket.close()

    def wait_dropped(self):
        """The client says nothing more and goes away."""
        try:
            assert self.socket.recv(1) == b""
        except ConnectionResetError:
            pass  # there was something that it had not read

    def drop(self):
        """Goes away without a word."""
        self.socket.close()
