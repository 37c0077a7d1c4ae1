"""What the server, the control endpoint and the clock of sales ask of every stand-in."""

from typing import Any, Protocol

from .wire import Answer, Call


class StandIn(Protocol):
    """One channel as its API shows it, below the prefix it has in ``server.STAND_INS``.

    Made as ``StandIn(world, seed=…, seed_times=…)``; it declares settings of its own with ``world.declare_settings``,
    keeps whatever must survive a restart on ``world.disk`` and writes every effect into ``world.ledger``.

    One that does not answer with JSON also has ``change_entries(answer, change)``, which returns an answer whose list
    of entries went through ``change``, a function from list to list that is never given an empty one.
    """

    def restore(self, kept: dict) -> None:
        """Take over what an earlier run kept (``{kind: {key: value}}``), or begin with the seeds."""

    def reset(self, with_orders: bool) -> None:
        """Forget everything and begin with the default account and the catalogue; with or without first orders."""

    def facts_of(self, call: Call) -> dict:
        """Return what faults can be matched with: ``operation`` (as the official model names it, or None), ``method``,
        ``path`` and ``seller`` (or None)."""

    def forget_token_of(self, call: Call) -> None:
        """Let the access token of a request end now; nothing to do where there are no tokens that end."""

    def failure(self, status: int, retry_after: int | None = None) -> Answer:
        """Return a planned refusal with an HTTP status, in the API's own shape."""

    def answer(self, call: Call) -> Answer:
        """Answer one request; the world's lock is held. ``call.segments[0]`` is the prefix."""

    def commands(self, seller_id: str | None) -> dict[str, Any]:
        """Return ``{name: function of one JSON value}`` for ``POST /__control`` with ``"channel": …``."""

    def sell_one(self) -> Any:
        """Let one more buyer order what is in stock, as the seed says."""

    def fill_backlog(self, count: int) -> None:
        """Begin with ``count`` generated orders of the last quarter of an hour."""

    def state(self, seller_id: str | None) -> dict:
        """Return orders, listings and whatever else a test looks at, as JSON values."""
