"""Files of orders for tests: the smallest that is right, and what a test changes about it."""

import io
from datetime import datetime, timezone

from odoo.addons.oms_channel_file.lib import documents, mapper
from odoo.addons.oms_channel_file.lib.values import Meaning
from openpyxl import Workbook

RECEIVED = datetime(2026, 11, 26, 8, 0, tzinfo=timezone.utc)
MEANING = Meaning(currency="EUR")
RIGHT = {
    "Order number": "W-1", "Name": "Ann Buyer", "Street": "1 Main Street", "City": "Kendal", "Country": "GB",
    "SKU": "A-1", "Quantity": "2", "Unit price": "9.90",
}  # fmt: skip


def csv_of(*rows, headings=None, delimiter=","):
    """Return a CSV file; each row is a dict of what differs from the right one, ``None`` leaves a cell empty."""
    headings = headings or list(dict.fromkeys([*RIGHT, *(name for row in rows for name in row)]))
    lines = [headings, *([_cell(row, name) for name in headings] for row in rows)]
    return "\n".join(delimiter.join(_quoted(cell, delimiter) for cell in line) for line in lines).encode()


def _cell(row, name):
    value = row[name] if name in row else RIGHT.get(name)
    return "" if value is None else str(value)


def _quoted(cell, delimiter):
    return '"{}"'.format(cell.replace('"', '""')) if any(sign in cell for sign in (delimiter, '"', "\n")) else cell


def xlsx_of(*rows, title="Orders", formats=None, more_sheets=()):
    """Return a workbook with these rows; ``formats`` is ``{(row, column): number format}``, counted from 1."""
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    for (row, column), shown_as in (formats or {}).items():
        book.active.cell(row=row, column=column).number_format = shown_as
    for name in more_sheets:
        book.create_sheet(name)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def parse(content, meaning=MEANING, name="orders.csv"):
    """Return the documents of a file."""
    return documents.parse_file(name, content, RECEIVED, meaning)


def order_of(content, meaning=MEANING):
    """Return the one order of a file that is right."""
    [document] = parse(content, meaning).documents
    order, flaws = mapper.map_order(document)
    assert not flaws, [told(flaw) for flaw in flaws]
    return order


def flaws_of(content, meaning=MEANING):
    """Return what is wrong with a file, as :func:`told` writes it."""
    found = parse(content, meaning).documents
    return [told(flaw) for document in found for flaw in mapper.map_order(document)[1]]


def told(flaw):
    """Return place, code and what the words need, as ``row 2, SKU (F): empty()``."""
    words = ", ".join(f"{name}={value}" for name, value in flaw.reason.params.items())
    return f"{flaw.place}: " * bool(flaw.place) + f"{flaw.reason.code}({words})"
