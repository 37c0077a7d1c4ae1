"""The reading of XLSX: one sheet of a workbook as rows, within bounds whatever the file says about itself."""

import io
import zipfile
from datetime import date, datetime, time
from decimal import Decimal

from openpyxl import load_workbook

from .reason import because
from .table import (
    MAX_COLUMNS,
    MAX_ROWS,
    BadCell,
    Cell,
    Row,
    Table,
    Unusable,
    ensure_bounds,
    ensure_size,
    text_or_flaw,
    trimmed,
)

MAX_UNPACKED = 100_000_000
MAX_MEMBERS = 1_000


def is_workbook(content: bytes) -> bool:
    """Tell whether the bytes are a ZIP archive, as every XLSX is."""
    return content.startswith(b"PK\x03\x04")


def is_old_workbook(content: bytes) -> bool:
    """Tell whether the bytes are of the kind XLS was, until 2007, and protected workbooks are."""
    return content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


def read_xlsx(content: bytes) -> Table:
    """Return the rows of the first sheet that is shown. Formulas count with the value that was stored with them.

    :raise Unusable: too large, packed to burst, no workbook
    """
    ensure_size(content)
    has_formulas = _inspect(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not sheets:
            raise Unusable("no_sheet")
        sheet = sheets[0]
        formulas = _formula_places(content, sheet.title) if has_formulas else frozenset()
        rows = tuple(_read_rows(sheet, formulas))
    except Unusable:
        raise
    except Exception:  # openpyxl fails in many ways on a broken workbook; none of them is worth more words
        raise Unusable("not_workbook") from None
    notes = (because("one_sheet", sheet=sheet.title, count=len(sheets)),) if len(sheets) > 1 else ()
    return Table(rows=rows, sheet=sheet.title, notes=notes)


def _inspect(content: bytes) -> bool:
    """Look at the archive before anything interprets it; tell whether a sheet has formulas."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
                raise Unusable("unpacked_too_large")
            has_formulas = False
            for member in members:
                if not member.filename.endswith((".xml", ".rels")):
                    continue
                # What a member unpacks to is never more than its size as checked above: zipfile stops there.
                text = archive.read(member)
                if b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"\0" in text[:200]:
                    raise Unusable("declarations")
                has_formulas |= "/worksheets/" in member.filename and (b"<f>" in text or b"<f " in text)
            return has_formulas
    except Unusable:
        raise
    except Exception:  # a truncated, encrypted or otherwise broken archive
        raise Unusable("not_workbook") from None


def _formula_places(content: bytes, title: str) -> frozenset[tuple[int, int]]:
    """Return row and column of each formula; where no value is stored with one, its cell must not count as empty."""
    sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)[title]
    return frozenset(
        (cell.row, cell.column)
        for row in sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS)
        for cell in row
        if cell.value is not None and cell.data_type == "f"
    )


def _read_rows(sheet, formulas):
    # The size a sheet states for itself may be wrong in both directions.
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(), 1):
        read = trimmed(tuple(_read_cell(cell, formulas) for cell in cells[: MAX_COLUMNS + 1]))
        if read:
            ensure_bounds(number, len(read))
            yield Row(number=number, cells=read)


def _read_cell(cell, formulas) -> Cell:
    value = cell.value
    if value is None:
        is_formula = getattr(cell, "row", None) is not None and (cell.row, cell.column) in formulas
        return BadCell(reason=because("no_stored_value")) if is_formula else None
    if cell.data_type == "e":
        return BadCell(reason=because("spreadsheet_error", shown=str(value)[:20]))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return _number_cell(value, cell.number_format or "")
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, date):
        return datetime.combine(value, time.min)
    return text_or_flaw(str(value))


def _number_cell(value: int | float, shown_as: str) -> Cell:
    """Return a number as people see it: 15 digits, a rate with its sign, leading zeros where the format has them."""
    number = Decimal(f"{value:.15g}")
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        return BadCell(reason=because("number_too_large"))
    plain = number.normalize() + 0
    if shown_as.strip('"').endswith("%"):
        return f"{_written(plain * 100)}%"
    if shown_as and not shown_as.strip("0") and len(shown_as) > 1 and plain == plain.to_integral_value() and plain >= 0:
        return _written(plain).zfill(len(shown_as))
    return plain


def _written(number: Decimal) -> str:
    return f"{number.normalize():f}"
