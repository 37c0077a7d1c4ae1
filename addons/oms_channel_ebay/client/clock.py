"""eBay's own time, as its answers carry it."""

from collections.abc import Callable
from datetime import datetime

from odoo.addons.oms_core.client.transport import Response

from ..lib import const


def end_by_date(response: Response) -> datetime | None:
    """Return the end of what may be asked for by the time of an answer, ``None`` if it carries none."""
    at = response.answered_at
    return at - const.SEARCH_DELAY if at else None


def ask_until(now: datetime, wanted: datetime | None, ask: Callable[[datetime], Response]) -> tuple[Response, datetime]:
    """Ask for what happened up to two minutes ago by our clock; once more by eBay's where the two differ.

    :param wanted: an earlier end, where one is wanted
    :param ask: makes the call for an end
    :return: the answer, and the end that it surely covers by eBay's time
    """
    ours = now - const.SEARCH_DELAY
    until = min(wanted or ours, ours)
    response = ask(until)
    theirs = end_by_date(response)
    if theirs is None:
        return response, until
    if abs(theirs - ours) > const.CLOCK_TOLERANCE:
        until = min(wanted or theirs, theirs)
        response = ask(until)
    return response, min(until, theirs)
