"""Many quantities and prices in one feed of the type JSON_LISTINGS_FEED, and what Amazon says of each. Pure.

Source: listings-feed-schema-v2.json and listings-feed-processing-report-schema-v2.json of
github.com/amzn/selling-partner-api-models, commit 34dc93fe45f3, seen 2026-11-26.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed, Rejected
from odoo.addons.oms_core.lib.split import entries, members
from odoo.addons.oms_core.lib.strict_json import shown

from . import bodies, const, feeds
from .wire import Wire, decode

# How Amazon says that no listing has the SKU: 13013 is its number for it in feeds [M], others come with such words.
_UNKNOWN_SKU_CODES = ("13013", "NOT_FOUND")
_UNKNOWN_SKU_WORDS = re.compile(r"\bSKU\b.*\b(does not exist|not found|is unknown)\b", re.DOTALL)


class Issue(Wire):
    """Something Amazon says of one message, or of the feed as a whole when there is no ``message_id``."""

    severity: Literal["ERROR", "WARNING", "INFO"]
    message: str
    message_id: int | None = None
    sku: str | None = None
    code: str | None = None


class Summary(Wire):
    """How many messages were read and taken."""

    messages_processed: int
    messages_accepted: int
    messages_invalid: int


class _Summed(Wire):
    summary: Summary


class FeedReport(dto.Value):
    """What a processing report says."""

    summary: Summary
    issues: tuple[Issue, ...] = ()


def build_listing_feed(seller: str, levels: Sequence[dto.StockLevel], stores: Sequence[str]) -> tuple[bytes, list[str]]:
    """Return ``(document, ids of the stores it is for)``. What cannot be sent is left out, see :func:`plan_rows`.

    The message id of a row is its place in ``levels``, so that the answer finds it again.

    :param stores: of the account, the main one first
    :raise Rejected: the document would be larger than Amazon takes
    """
    messages, named = [], []
    for place, level in enumerate(levels, 1):
        try:
            body, store = bodies.build_offer(level, stores)
        except ValueError:
            continue
        messages.append({"messageId": place, "sku": level.sku, "operationType": "PATCH", **body})
        # Where the store is not known all are named: the quantity of a SKU is the same in all that list it.
        named += [store] if level.marketplace or level.price else stores
    if not messages:
        return b"", []
    header = {"sellerId": seller, "version": "2.0", "issueLocale": const.ISSUE_LOCALE}
    document = bodies.encode_json({"header": header, "messages": messages})
    if len(document) > feeds.FEED_BYTES:
        raise Rejected("feed_too_large", message=f"the feed has {len(document):,} bytes, more than Amazon takes")
    return document, list(dict.fromkeys(named))[: feeds.FEED_STORES]


def parse_listing_report(body: bytes) -> FeedReport:
    """Read a processing report. Issues that cannot be read are left out: each is only about one message.

    :raise Malformed: the report as a whole cannot be read
    """
    fields = dict(members(body))
    if b"issues" not in fields or b"summary" not in fields:
        raise Malformed("wrong_shape", reason="the report holds no summary or no issues")
    summed = decode(b'{"summary":' + fields[b"summary"] + b"}", _Summed)
    return FeedReport(summary=summed.summary, issues=tuple(_read_issues(entries(fields[b"issues"]))))


def _read_issues(pieces: Iterable[bytes]) -> Iterable[Issue]:
    for piece in pieces:
        try:
            yield decode(piece, Issue)
        except Malformed:
            continue


def plan_rows(
    levels: Sequence[dto.StockLevel], stores: Sequence[str], report: FeedReport | None, *, is_whole: bool
) -> dto.BatchResult:
    """Return the answer to every row that went into a feed.

    :param report: what Amazon said, ``None`` when it said nothing
    :param is_whole: Amazon read the feed to its end; if not, what has no word of its own may or may not have been set,
        and as quantities are absolute it may simply be sent again
    :raise Rejected: Amazon took nothing because of the feed itself
    """
    errors = [issue for issue in (report.issues if report else ()) if issue.severity == "ERROR"]
    general = next((issue for issue in errors if issue.message_id is None), None)
    if general is not None and report.summary.messages_accepted == 0:
        raise Rejected(shown(general.code or "feed_refused"), message=shown(general.message, 500))
    faults: dict[int, Issue] = {}
    places = {level.sku: place for place, level in enumerate(levels, 1)}
    for issue in errors:
        place = _place(issue, levels, places)
        if place is not None:
            faults.setdefault(place, issue)
    rows = [_row(level, stores, faults.get(place), is_whole) for place, level in enumerate(levels, 1)]
    return dto.BatchResult(rows=tuple(rows))


def _place(issue: Issue, levels: Sequence[dto.StockLevel], places: dict[str, int]) -> int | None:
    """Return the place of the row an issue is about: by its message, or by its SKU where the two disagree."""
    place = issue.message_id
    if place is not None and 1 <= place <= len(levels) and issue.sku in (None, levels[place - 1].sku):
        return place
    return places.get(issue.sku or "")


def _row(level: dto.StockLevel, stores: Sequence[str], fault: Issue | None, is_whole: bool) -> dto.RowResult:
    try:
        bodies.build_offer(level, stores)
    except ValueError as error:
        return dto.RowResult(ref=level.ref, error=str(error), code=bodies.fault_code(level))
    if fault is not None:
        is_unknown = fault.code in _UNKNOWN_SKU_CODES or _UNKNOWN_SKU_WORDS.search(fault.message)
        code = "listing_unknown" if is_unknown else shown(fault.code or "INVALID")
        return dto.RowResult(ref=level.ref, error=shown(fault.message, 500), code=code)
    if not is_whole:
        return dto.RowResult(
            ref=level.ref, error="Amazon stopped before the end of the feed", code="feed_stopped", is_retryable=True
        )
    return dto.RowResult(ref=level.ref)
