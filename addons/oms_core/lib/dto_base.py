"""What all values of the contract are made of."""

from datetime import datetime
from decimal import Decimal
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Value(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of all wire-neutral values. What is not known is left out when a value is written down."""


class Money(Value):
    """An amount in the units of its currency, as the channel wrote it: ``Decimal("19.90")``, ``"EUR"``."""

    amount: Decimal
    currency: str


class Unreadable(Value):
    """A document that could not be read. ``path`` is the JSON path of the first thing wrong, ``reason`` plain words."""

    reason: str
    path: str = "$"
    external_id: str | None = None


class Window(Value):
    """A span of the channel's own update time. ``until=None`` means "up to what the channel offers now"."""

    since: datetime
    until: datetime | None = None


class Page(Value, Generic[T]):
    """One page of a listing.

    ``next_cursor`` is ``None`` on the last page. ``covered_until`` is the channel's own time up to which this
    window is complete once its last page is stored; it never comes from our clock.
    """

    items: tuple[T, ...]
    next_cursor: str | None = None
    covered_until: datetime | None = None
