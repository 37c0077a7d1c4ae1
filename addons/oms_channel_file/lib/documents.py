"""A file becomes documents: one for each order in it, as bytes that are stored and can be read again months later.

A document holds the order's rows as they stand in the file, and how they are to be understood. What cannot become an
order is a document, too, so that it waits with its reason like what any other channel sends.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from odoo.addons.oms_core.lib import dto, strict_json
from odoo.addons.oms_core.lib.errors import Malformed

from . import table, template, workbook
from .reason import Reason, as_reason, because
from .table import BadCell, Cell, Row, Table, Unusable, letter
from .values import Meaning, read_text

MAX_ROWS_OF_ORDER = 1_000
MAX_NUMBER = 100


class OrderRow(dto.Value):
    """One row. A cell is a text, ``{"n": number}``, ``{"d": day}`` or, when wrong, ``{"x": [code, params]}``."""

    number: int
    cells: dict[str, Any]


class Known(dto.Value):
    """What our own books add where the file says nothing, as they were when the file came.

    :param prices: price of one unit by row number, in ``currency``; and from which list
    :param customer: address of the customer whose reference the file names
    """

    prices: dict[str, str] = {}
    price_list: str | None = None
    customer: dto.Address | None = None
    email: str | None = None


class Document(dto.Value):
    """One order as a file has it.

    :param places: key of each column to the letter over it
    :param flaw: why this is no order at all; then there may be no rows. A sentence in what was stored long ago
    """

    file: str
    received_at: datetime
    number: str | None = None
    flaw: Reason | str | None = None
    meaning: Meaning = Meaning()
    places: dict[str, str] = {}
    rows: tuple[OrderRow, ...] = ()
    known: Known | None = None


class Parsed(dto.Value):
    """A file as documents, in its own order, and what a person should know about the reading."""

    documents: tuple[Document, ...]
    notes: tuple[Reason, ...] = ()


def parse_file(name: str, content: bytes, received_at: datetime, meaning: Meaning) -> Parsed:
    """Return the documents of a file. It never fails: what is wrong is a flaw of a document.

    :param name: the file's name, for people; what it is, its bytes say
    :param received_at: when it came; it decides which of two files about an order is the newer
    """
    base = Document(file=name, received_at=received_at, meaning=meaning)
    try:
        found = read_table(content)
        heading = _heading(found)
    except Unusable as error:
        return Parsed(documents=(msgspec.structs.replace(base, flaw=error.reason),))
    places = {key: letter(index) for key, index in heading.places.items()}
    rows = [_order_row(row, heading.places) for row in found.rows if row.number > heading.row_number]
    rows = [row for row in rows if row.cells]
    if not rows:
        return Parsed(documents=(msgspec.structs.replace(base, flaw=because("no_orders")),))
    return Parsed(
        documents=tuple(_split(msgspec.structs.replace(base, places=places), rows)),
        notes=(*found.notes, *_heading_notes(heading)),
    )


def flawed(name: str, received_at: datetime, meaning: Meaning, reason: Reason) -> Document:
    """Return the document of a file that is of no use as a whole."""
    return Document(file=name, received_at=received_at, meaning=meaning, flaw=reason)


def read_table(content: bytes) -> Table:
    """Return the table of a CSV or XLSX file, told apart by its bytes.

    :raise Unusable: it is neither, or beyond bounds
    """
    if not content.strip():
        raise Unusable("empty_file")
    if workbook.is_old_workbook(content):
        raise Unusable("old_workbook")
    return workbook.read_xlsx(content) if workbook.is_workbook(content) else table.read_csv(content)


def encode(document: Document) -> bytes:
    """Return the bytes of a document; the same document gives the same bytes."""
    return msgspec.json.encode(document)


def raw_order(document: Document) -> dto.RawOrder:
    """Return a document as the channel contract hands it over."""
    return dto.RawOrder(external_id=document.number, updated_at=document.received_at, body=encode(document))


def decode(body: bytes) -> Document:
    """Return the document of stored bytes.

    :raise Malformed: they are none of ours
    """
    try:
        return msgspec.convert(strict_json.read(body), Document)
    except msgspec.ValidationError as error:
        text, _at, path = str(error).partition(" - at ")
        raise Malformed("bad_document", path=path.strip("`") or "$", reason=text) from error


def content_digest(document: Document) -> str:
    """Return a digest of what the rows say, whatever file they came in, when, and in which of its rows."""
    said = [document.number, document.flaw, document.meaning, document.known and _unplaced(document)]
    cells = [sorted(row.cells.items()) for row in document.rows]
    return hashlib.sha256(msgspec.json.encode([said, cells])).hexdigest()


def cells_of(row: OrderRow) -> dict[str, Cell]:
    """Return the cells of a row as values."""
    return {key: _cell(found) for key, found in row.cells.items()}


def _unplaced(document: Document) -> list[Any]:
    known = document.known
    prices = [known.prices.get(str(row.number)) for row in document.rows]
    return [prices, known.price_list, known.customer, known.email]


def _heading(found: Table) -> template.Heading:
    heading = template.find_heading(found.rows)
    if heading is None:
        raise Unusable("empty_file")
    if heading.missing:
        missing, row = _listed(heading.missing), heading.row_number
        if heading.unknown:
            raise Unusable("columns_missing", missing=missing, row=row, found=_listed(heading.unknown[:8]))
        raise Unusable("columns_missing_others", missing=missing, row=row)
    return heading


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f"“{strict_json.shown(word, 30)}”" for word in words)


def _heading_notes(heading: template.Heading) -> tuple[Reason, ...]:
    notes = []
    if heading.unknown:
        notes.append(because("columns_unused", columns=_listed(heading.unknown)))
    if heading.twice:
        notes.append(because("columns_twice", columns=_listed(heading.twice)))
    return tuple(notes)


def _order_row(row: Row, places: Mapping[str, int]) -> OrderRow:
    cells = {
        column.key: _wire(row.cells[places[column.key]])
        for column in template.COLUMNS
        if places.get(column.key, len(row.cells)) < len(row.cells) and row.cells[places[column.key]] is not None
    }
    return OrderRow(number=row.number, cells=cells)


def _split(base: Document, rows: Sequence[OrderRow]):
    """Yield a document for each order number, in the order of the file; rows without a number are one each."""
    groups: dict[str, list[OrderRow]] = {}
    for index, row in enumerate(rows):
        number = _number(row)
        # A tab cannot stand in a number: such a key never meets one.
        groups.setdefault(number or f"\t{index}", []).append(row)
    for key, group in groups.items():
        number = None if key.startswith("\t") else key
        flaw = None
        if len(group) > MAX_ROWS_OF_ORDER:
            flaw = because("order_too_long", number=number, rows=len(group), most=MAX_ROWS_OF_ORDER)
            group = group[:1]
        yield msgspec.structs.replace(base, number=number, rows=tuple(group), flaw=flaw)


def _number(row: OrderRow) -> str | None:
    cell = _cell(row.cells.get("number"))
    if cell is None or isinstance(cell, BadCell):
        return None
    number = " ".join(read_text(cell).split())
    return number if len(number) <= MAX_NUMBER else None


def _wire(cell: Cell) -> Any:
    if isinstance(cell, Decimal):
        return {"n": f"{cell:f}"}
    if isinstance(cell, datetime):
        return {"d": cell.isoformat()}
    return {"x": [cell.reason.code, cell.reason.params]} if isinstance(cell, BadCell) else cell


def _cell(found: Any) -> Cell:
    if found is None or isinstance(found, str):
        return found
    try:
        [(kind, text)] = found.items()
        if kind == "n":
            return Decimal(text)
        return datetime.fromisoformat(text) if kind == "d" else BadCell(reason=_cell_reason(text))
    except (AttributeError, TypeError, ValueError, ArithmeticError):
        return BadCell(reason=because("cell_unreadable"))


def _cell_reason(found: Any) -> Reason:
    """Return why a cell is of no use; what was stored long ago is a sentence."""
    if isinstance(found, str):
        return as_reason(found)
    code, params = found
    return because(code, **params)
