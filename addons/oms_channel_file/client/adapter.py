"""The channel contract over files: orders that were uploaded, and orders in a watched folder."""

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

import msgspec
from odoo.addons.oms_core.lib import dto, errors
from odoo.addons.oms_core.lib.channel import Capability, ChannelAdapter, Limits

from ..lib import documents, mapper, outgoing
from ..lib.table import Unusable
from ..lib.values import Meaning
from .folder import IN, Folder, Source

SEARCHED_FILES = 200  # how many files "fetch this order" looks through, newest first
STOCK_FILE = "stock.csv"
EVER = datetime(1970, 1, 1, tzinfo=timezone.utc)


class FileAdapter(ChannelAdapter):
    """Orders that people or programs hand over. There is no other side: nothing to ask and nobody to tell."""

    capabilities = frozenset({Capability.ORDERS})
    limits = Limits(page=500)

    def check(self):
        return dto.AccountInfo(name="Files", marketplaces=(("upload", "Upload and API"),))

    def fetch_orders(self, window, cursor=None):
        return dto.Page(items=(), covered_until=self.now())

    def fetch_order(self, external_id):
        raise errors.NotFound("order_unknown")

    def push_shipment(self, notice):
        # The message itself is what can be downloaded; there is nothing to repeat.
        return dto.Receipt(reference=notice.reference)

    def find_shipment(self, notice):
        return None

    @classmethod
    def parse_order(cls, body):
        return mapper.parse_order(body)


class FolderAdapter(FileAdapter):
    """A watched folder is a channel with another side: files come in, and files with what became of them go out."""

    capabilities = frozenset({Capability.ORDERS, Capability.STOCK, Capability.CANCEL})
    # No overlap: what waits is in every window, so nothing is missed at its edge.
    limits = Limits(page=500, batch=500, overlap=timedelta(0))

    def __init__(self, account, transport, now):
        super().__init__(account, transport, now)
        settings = account.settings
        self._folder = Folder(settings["root"], settings["folder"], settings["settle_seconds"])
        self._meaning = msgspec.convert(settings["meaning"], Meaning)

    def check(self):
        now = self._folder.now()
        waiting, _until = self._folder.waiting(now)
        can_write = dto.Permission(name="read and write the folder", is_granted=True)
        name = self.account.settings["folder"]
        return dto.AccountInfo(
            name=name, marketplaces=(("in", f"{len(waiting)} files wait."),), permissions=(can_write,)
        )

    # === ORDERS ===

    def fetch_orders(self, window, cursor=None):
        now = self._folder.now()
        waiting, complete_until = self._folder.waiting(now)
        # What still waits was never taken, whenever it came: it is in every window.
        taken = self._folder.taken(window.since)
        sources = sorted([*taken, *waiting], key=lambda source: source.key)
        sources = [source for source in sources if window.until is None or source.arrived_at <= window.until]
        items, next_cursor = self._read_page(sources, *_parse_cursor(cursor, sources))
        return dto.Page(items=tuple(items), next_cursor=next_cursor, covered_until=complete_until)

    def _read_page(self, sources: Sequence[Source], index: int, offset: int):
        """Return documents from ``offset`` in file ``index`` on, and where the next page begins."""
        items: list[dto.RawOrder] = []
        while index < len(sources):
            raws = self._raw_orders(sources[index])
            room = self.limits.page - len(items)
            items += raws[offset : offset + room]
            if offset + room < len(raws):
                return items, _build_cursor(sources[index], offset + room)
            index, offset = index + 1, 0
            if len(items) >= self.limits.page and index < len(sources):
                return items, _build_cursor(sources[index], 0)
        return items, None

    def _raw_orders(self, source: Source) -> list[dto.RawOrder]:
        return [documents.raw_order(document) for document in self._documents(source)]

    def _documents(self, source: Source) -> tuple[documents.Document, ...]:
        try:
            content = self._folder.read_source(source)
        except Unusable as error:
            return (documents.flawed(source.name, source.arrived_at, self._meaning, error.reason),)
        if content is None:
            return ()
        return documents.parse_file(source.name, content, source.arrived_at, self._meaning).documents

    def fetch_order(self, external_id):
        waiting, _until = self._folder.waiting(self._folder.now())
        sources = [*self._folder.taken(EVER), *waiting]
        for source in sorted(sources, key=lambda source: source.key, reverse=True)[:SEARCHED_FILES]:
            for raw in self._raw_orders(source):
                if raw.external_id == external_id:
                    return raw
        raise errors.NotFound("order_unknown")

    # === AFTER STORING ===

    def read_waiting(self, name: str, arrived_at: datetime) -> tuple[documents.Document, ...]:
        """Return the documents of a file that waits; none when it is gone or was replaced."""
        return self._documents(Source(name=name, arrived_at=arrived_at, place=IN, stored_as=name))

    def put_away(self, name: str, arrived_at: datetime, errors: str) -> bool:
        """Move a file whose documents are stored to ``done``, or to ``failed`` beside a text with what was wrong."""
        return self._folder.put_away(name, arrived_at, errors)

    # === TELLING ===

    def push_shipment(self, notice):
        self._folder.tell_once(*_shipment_file(notice))
        return dto.Receipt(reference=notice.reference)

    def find_shipment(self, notice):
        return dto.Receipt(reference=notice.reference) if self._folder.was_told(*_shipment_file(notice)) else None

    def push_cancellation(self, notice):
        if notice.is_refused:
            raise errors.NotSupported(
                "file_not_answered", message="A file cannot be answered; tell the customer yourself."
            )
        self._folder.tell_once(*_cancel_file(notice))
        return dto.Receipt(reference=notice.reference)

    def find_cancellation(self, notice):
        return dto.Receipt(reference=notice.reference) if self._folder.was_told(*_cancel_file(notice)) else None

    def push_stock(self, levels):
        before = self._folder.read_out(STOCK_FILE)
        self._folder.write_out(STOCK_FILE, outgoing.merge_stock(before, levels))
        return dto.BatchResult(rows=tuple(dto.RowResult(ref=level.ref) for level in levels))


def _shipment_file(notice: dto.ShipmentNotice) -> tuple[str, bytes]:
    rows = [outgoing.PARCEL_HEADINGS, *outgoing.parcel_rows(notice)]
    return _file_name("parcel", notice.order_external_id, notice.reference), outgoing.build_csv(rows)


def _cancel_file(notice: dto.CancelNotice) -> tuple[str, bytes]:
    rows = [outgoing.CANCEL_HEADINGS, *outgoing.cancel_rows(notice)]
    return _file_name("cancellation", notice.order_external_id, notice.reference), outgoing.build_csv(rows)


def _file_name(kind: str, order: str, reference: str) -> str:
    """Return the name of a file about an order. Order numbers are foreign: what no file is called is left out."""
    plain = re.sub(r"[^A-Za-z0-9-]+", "-", order)[:40].strip("-")
    digest = hashlib.sha256(f"{order}\x1f{reference}".encode()).hexdigest()[:8]
    return f"{kind}-{plain}-{re.sub(r'[^A-Za-z0-9-]+', '-', reference)[:40]}-{digest}.csv"


def finished_files(page: dto.Page[dto.RawOrder]) -> tuple[tuple[str, datetime], ...]:
    """Return name and arrival of the files that end on this page: what is stored with it need not be read again."""
    files = dict.fromkeys((found.file, found.received_at) for found in map(_decoded, page.items))
    if page.next_cursor is not None:
        arrived_at, name, _offset = json.loads(page.next_cursor)
        files.pop((name, datetime.fromisoformat(arrived_at)), None)
    return tuple(files)


def _decoded(raw: dto.RawOrder) -> documents.Document:
    return documents.decode(raw.body)


def _build_cursor(source: Source, offset: int) -> str:
    return json.dumps([source.arrived_at.isoformat(), source.name, offset])


def _parse_cursor(cursor: str | None, sources: Sequence[Source]) -> tuple[int, int]:
    """Return the index of the file a page begins in, and how many of its documents were on the pages before.

    :raise errors.Rejected: ``cursor_expired``: the file is not there any more
    """
    if cursor is None:
        return 0, 0
    try:
        arrived_at, name, offset = json.loads(cursor)
        key = (datetime.fromisoformat(arrived_at), str(name))
        return [source.key for source in sources].index(key), int(offset)
    except (ValueError, TypeError):
        raise errors.Rejected("cursor_expired", message="the file of the next page is not there any more") from None
