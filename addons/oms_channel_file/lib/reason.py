"""Why something of a file is of no use: a code and what it is about. The words are in ``models/reason_texts.py``."""

from odoo.addons.oms_core.lib import dto

Param = str | int


class Reason(dto.Value):
    """One reason.

    :param code: names it; each code has words
    :param params: what the words need, as the value that is wrong, short and printable
    """

    code: str
    params: dict[str, Param] = {}


class BadValue(ValueError):
    """A cell does not say what its column asks for. ``reason`` says why."""

    def __init__(self, code: str, **params: Param):
        super().__init__(code)
        self.reason = because(code, **params)


def because(code: str, **params: Param) -> Reason:
    """Return the reason of that code."""
    return Reason(code=code, params=params)


def as_reason(found: Reason | str) -> Reason:
    """Return a reason, also of what was stored as a sentence before reasons had codes."""
    return because("said", text=found) if isinstance(found, str) else found
