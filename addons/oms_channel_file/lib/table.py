"""A file of rows as values: what CSV and XLSX have in common, and the reading of CSV.

A cell is a text, a number, a moment without a zone, or a flaw that only the reader of the file can see. Empty cells
are ``None``. Rows keep the number a spreadsheet shows beside them, so that people find them again.
"""

import csv
import io
from datetime import datetime
from decimal import Decimal

from odoo.addons.oms_core.lib import dto

from .reason import Param, Reason, because

MAX_BYTES = 10_000_000
MAX_ROWS = 20_000
MAX_COLUMNS = 120
MAX_TEXT = 5_000
DELIMITERS = (",", ";", "\t", "|")


class Unusable(Exception):
    """The file as a whole cannot be read. ``reason`` says why."""

    def __init__(self, code: str, **params: Param):
        super().__init__(code)
        self.reason = because(code, **params)


class BadCell(dto.Value):
    """Stands where a cell has no value that could be used: an error of the spreadsheet, a formula never computed."""

    reason: Reason


Cell = str | Decimal | datetime | BadCell | None


class Row(dto.Value):
    """One row. ``number`` is the one a spreadsheet shows, counted from 1."""

    number: int
    cells: tuple[Cell, ...]


class Table(dto.Value):
    """The rows of a file that hold anything.

    :param sheet: name of the sheet of a workbook
    :param notes: what a person should know about how it was read
    """

    rows: tuple[Row, ...]
    sheet: str | None = None
    notes: tuple[Reason, ...] = ()


def read_csv(content: bytes) -> Table:
    """Return the rows of a CSV file: comma, semicolon, tab or bar; UTF-8, UTF-16, or Western European said aloud.

    :raise Unusable: too large, not text, a quotation mark that is never closed
    """
    ensure_size(content)
    text, notes = _decode(content)
    if "\0" in text:
        raise Unusable("no_text")
    text, delimiter = _delimiter(text)
    rows = []
    # newline="": the reader itself knows a line end inside quotation marks from one between rows
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, fields in enumerate(reader, 1):
            cells = tuple(_text_cell(field) for field in fields)
            if any(cell is not None for cell in cells):
                rows.append(Row(number=number, cells=trimmed(cells)))
            ensure_bounds(number, len(rows[-1].cells) if rows else 0)
    except csv.Error as error:
        raise Unusable("row_unreadable", row=number + 1, why=str(error)) from None
    return Table(rows=tuple(rows), notes=notes)


def ensure_size(content: bytes) -> None:
    """Make sure the file is no larger than we read.

    :raise Unusable: it is
    """
    if len(content) > MAX_BYTES:
        raise Unusable("too_many_bytes", size=len(content), most=MAX_BYTES)


def ensure_bounds(row_number: int, columns: int) -> None:
    """Make sure a table is no longer and no wider than we read.

    :raise Unusable: it is
    """
    if row_number > MAX_ROWS:
        raise Unusable("too_many_rows", most=MAX_ROWS)
    if columns > MAX_COLUMNS:
        raise Unusable("too_many_columns", row=row_number, most=MAX_COLUMNS)


def trimmed(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """Return the cells without the empty ones at the end."""
    end = len(cells)
    while end and cells[end - 1] is None:
        end -= 1
    return cells[:end]


def text_or_flaw(text: str) -> str | BadCell | None:
    """Return a text as a cell: without white space around it, nothing for nothing, a flaw where it is no text."""
    clean = text.replace("\xa0", " ").strip()
    if len(clean) > MAX_TEXT:
        return BadCell(reason=because("text_too_long", most=MAX_TEXT))
    if any(0xD800 <= ord(char) <= 0xDFFF or (ord(char) < 32 and char not in "\t\n\r") for char in clean):
        return BadCell(reason=because("text_not_storable"))
    return clean or None


def letter(index: int) -> str:
    """Return the name a spreadsheet gives the column at ``index``, counted from 0: A, B, … Z, AA."""
    name, rest = "", index + 1
    while rest:
        rest, place = divmod(rest - 1, 26)
        name = chr(65 + place) + name
    return name


def _text_cell(field: str) -> Cell:
    return text_or_flaw(field)


def _decode(content: bytes) -> tuple[str, tuple[Reason, ...]]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16"), ()
        except UnicodeDecodeError:
            raise Unusable("not_utf16") from None
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        place = content.count(b"\n", 0, error.start) + 1
    note = because("read_as_western", line=place)
    try:
        return content.decode("cp1252"), (note,)
    except UnicodeDecodeError:  # five bytes mean nothing there
        return content.decode("latin-1"), (note,)


def _delimiter(text: str) -> tuple[str, str]:
    """Return the text and what stands between its cells; a first line ``sep=;`` says so itself and is no row."""
    first, _end, rest = text.partition("\n")
    if first.strip().casefold().startswith("sep=") and len(first.strip()) == 5:
        # an empty line in its place keeps the numbers of the rows that follow
        return "\n" + rest, first.strip()[4]
    heading = next((line for line in text.splitlines() if line.strip()), "")
    counts = {delimiter: _count_outside_quotes(heading, delimiter) for delimiter in DELIMITERS}
    return text, max(DELIMITERS, key=lambda delimiter: counts[delimiter])


def _count_outside_quotes(line: str, char: str) -> int:
    return sum(part.count(char) for part in line.split('"')[::2])
