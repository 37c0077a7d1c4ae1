"""Which span of the channel's time to read next. The channel's own clock decides, never ours."""

from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from . import dto
from .errors import Rejected

Place = TypeVar("Place")


class Progress(dto.Value):
    """How far an entity has been read.

    :param complete_until: everything the channel changed before this is stored here
    :param since: start of the window being read now, ``None`` between windows
    :param until: the window's end as the channel named it on the first page
    :param page: token of the page to read next
    """

    complete_until: datetime
    since: datetime | None = None
    until: datetime | None = None
    page: str | None = None


def plan_window(progress: Progress, overlap: timedelta, earliest: datetime) -> tuple[dto.Window, str | None]:
    """Return the window and page to ask for next: the open one, else a new one that reads ``overlap`` back.

    :param earliest: never read further back than this, the account's "import from"
    """
    if progress.since is not None:
        return dto.Window(since=progress.since), progress.page
    return dto.Window(since=max(earliest, progress.complete_until - overlap)), None


def advance(progress: Progress, window: dto.Window, page: dto.Page) -> Progress:
    """Return the progress once ``page`` of ``window`` is stored.

    The mark moves only when the last page is in. It moves back in one case: when the channel's own time has not come to
    the window yet. Its clock was set back then, or the mark is wrong, and what changes meanwhile would stay unseen.
    """
    until = progress.until or page.covered_until
    if page.next_cursor is not None:
        return Progress(complete_until=progress.complete_until, since=window.since, until=until, page=page.next_cursor)
    if until is not None and until < window.since:
        return Progress(complete_until=until)
    return Progress(complete_until=max(progress.complete_until, until or progress.complete_until))


def restart(progress: Progress) -> Progress:
    """Forget the open window: its page token no longer works, so it is read again from its start."""
    return Progress(complete_until=progress.complete_until)


def write_place(place: dto.Value | None) -> str | None:
    """Return a plugin's place in a walk as the text kept between two pages, ``None`` at the end."""
    return msgspec.json.encode(place).decode("ascii") if place is not None else None


def read_place(cursor: str, shape: type[Place]) -> Place:
    """Return the place that a text of :func:`write_place` stands for.

    :raise Rejected: ``cursor_expired``: it is no such text; the window is then read from its start
    """
    try:
        return msgspec.json.decode(cursor, type=shape)
    except (msgspec.DecodeError, UnicodeError):
        raise Rejected("cursor_expired", message="the mark in the list cannot be read") from None
