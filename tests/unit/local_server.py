"""A server on a loopback port that does with each connection what a test says, faults included."""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import contextmanager

Behaviour = Callable[[socket.socket, bytes], None]


class LocalServer:
    """Answers each connection with ``behaviour(connection, request bytes)`` in a thread of its own.

    ``requests`` holds what was received, one entry per connection that sent anything.
    """

    def __init__(self, behaviour: Behaviour, context: ssl.SSLContext | None = None):
        self.requests: list[bytes] = []
        self._behaviour = behaviour
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _peer = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(20)
        try:
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
            request = _read_request(connection)
            if request:
                self.requests.append(request)
                self._behaviour(connection, request)
        except OSError:
            pass  # the client hung up, as some tests want it to
        finally:
            connection.close()


@contextmanager
def serving(behaviour: Behaviour, context: ssl.SSLContext | None = None):
    """Run a ``LocalServer`` for the length of a test."""
    server = LocalServer(behaviour, context)
    try:
        yield server
    finally:
        server.close()


def answer(status: str, body: bytes = b"", *headers: str) -> Behaviour:
    """Return the behaviour of a server that gives one plain answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return lambda connection, request: connection.sendall("\r\n".join(lines).encode() + body)


def _read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            return data
        data += part
    head, _end, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
