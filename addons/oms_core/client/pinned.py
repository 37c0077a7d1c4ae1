"""Connections that go to an address checked before, and that end when their time is up.

urllib3 would look the host name up a second time when it connects, and whoever runs that DNS may answer
differently then. TLS is still verified against the name, because only the way to the socket is replaced.
"""

import contextlib
import functools
import socket
import threading
import time
from collections.abc import Callable

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool


class Deadline:
    """Cuts the connection when a call has taken ``seconds``, whatever it is doing.

    Read timeouts start anew with each byte, so a peer that sends one byte a second would hold a worker for ever. The
    socket is shut down through a duplicate of its file descriptor: the original changes hands inside ssl.
    """

    def __init__(self, seconds: float):
        self.is_over = False
        self._ends_at = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._duplicate: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> "Deadline":
        self._timer.start()
        return self

    def __exit__(self, *_exc_info) -> None:
        self._timer.cancel()
        with self._lock:
            if self._duplicate is not None:
                self._duplicate.close()
                self._duplicate = None

    def watch(self, sock: socket.socket) -> None:
        """Cut ``sock`` when the time is up."""
        with self._lock:
            self._duplicate = sock.dup()
        if self.is_over:
            self._cut()

    def remaining(self) -> float:
        """Return the seconds left, a little more than none, because 0 would mean "do not block" to a socket."""
        return max(0.001, self._ends_at - time.monotonic())

    def _cut(self) -> None:
        self.is_over = True
        with self._lock:
            if self._duplicate is not None:
                with contextlib.suppress(OSError):  # the peer closed it first
                    self._duplicate.shutdown(socket.SHUT_RDWR)


class Opening:
    """The one connection of a call: where it may go, and whether it got there.

    :param addresses: checked addresses, tried in this order
    """

    def __init__(self, addresses: tuple[str, ...], connect_seconds: float, deadline: Deadline):
        self.addresses = addresses
        self.connect_seconds = connect_seconds
        self.deadline = deadline
        self.is_open = False  # from here on the request may have arrived

    def connect(self, port: int, options) -> socket.socket:
        """Return a socket to the first address that answers.

        :raise OSError: none does
        """
        failure: OSError | None = None
        for address in self.addresses:
            try:
                seconds = min(self.connect_seconds, self.deadline.remaining())
                sock = socket.create_connection((address, port), seconds)
            except OSError as error:
                failure = error
                continue
            for option in options or ():
                sock.setsockopt(*option)
            self.deadline.watch(sock)
            return sock
        raise failure or OSError("no address to connect to")

    def pool_classes(self) -> dict[str, Callable]:
        """Return what a ``PoolManager`` takes as ``pool_classes_by_scheme``, bound to this opening."""
        return {
            "http": functools.partial(_pool, HTTPConnectionPool, functools.partial(_PinnedHTTP, self)),
            "https": functools.partial(_pool, HTTPSConnectionPool, functools.partial(_PinnedHTTPS, self)),
        }


class _Pinned:
    def __init__(self, opening: Opening, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.opening = opening

    def _new_conn(self) -> socket.socket:
        return self.opening.connect(self.port, self.socket_options)

    def connect(self) -> None:
        super().connect()  # for https this includes the handshake
        self.opening.is_open = True


class _PinnedHTTP(_Pinned, HTTPConnectionPool.ConnectionCls):
    pass


class _PinnedHTTPS(_Pinned, HTTPSConnectionPool.ConnectionCls):
    pass


def _pool(pool_class, connection_class, *args, **kwargs):
    pool = pool_class(*args, **kwargs)
    pool.ConnectionCls = connection_class
    return pool
