# SPDX-License-Identifier: LGPL-2.1-or-later

"""A client of HTTP and of websockets (RFC 6455), with sockets alone."""

import base64
import hashlib
import http.client
import json
import os
import socket
import struct
import time

DEADLINE = 60.0  # seconds that anything a test waits for may take

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10

ACCEPT_ID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Closed(Exception):
    """The server has closed; `code` is None when it just went away."""

    def __init__(self, code=None, reason=""):
        super().__init__(f"closed with {code} {reason!r}")
        self.code = code
        self.reason = reason


class Refused(Exception):
    """The handshake was answered with something else than 101."""

    def __init__(self, status, headers, body):
        super().__init__(f"{status}: {body!r}")
        self.status = status
        self.headers = headers
        self.body = body


class Page:
    """The answer to a request."""

    def __init__(self, response):
        self.status = response.status
        self.headers = {k.lower(): v for k, v in response.getheaders()}
        self.body = response.read()

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.text)

    @property
    def error(self):
        """The code of the error, which has a message beside it."""
        error = self.json["error"]
        assert error["message"], self.text
        return error["code"]


def request(port, path, key=None, method="GET", headers=(), body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
    try:
        given = dict(headers)
        if key is not None:
            given["Authorization"] = key
        connection.request(method, path, body=body, headers=given)
        return Page(connection.getresponse())
    finally:
        connection.close()


def frame(opcode, payload=b"", final=True, mask=None):
    mask = os.urandom(4) if mask is None else mask
    size = len(payload)
    head = bytes([opcode | (0x80 if final else 0)])
    if size < 126:
        head += bytes([0x80 | size])
    elif size < 65536:
        head += bytes([0x80 | 126]) + struct.pack(">H", size)
    else:
        head += bytes([0x80 | 127]) + struct.pack(">Q", size)
    if size:
        whole = (mask * (size // 4 + 1))[:size]
        payload = (
            int.from_bytes(payload, "big") ^ int.from_bytes(whole, "big")
        ).to_bytes(size, "big")
    return head + mask + payload


class Websocket:
    """`pongs` has the payloads that came. `early` is sent along with the
    request, before its answer."""

    def __init__(self, port, path, key=None, headers=(), early=b""):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.pongs = []
        nonce = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {nonce}",
            "Sec-WebSocket-Version: 13",
        ]
        if key is not None:
            lines.append(f"Authorization: {key}")
        lines += [f"{name}: {value}" for name, value in dict(headers).items()]
        self.socket.sendall("\r\n".join(lines + ["", ""]).encode() + early)
        self._read_answer(nonce)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def _receive(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionError:
            data = b""
        if not data:
            raise Closed
        self.buffer += data

    def _take(self, size):
        while len(self.buffer) < size:
            self._receive()
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def _read_answer(self, nonce):
        while b"\r\n\r\n" not in self.buffer:
            self._receive()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        first, *rest = head.decode().split("\r\n")
        self.headers = {
            name.lower(): value
            for name, value in (line.split(": ", 1) for line in rest)
        }
        status = int(first.split()[1])
        if status != 101:
            body = self._take(int(self.headers.get("content-length", 0)))
            self.socket.close()
            raise Refused(status, self.headers, body.decode())
        digest = hashlib.sha1((nonce + ACCEPT_ID).encode()).digest()
        assert self.headers["sec-websocket-accept"] == base64.b64encode(digest).decode()

    def send_raw(self, data):
        try:
            self.socket.sendall(data)
        except ConnectionError:
            pass  # the next receive says so

    def send(self, message):
        self.send_raw(frame(BINARY, message))

    def _receive_frame(self):
        first, second = self._take(2)
        assert not second & 0x80, "a server does not mask"
        assert not first & 0x70, "no extension was agreed upon"
        assert first & 0x80, "the engine sends no fragments"
        size = second & 0x7F
        if size == 126:
            (size,) = struct.unpack(">H", self._take(2))
        elif size == 127:
            (size,) = struct.unpack(">Q", self._take(8))
        return first & 0x0F, self._take(size)

    def receive_text(self):
        """The next text message."""
        return self.receive(TEXT).decode()

    def receive(self, wanted=BINARY):
        """The next binary message; Closed at the end, after answering it."""
        while True:
            opcode, payload = self._receive_frame()
            if opcode == wanted:
                return payload
            if opcode == PING:
                self.send_raw(frame(PONG, payload))
            elif opcode == PONG:
                self.pongs.append(payload)
            elif opcode == CLOSE:
                self.send_raw(frame(CLOSE, payload[:2]))
                self.socket.close()
                if not payload:
                    raise Closed(1005)
                raise Closed(struct.unpack(">H", payload[:2])[0], payload[2:].decode())
            else:
                raise AssertionError(f"a frame with opcode {opcode}")

    def wait_closed(self):
        """The Closed of the server, whatever comes before."""
        end = time.monotonic() + DEADLINE
        try:
            while time.monotonic() < end:
                self.receive()
        except Closed as closed:
            return closed
        raise TimeoutError

    def close(self, code=1000, crossed=None):
        """Closes as a client does; True if the server agreed, or has closed itself with
        the code `crossed` meanwhile."""
        self.send_raw(frame(CLOSE, struct.pack(">H", code)))
        try:
            while True:
                opcode, payload = self._receive_frame()
                if opcode == CLOSE:
                    return struct.unpack(">H", payload[:2])[0] in (code, crossed)
        except Closed:
            return False
        finally:
            self.socket.close()
