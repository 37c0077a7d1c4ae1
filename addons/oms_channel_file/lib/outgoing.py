"""The files we write: the template, parcels, cancellations, stock, lists of errors. Bytes out."""

import csv
import io
from collections.abc import Iterable, Sequence

from odoo.addons.oms_core.lib import dto
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from . import template

PARCEL_HEADINGS = ("Order number", "Line id", "Quantity", "Carrier", "Tracking number", "Shipped at", "Reference")
CANCEL_HEADINGS = ("Order number", "Line id", "Quantity", "Reason", "Reference")
STOCK_HEADINGS = ("SKU", "Quantity")
# A spreadsheet takes a cell that begins so for a formula, and runs it.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def build_csv(rows: Iterable[Sequence[str]], *, is_for_people: bool = False) -> bytes:
    """Return rows as CSV in UTF-8.

    :param is_for_people: with the mark by which spreadsheets know UTF-8, and with no cell that they would run
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([_harmless(cell) for cell in row] if is_for_people else row for row in rows)
    return text.getvalue().encode("utf-8-sig" if is_for_people else "utf-8")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell


def build_template_csv() -> bytes:
    """Return the template as CSV."""
    # With the mark by which spreadsheets know UTF-8; the examples are ours and need no guard.
    return b"\xef\xbb\xbf" + build_csv(template.example_rows())


def build_template_xlsx() -> bytes:
    """Return the template as a workbook: a sheet to fill in, and one that explains each column."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Orders"
    for row in template.example_rows():
        sheet.append(row)
    for index, column in enumerate(template.COLUMNS, 1):
        cell = sheet.cell(row=1, column=index)
        cell.font = Font(bold=True)
        if column.is_required:
            cell.fill = PatternFill("solid", fgColor="FFE8B0")
        # Text, so that a spreadsheet keeps leading zeros of what is typed.
        if column.kind in ("text", "country"):
            for row in range(2, 1001):
                sheet.cell(row=row, column=index).number_format = "@"
        sheet.column_dimensions[get_column_letter(index)].width = max(12, len(column.title) + 3)
    sheet.freeze_panes = "A2"
    _explain(book.create_sheet("Columns"))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _explain(sheet) -> None:
    sheet.append(("Column", "Needed", "What it means", "Other headings that are understood"))
    for column in template.COLUMNS:
        needed = "yes" if column.is_required else ""
        sheet.append((column.title, needed, column.about, ", ".join(column.names)))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for name, width in (("A", 22), ("B", 9), ("C", 70), ("D", 90)):
        sheet.column_dimensions[name].width = width


def parcel_rows(notice: dto.ShipmentNotice) -> list[tuple[str, ...]]:
    """Return a parcel, one row for each order line in it."""
    carrier = notice.carrier_name or notice.carrier_code
    shipped_at = notice.shipped_at.isoformat(timespec="seconds")
    return [
        (
            notice.order_external_id,
            line.external_line_id,
            f"{line.quantity.normalize():f}",
            carrier,
            notice.tracking,
            shipped_at,
            notice.reference,
        )
        for line in notice.lines
    ]


def cancel_rows(notice: dto.CancelNotice) -> list[tuple[str, ...]]:
    """Return a cancellation, one row for each order line; one without a line for the order as a whole."""
    lines = [(line.external_line_id, f"{line.quantity.normalize():f}") for line in notice.lines] or [("", "")]
    return [(notice.order_external_id, *line, notice.reason, notice.reference) for line in lines]


def merge_stock(before: bytes, levels: Sequence[dto.StockLevel]) -> bytes:
    """Return the stock file with these quantities in it; SKUs that are not named keep what they had.

    :param before: the file as it is now; empty when there is none. One that cannot be read is begun anew
    """
    known: dict[str, str] = {}
    try:
        for row in list(csv.reader(io.StringIO(before.decode("utf-8"), newline=""), strict=True))[1:]:
            if len(row) == 2:
                known[row[0]] = row[1]
    except (UnicodeDecodeError, csv.Error):
        known = {}
    known.update({level.sku: str(level.quantity) for level in levels})
    return build_csv([STOCK_HEADINGS, *sorted(known.items())])
