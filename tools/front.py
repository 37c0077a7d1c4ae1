"""One address for the two ports that Odoo has when it runs with workers: pages on one, websockets on the other.

Odoo expects a web server in front of it to tell them apart; for `./oms run` this is enough of one. The first line of a
connection decides where all of it goes: browsers open a connection of its own for each websocket.
"""

import asyncio
import concurrent.futures
import threading
from contextlib import suppress

FIRST_LINE_LIMIT = 64 * 1024
FIRST_LINE_PATIENCE = 120
CHUNK = 64 * 1024


class Front:
    """Listens on ``port`` of 127.0.0.1 and passes connections on to ``pages`` or, for websockets, to ``sockets``."""

    def __init__(self, port, pages, sockets):
        self.port = port
        self.pages = pages
        self.sockets = sockets
        self._listener = None
        self._passing = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="front", daemon=True)

    def start(self):
        """Listen. Returns itself.

        :raise OSError: the port is in use
        """
        self._thread.start()
        listening = asyncio.start_server(self._pass_on, "127.0.0.1", self.port, limit=FIRST_LINE_LIMIT)
        self._listener = asyncio.run_coroutine_threadsafe(listening, self._loop).result(10)
        return self

    def stop(self):
        """Break all connections."""
        with suppress(concurrent.futures.TimeoutError):
            asyncio.run_coroutine_threadsafe(self._break_all(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _break_all(self):
        if self._listener:
            self._listener.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _pass_on(self, reader, writer):
        writers = [writer]
        # The loop holds tasks weakly only: one that waits for a silent browser could be collected, with a complaint.
        task = asyncio.current_task()
        self._passing.add(task)
        try:
            first_line = await asyncio.wait_for(reader.readuntil(b"\r\n"), FIRST_LINE_PATIENCE)
            port = self.sockets if is_websocket(first_line) else self.pages
            back_reader, back_writer = await asyncio.open_connection("127.0.0.1", port)
            writers.append(back_writer)
            back_writer.write(first_line)
            asking = asyncio.ensure_future(_copy(reader, back_writer))
            await _copy(back_reader, writer)
            asking.cancel()
        except (OSError, EOFError, asyncio.LimitOverrunError, asyncio.TimeoutError):
            pass  # either side went away, as browsers and servers do
        finally:
            self._passing.discard(task)
            for each in writers:
                each.close()


def is_websocket(first_line):
    """Return whether the first line of a request asks for Odoo's websocket."""
    parts = first_line.split(b" ")
    return len(parts) == 3 and parts[1].partition(b"?")[0] == b"/websocket"


async def _copy(reader, writer):
    with suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
