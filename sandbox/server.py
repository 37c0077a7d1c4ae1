"""The WSGI application: routes by prefix, plays the planned faults, remembers the requests."""

import contextlib
import json
import os
import socket
import time

from werkzeug.http import http_date
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Response

from .amazon import Amazon
from .control import Control
from .ebay import Ebay
from .journal import describe_call
from .magento import Magento
from .openmage import OpenMage
from .wire import Answer, json_answer, read_call
from .world import World

# By the first part of their paths. What each must offer is in `stand_in.py`.
STAND_INS = {"amazon": Amazon, "ebay": Ebay, "magento": Magento, "openmage": OpenMage}

HTML_PAGE = "<html><head><title>Error</title></head><body><h1>Service temporarily unavailable</h1></body></html>"


class Sandbox:
    """All stand-ins behind one port. Call it as a WSGI application."""

    def __init__(self, world=None, *, seed=1, seed_times="recent"):
        self.world = world or World()
        self.channels = {
            name: stand_in(self.world, seed=seed, seed_times=seed_times) for name, stand_in in STAND_INS.items()
        }
        self.control = Control(self.world, self.channels)
        kept = self.world.disk.load()
        self.is_restored = bool(kept)
        self.world.restore(kept)
        for channel in self.channels.values():
            channel.restore(kept)

    def __call__(self, environ, start_response):
        call = read_call(environ)
        if self.control.is_for(call):
            return self._send(self.control.answer(call), environ, start_response)
        channel = self.channels.get(call.segments[0])
        if channel is None:
            return self._send(json_answer(404, {"error": "no such stand-in"}), environ, start_response)
        facts = {"channel": call.segments[0], **channel.facts_of(call)}
        faults = self.world.faults.take(facts)
        entry = describe_call(call, facts, faults, self.world.clock)
        self.world.requests.append(entry)
        answer = self._play(channel, call, faults, environ)
        entry["status"] = answer.status
        for fault in faults:
            if fault.fault in ("truncate", "slow_body"):
                return self._send_badly(answer, fault, environ, start_response)
        return self._send(answer, environ, start_response)

    def _play(self, channel, call, faults, environ):
        """Return the answer of the channel, as the faults let it happen."""
        for fault in faults:
            early = _play_before(fault, channel, call, environ)
            if early is not None:
                return early
        with self.world.lock:
            answer = channel.answer(call)
        for fault in faults:
            answer = _play_after(fault, channel, answer, environ)
        return answer

    def _send(self, answer, environ, start_response):
        return self._response(answer, answer.body)(environ, start_response)

    def _send_badly(self, answer, fault, environ, start_response):
        if fault.fault == "slow_body":
            pieces = _slowly(answer.body, float(fault.options.get("seconds", 10)))
            response = self._response(answer, pieces)
            response.headers["Content-Length"] = str(len(answer.body))
            return response(environ, start_response)
        half = answer.body[: len(answer.body) // 2]
        if fault.options.get("clean"):
            return self._response(answer, half)(environ, start_response)
        response = self._response(answer, _then_drop(half, environ))
        response.headers["Content-Length"] = str(len(answer.body))
        return response(environ, start_response)

    def _response(self, answer, body):
        response = Response(body, status=answer.status)
        del response.headers["Content-Type"]
        response.headers.update(answer.headers)
        response.headers["Date"] = http_date(self.world.clock.now())
        if answer.status == 204:
            response.headers.pop("Content-Length", None)
        return response


def _play_before(fault, channel, call, environ):
    """Play what happens before the effect; return an answer if there is to be no effect."""
    options = fault.options
    if fault.fault == "latency":
        time.sleep(float(options.get("seconds", 1)))
    elif fault.fault == "drop_before":
        _drop(environ)
    elif fault.fault == "crash_before":
        os._exit(70)
    elif fault.fault == "expire_token":
        channel.forget_token_of(call)
    elif fault.fault == "redirect":
        return Answer(302, b"", {"Location": options["location"]})
    elif fault.fault == "garbage":
        kind = options.get("content_type", "text/html; charset=utf-8")
        body = options.get("body", HTML_PAGE).encode("utf-8", "surrogatepass")
        return Answer(options.get("status", 200), body, {"Content-Type": kind})
    elif fault.fault == "status" and options.get("when") != "after":
        return channel.failure(options.get("status", 503), options.get("retry_after"))
    return None


def _play_after(fault, channel, answer, environ):
    """Play what happens between the effect and the answer; return the answer to send."""
    if fault.fault == "drop_after":
        _drop(environ)
    elif fault.fault == "crash_after":
        os._exit(70)
    elif fault.fault == "status" and fault.options.get("when") == "after":
        return channel.failure(fault.options.get("status", 503), fault.options.get("retry_after"))
    elif fault.fault in ("duplicate_items", "reorder_page"):
        change = _repeat_first if fault.fault == "duplicate_items" else _turn_round
        # Most stand-ins answer with JSON; one that does not knows itself where its entries are.
        change_entries = getattr(channel, "change_entries", _change_json)
        return change_entries(answer, change)
    return answer


def _repeat_first(entries):
    return [*entries, entries[0]]


def _turn_round(entries):
    return entries[::-1]


def _change_json(answer, change):
    """Return a JSON answer whose lists of entries went through ``change``."""
    data = answer.data()
    if not isinstance(data, dict):
        return answer
    data = {name: change(value) if isinstance(value, list) and value else value for name, value in data.items()}
    changed = json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return Answer(answer.status, changed, answer.headers)


def _drop(environ):
    """Close the connection under the client; never returns."""
    connection = environ.get("werkzeug.socket")
    if connection is not None:
        with contextlib.suppress(OSError):  # The client may have been quicker.
            connection.shutdown(socket.SHUT_RDWR)
    # The server takes a ConnectionError as "the peer has gone" and sends nothing.
    raise ConnectionAbortedError("closed by a planned fault")


def _then_drop(part, environ):
    yield part
    _drop(environ)


def _slowly(body, seconds):
    pieces = max(1, min(len(body), 40))
    size = -(-len(body) // pieces) or 1
    for start in range(0, len(body), size):
        time.sleep(seconds / pieces)
        yield body[start : start + size]


class QuietHandler(WSGIRequestHandler):
    """Leaves the Date header to the application, whose clock a test may move; logs nothing."""

    def send_response(self, code, message=None):
        """Send the status line alone."""
        self.send_response_only(code, message)

    def log_request(self, code="-", size="-"):
        """Write nothing: requests are at /__requests."""

    def connection_dropped(self, error, environ=None):
        """Write nothing: a dropped connection is a planned fault or an impatient client."""


def make_http_server(sandbox, port=0):
    """Return a threaded HTTP server on 127.0.0.1, not yet serving; its port is `.server_port`."""
    return make_server("127.0.0.1", port, sandbox, threaded=True, request_handler=QuietHandler)
