"""The side door for tests: faults, clock, settings, orders; and what has happened so far."""

import json

from .faults import FAULTS, BadFault, read_fault
from .wire import json_answer

FIRST_CHANNEL = "amazon"  # what a command is about that names no channel


class BadControl(ValueError):
    """The control request cannot be understood; the message says why."""


class Control:
    """Answers the paths that begin with two underscores."""

    def __init__(self, world, channels):
        self._world = world
        self._channels = channels

    def is_for(self, call):
        """Say whether a request is for the control endpoint."""
        return call.segments[0].startswith("__")

    def answer(self, call):
        """Answer one control request: 200 with JSON, 400 with the reason, 404 for other paths."""
        handlers = {
            ("POST", "__control"): self._change,
            ("GET", "__control"): self._show,
            ("GET", "__ledger"): self._show_ledger,
            ("GET", "__state"): self._show_state,
            ("GET", "__requests"): self._show_requests,
            ("DELETE", "__faults"): self._heal,
        }
        handler = handlers.get((call.method, call.segments[0]))
        if handler is None:
            return json_answer(404, {"error": f"no control at {call.method} {call.path}"})
        try:
            with self._world.lock:
                return json_answer(200, handler(call))
        except (BadControl, BadFault) as problem:
            return json_answer(400, {"error": str(problem)})

    def _change(self, call):
        try:
            wishes = json.loads(call.body)
        except ValueError as problem:
            raise BadControl(f"not JSON: {problem}") from None
        if not isinstance(wishes, dict):
            raise BadControl("the body is an object")
        seller = wishes.pop("seller", None)
        name = wishes.pop("channel", FIRST_CHANNEL)
        if name not in self._channels:
            raise BadControl(f"no channel {name!r}; there are: {', '.join(self._channels)}")
        commands = {**self._common_commands(), **self._channels[name].commands(seller)}
        unknown = set(wishes) - set(commands) - set(self._world.defaults)
        if unknown:
            known = sorted({*commands, *self._world.defaults, "channel", "seller"})
            raise BadControl(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(known)}")
        result = {"ok": True}
        for name, value in wishes.items():
            if name in commands:
                result[name] = self._run(commands[name], name, value)
            else:
                self._world.change_setting(name, value)
        return result

    @staticmethod
    def _run(command, name, value):
        try:
            return command(value)
        except (KeyError, TypeError, AttributeError, ValueError) as problem:
            raise BadControl(f"{name}: {type(problem).__name__}: {problem}") from problem

    def _common_commands(self):
        return {
            "faults": self._plan,
            "clock_offset": self._world.move_clock,
            "reset": self._reset,
        }

    def _plan(self, faults):
        planned = [read_fault(fault) for fault in faults]
        self._world.faults.add(planned)
        return len(planned)

    def _reset(self, how):
        """Start anew: true brings the seeds back, "empty" leaves listings but no orders."""
        if how not in (True, "empty"):
            raise BadControl('reset is true or "empty"')
        self._world.clear()
        for channel in self._channels.values():
            channel.reset(with_orders=how is True)
        return how

    def _show(self, _call):
        return {
            "settings": self._world.settings,
            "clock_offset": self._world.clock.offset,
            "now": self._world.clock.now_text(),
            "faults": self._world.faults.listed(),
            "known_faults": FAULTS,
        }

    def _show_ledger(self, call):
        query = dict(call.query)
        entries = self._world.ledger.entries(
            kind=query.get("kind"), key=query.get("key"), after=_whole(query.get("after", "0"))
        )
        return {"entries": entries, "count": len(entries)}

    def _show_state(self, call):
        seller = dict(call.query).get("seller")
        return {name: channel.state(seller) for name, channel in self._channels.items()}

    def _show_requests(self, call):
        query = dict(call.query)
        wanted = {name: query[name] for name in ("channel", "operation") if name in query}
        entries = list(self._world.requests)
        return {"requests": [entry for entry in entries if all(entry[name] == wanted[name] for name in wanted)]}

    def _heal(self, _call):
        self._world.faults.clear()
        return {"ok": True}


def _whole(text):
    if not text.isdigit():
        raise BadControl("after is a whole number")
    return int(text)
