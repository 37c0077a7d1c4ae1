"""CSV and XLSX become rows, whatever program wrote them; what is no table says why."""

import io
import zipfile
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odoo.addons.oms_channel_file.lib import documents, mapper, table, workbook
from odoo.addons.oms_channel_file.lib.reason import because
from odoo.addons.oms_channel_file.lib.table import BadCell, Unusable, letter, read_csv
from odoo.addons.oms_channel_file.lib.workbook import read_xlsx
from order_files import MEANING, RECEIVED, csv_of, xlsx_of

DAY = datetime(2026, 11, 26)  # noqa: DTZ001 a cell has no zone


def rows_of(found):
    return [(row.number, row.cells) for row in found.rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_delimiter_is_found(delimiter):
    text = f"a{delimiter}b{delimiter}c\n1{delimiter}2,5;6{delimiter}3"
    text = text.replace("2,5;6", '"2,5;6"')
    assert rows_of(read_csv(text.encode())) == [(1, ("a", "b", "c")), (2, ("1", "2,5;6", "3"))]


def test_a_delimiter_inside_quotation_marks_does_not_count():
    assert rows_of(read_csv(b'"a;x;y;z",b\n1,2')) == [(1, ("a;x;y;z", "b")), (2, ("1", "2"))]


def test_a_first_line_names_the_delimiter_and_rows_keep_their_numbers():
    assert rows_of(read_csv(b"sep=;\r\na;b\r\n1,5;2")) == [(2, ("a", "b")), (3, ("1,5", "2"))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_unicode_is_read_without_a_word(encoding):
    content = "a,b\nMüller,Łódź".encode(encoding)
    content = b"\xff\xfe" + content if encoding == "utf-16-le" else content
    found = read_csv(content)
    assert (found.rows[1].cells, found.notes) == (("Müller", "Łódź"), ())


def test_western_european_is_read_and_said():
    found = read_csv("a,b\nMüller,5 €".encode("cp1252"))
    assert found.rows[1].cells == ("Müller", "5 €")
    assert found.notes == (because("read_as_western", line=2),)


def test_bytes_that_mean_nothing_in_windows_are_still_read():
    assert read_csv(b"a,b\nM\xfc\x81ller,1").rows[1].cells == ("M\xfc\x81ller", "1")


def test_empty_rows_are_left_out_and_count():
    assert rows_of(read_csv(b"a,b\n\n,,\n1,2\n")) == [(1, ("a", "b")), (4, ("1", "2"))]


def test_a_line_end_inside_a_cell_is_no_row():
    assert rows_of(read_csv(b'a,b\n"x\ny",1\nz,2')) == [(1, ("a", "b")), (2, ("x\ny", "1")), (3, ("z", "2"))]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'a,b\n1,2\n"open,2\n3,4', "row_unreadable"),
        (b'a,b\n"x"y,2', "row_unreadable"),
        (b"a,b\n\0,1", "no_text"),
        (b"\xff\xfea", "not_utf16"),
        (b"a," * 121 + b"b", "too_many_columns"),
        (b"a,b\n" + b"1,2\n" * 20_001, "too_many_rows"),
        (b"x" * 10_000_001, "too_many_bytes"),
        (b"a\0,\0b\0", "no_text"),
    ],
    ids=["open quotation mark", "text after one", "NUL", "half a UTF-16", "wide", "long", "large", "UTF-16 unmarked"],
)
def test_what_is_no_table_says_why(content, code):
    with pytest.raises(Unusable) as caught:
        read_csv(content)
    assert caught.value.reason.code == code


def test_text_beyond_bounds_spoils_its_cell_alone():
    found = read_csv(b"a,b\n" + b"x" * 5001 + b",1")
    assert isinstance(found.rows[1].cells[0], BadCell)
    assert found.rows[1].cells[1] == "1"


@pytest.mark.parametrize(("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ")])
def test_columns_have_the_letters_of_a_spreadsheet(index, name):
    assert letter(index) == name


# === XLSX ====================================================================================================


def test_cells_of_a_workbook_keep_their_kind():
    found = read_xlsx(xlsx_of(["text", 12, 9.9, DAY, True, None, " x "]))
    assert found.rows[0].cells == ("text", Decimal(12), Decimal("9.9"), DAY, "yes", None, "x")
    assert found.sheet == "Orders"


def test_numbers_are_what_people_see():
    found = read_xlsx(xlsx_of([0.1 + 0.2, 42, 0.05, 1e16], formats={(1, 2): "00000", (1, 3): "0%", (1, 1): "0.00"}))
    assert found.rows[0].cells[:3] == (Decimal("0.3"), "00042", "5%")
    assert isinstance(found.rows[0].cells[3], BadCell)


def test_a_formula_without_a_stored_value_is_no_empty_cell():
    found = read_xlsx(xlsx_of(["=1+1", "#REF!", None, "x"]))
    assert found.rows[0].cells[0].reason == because("no_stored_value")
    assert found.rows[0].cells[2:] == (None, "x")


def test_only_the_first_sheet_that_is_shown_is_read():
    found = read_xlsx(xlsx_of(["a"], title="First", more_sheets=("Second",)))
    assert (found.sheet, found.notes) == ("First", (because("one_sheet", sheet="First", count=2),))


def _repacked(change, base=None):
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(base or xlsx_of(["a"]))) as old, zipfile.ZipFile(content, "w", 8) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, body in change(None, None) or ():
            new.writestr(name, body)
    return content.getvalue()


def test_a_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(workbook, "MAX_UNPACKED", 1_000_000)
    bomb = _repacked(lambda name, body: body if name else [("xl/worksheets/big.xml", b"0" * 2_000_000)])
    assert len(bomb) < 20_000
    with pytest.raises(Unusable, match="unpacked_too_large"):
        read_xlsx(bomb)


def test_entities_are_refused():
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    with pytest.raises(Unusable, match="declarations"):
        read_xlsx(_repacked(lambda name, body: laughs if name == "xl/workbook.xml" else body))


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04", b"PK\x03\x04" + b"x" * 500, xlsx_of(["a"])[:-300], xlsx_of(["a"])[:700]],
    ids=["nothing", "noise", "cut", "cut early"],
)
def test_a_broken_workbook_says_so(content):
    with pytest.raises(Unusable) as caught:
        read_xlsx(content)
    assert caught.value.reason.code == "not_workbook"


def test_a_workbook_is_told_by_its_bytes():
    with pytest.raises(Unusable, match="old_workbook"):
        documents.read_table(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100)
    with pytest.raises(Unusable, match="empty_file"):
        documents.read_table(b" \n")
    assert documents.read_table(xlsx_of(["a"])).sheet == "Orders"


# === whatever comes ==========================================================================================


def _ensure_harmless(content):
    """Whatever the bytes are: documents come out, each is an order or says what is wrong, and can be stored."""
    found = documents.parse_file("x", content, RECEIVED, MEANING).documents
    assert found
    for document in found:
        body = documents.encode(document)
        assert documents.decode(body) == document
        order, flaws = mapper.map_order(document)
        assert (order is None) == bool(flaws)
        assert "\\u0000" not in body.decode()


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes(content):
    _ensure_harmless(content)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_cells_below_right_headings(data):
    headings = csv_of({}).decode().partition("\n")[0].split(",")
    extra = ["Discount", "Tax %", "Order date", "Status", "Shipping", "Order total", "Tags", "Line id"]
    cell = st.one_of(
        st.text(max_size=12),
        st.sampled_from(["W-1", "GB", "2", "-1", "9,90", "1.234", "1e5", "NaN", "٣", "2026-02-30"]),
    )
    rows = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys([*headings, *extra], cell)), max_size=4))
    _ensure_harmless(csv_of(*rows, headings=[*headings, *extra]))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_workbook_with_any_byte_changed(data):
    content = bytearray(WORKBOOK)
    for _change in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    _ensure_harmless(bytes(content))


WORKBOOK = xlsx_of(["Order number", "SKU", "Quantity", "Name"], ["W-1", "A", 2, "Ann"])


def test_the_bounds_are_what_the_readme_says():
    assert (table.MAX_BYTES, table.MAX_ROWS) == (10_000_000, 20_000)
