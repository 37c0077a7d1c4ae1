"""The rows of an order become the contract's value, or a list of what is wrong with them."""

from datetime import datetime, timezone
from decimal import Decimal

import msgspec
import pytest
from odoo.addons.oms_channel_file.lib import documents, mapper, outgoing, template, values
from odoo.addons.oms_channel_file.lib.reason import BadValue, because
from odoo.addons.oms_channel_file.lib.values import Meaning
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed
from order_files import MEANING, RECEIVED, csv_of, flaws_of, order_of, parse, told, xlsx_of

DAY = datetime(2026, 11, 20)  # noqa: DTZ001 a cell has no zone

# === headings ================================================================================================


def test_every_heading_means_one_column():
    seen = {}
    for column in template.COLUMNS:
        for name in (column.title, *column.names):
            plain = template.plain_heading(name)
            assert seen.setdefault(plain, column.key) == column.key, f"{name}: {column.key} and {seen[plain]}"


@pytest.mark.parametrize(
    "headings",
    [
        "Bestellnummer;Kunde;Straße;Ort;Land;Artikelnummer;Menge;Einzelpreis",
        "N° de commande;Nom;Adresse;Ville;Pays;Référence;Quantité;Prix unitaire",
        "ORDER_NUMBER*;buyer name;address line 1;town;country code;SKU*;QTY;unit-price",
    ],
    ids=["German", "French", "English"],
)
def test_headings_of_three_languages(headings):
    order = order_of(f"{headings}\nW-1;Ann;Main Street 1;Kendal;GB;A-1;2;9,90".encode())
    assert (order.external_id, order.ship_to.city, order.lines[0].sku) == ("W-1", "Kendal", "A-1")
    assert order.total == dto.Money(amount=Decimal("19.80"), currency="EUR")


def test_headings_may_stand_below_a_title():
    content = b"Orders of the fair in Kendal\n\n" + csv_of({})
    assert order_of(content).external_id == "W-1"


def test_columns_nobody_knows_are_said_and_left_out():
    parsed = parse(csv_of({"Colour": "red", "Qty": "9"}))
    assert parsed.notes == (
        because("columns_unused", columns="“Colour”"),
        because("columns_twice", columns="“Qty”"),
    )
    assert mapper.map_order(parsed.documents[0])[0].lines[0].quantity == 2


def test_a_file_without_a_needed_column_is_no_file_of_orders():
    [flaw] = flaws_of(csv_of({}, headings=["Order number", "Name", "Street"]))
    assert flaw.startswith("columns_missing_others(missing=“SKU”, “Quantity”, row=1")
    assert flaws_of(csv_of()) == ["no_orders()"]
    assert flaws_of(b"") == ["empty_file()"]


def test_the_template_is_an_order():
    for content in (outgoing.build_template_csv(), outgoing.build_template_xlsx()):
        order = order_of(content)
        assert [line.sku for line in order.lines] == ["OMS-0001", "OMS-0002"]
        assert order.labels == ("wholesale", "vip")
        assert order.currency == "GBP"
        # 12 x 9.90 - 5 % = 112.86, 2 x 39.50 = 79.00, delivery 4.95, all of it without its 20 %
        assert order.total.amount == Decimal("196.81") + Decimal("22.57") + Decimal("15.80") + Decimal("0.99")


# === one order ===============================================================================================


def test_rows_with_one_number_are_one_order():
    content = csv_of(
        {"Order number": "W-1", "SKU": "A"},
        {"Order number": "W-2", "SKU": "B"},
        {"Order number": "W-1", "SKU": "C", "Name": None, "Street": None, "City": None, "Country": None},
    )
    orders = [mapper.map_order(document)[0] for document in parse(content).documents]
    assert [(order.external_id, [line.sku for line in order.lines]) for order in orders] == [
        ("W-1", ["A", "C"]),
        ("W-2", ["B"]),
    ]


def test_what_holds_for_the_order_must_not_differ_between_its_rows():
    content = csv_of(
        {"Shipping": "4.95"}, {"Shipping": "4,950", "City": "Kendal"}, {"Shipping": "4.95", "City": "York"}
    )
    assert flaws_of(content, msgspec.structs.replace(MEANING, decimal=",")) == [
        "row 4, City (D): other_in_order(value=York, other=2)"
    ]


def test_an_order_with_an_error_does_not_stop_the_others():
    parsed = parse(csv_of({"Order number": "1"}, {"Order number": "2", "Quantity": "two"}, {"Order number": "3"}))
    assert [bool(mapper.map_order(document)[1]) for document in parsed.documents] == [False, True, False]


def test_every_error_is_told_with_its_place():
    content = csv_of({"Quantity": "two", "Country": "Narnia", "Unit price": None, "Email": "ann", "Order date": "soon"})
    assert flaws_of(content) == [
        "row 2, Quantity (G): not_a_number(value=two)",
        "row 2, Order date (J): not_a_date(value=soon, wanted=2026-11-26)",
        "row 2, Country (E): not_a_country(value=Narnia)",
        "row 2, Email (I): not_an_email(value=ann)",
    ]


def test_a_stored_document_that_is_wrong_names_the_place_and_tells_the_rest():
    body = documents.encode(
        parse(csv_of({"Quantity": "two", "Name": None, "Street": None, "Unit price": "x", "SKU": None})).documents[0]
    )
    with pytest.raises(Malformed) as caught:
        mapper.parse_order(body)
    assert caught.value.path == "row 2, SKU (F)"
    assert caught.value.params["reason"] == "empty"
    flaws = caught.value.params["flaws"]
    assert (told(flaws[1]), len(flaws)) == ("row 2, Quantity (G): not_a_number(value=two)", 5)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"file": "x"}', b'{"file": 1, "received_at": "x"}', b"null"])
def test_what_is_none_of_our_documents_says_so(body):
    with pytest.raises(Malformed) as caught:
        mapper.parse_order(body)
    assert caught.value.params["reason"]


def test_a_row_without_an_order_number_belongs_to_no_order():
    found = parse(csv_of({"Order number": None}, {"Order number": None})).documents
    assert [document.number for document in found] == [None, None]
    assert flaws_of(csv_of({"Order number": None})) == ["row 2, Order number (A): number_missing(most=100)"]


@pytest.mark.parametrize(
    ("cell", "status", "is_paid"),
    [
        (None, "to_ship", False), ("open", "to_ship", False), ("PAID", "to_ship", True), ("ja", "to_ship", True),
        ("no", "awaiting_payment", False), ("unbezahlt", "awaiting_payment", False),
        ("storniert", "cancelled", False), ("shipped", "shipped", False),
    ],
)  # fmt: skip
def test_status(cell, status, is_paid):
    order = order_of(csv_of({"Status": cell}))
    assert (order.status, bool(order.payments)) == (status, is_paid)


def test_type_and_tags_are_labels():
    assert order_of(csv_of({"Order type": "Großhandel", "Tags": "VIP, Big fair;vip"})).labels == (
        "wholesale",
        "vip",
        "big_fair",
    )
    assert order_of(csv_of({}), msgspec.structs.replace(MEANING, order_type="phone")).labels == ("phone",)
    assert flaws_of(csv_of({"Order type": "barter"})) == [
        "row 2, Order type (I): none_of(value=barter, words=retail, wholesale, phone)"
    ]


def test_lines_are_named_by_their_sku_or_their_id():
    rows = [{"SKU": "A"}, {"SKU": "A"}, {"SKU": "B"}]
    assert [line.external_id for line in order_of(csv_of(*rows)).lines] == ["A", "A#2", "B"]
    rows = [{"SKU": "A", "Line id": "10"}, {"SKU": "A", "Line id": "20"}]
    assert [line.external_id for line in order_of(csv_of(*rows)).lines] == ["10", "20"]
    rows[1]["Line id"] = "10"
    assert flaws_of(csv_of(*rows)) == ["row 3, Line id (I): twice_in_order(value=10)"]


def test_workbooks_keep_zeros_and_dates():
    headings = ["Order number", "Name", "Street", "Postal code", "Country", "SKU", "Quantity", "Price", "Order date"]
    row = [1001, "Ann", "Main Street", 1067, "Germany", "00042", 2, 9.9, DAY]
    order = order_of(xlsx_of(headings, row, formats={(2, 4): "00000"}))
    assert (order.external_id, order.ship_to.postal_code, order.lines[0].sku) == ("1001", "01067", "00042")
    assert order.placed_at == datetime(2026, 11, 20, 12, tzinfo=timezone.utc)


# === money ===================================================================================================


def amounts(content, **meaning):
    order = order_of(content, msgspec.structs.replace(MEANING, **meaning))
    return order.total and str(order.total.amount), [str(line.amount.amount) for line in order.lines]


def test_prices_with_tax_add_up():
    assert amounts(csv_of({"Tax %": "19", "Shipping": "5"})) == ("24.80", ["19.80"])


def test_prices_without_tax_get_the_stated_tax_on_top():
    content = csv_of({"Tax %": "19"}, {"SKU": "B", "Tax %": "7 %", "Discount": "10 %"})
    # 19.80 + 3.76, and 19.80 - 1.98 + 1.25
    assert amounts(content, is_tax_included=False)[0] == str(Decimal("23.56") + Decimal("19.07"))


def test_prices_without_tax_and_without_a_rate_leave_the_total_open():
    assert amounts(csv_of({}), is_tax_included=False) == (None, ["19.80"])
    assert amounts(csv_of({"Tax %": "0"}), is_tax_included=False) == ("19.80", ["19.80"])
    assert amounts(csv_of({"Order total": "23.56"}), is_tax_included=False) == ("23.56", ["19.80"])


def test_delivery_is_taxed_as_the_goods():
    order = order_of(csv_of({"Tax %": "20", "Shipping": "10", "Price includes tax": "no"}))
    assert [str(charge.taxes[0].amount.amount) for charge in order.charges] == ["2.00"]
    assert order.total.amount == Decimal("35.76")


@pytest.mark.parametrize(
    ("currency", "price", "quantity", "amount"),
    [
        ("JPY", "33.4", "3", "100"),
        ("KWD", "1.2345", "1", "1.235"),
        ("EUR", "0.0125", "100", "1.25"),
        ("EUR", "0", "1", "0.00"),
    ],
)
def test_amounts_have_the_digits_of_their_currency(currency, price, quantity, amount):
    content = csv_of({"Currency": currency, "Unit price": price, "Quantity": quantity})
    assert amounts(content) == (amount, [amount])


@pytest.mark.parametrize(("discount", "total"), [("5", "14.80"), ("50%", "9.90"), ("0", "19.80"), ("-5", "14.80")])
def test_discounts(discount, total):
    assert amounts(csv_of({"Discount": discount}))[0] == total


def test_a_discount_beyond_the_row_and_prices_below_zero_are_errors():
    assert flaws_of(csv_of({"Discount": "20"})) == ["row 2, Discount (I): discount_too_large(value=20)"]
    assert flaws_of(csv_of({"Unit price": "-1"})) == ["row 2, Unit price (H): price_below_zero(value=-1)"]
    assert flaws_of(csv_of({"Quantity": "0"})) == ["row 2, Quantity (G): not_more_than_zero(value=0)"]


# === what our books add ======================================================================================


def test_a_price_list_fills_empty_prices_only():
    document = parse(
        csv_of({"Unit price": None}, {"SKU": "B"}), msgspec.structs.replace(MEANING, has_price_list=True)
    ).documents[0]
    assert told(mapper.map_order(document)[1][0]) == "row 2, Unit price (H): not_in_price_list(sku=A-1)"
    known = documents.Known(prices={"2": "7.5", "3": "1"})
    order, _flaws = mapper.map_order(msgspec.structs.replace(document, known=known))
    assert [str(line.amount.amount) for line in order.lines] == ["15.00", "19.80"]


def test_a_known_customer_needs_no_address():
    row = {"Customer reference": "C-1", "Name": None, "Street": None, "City": None, "Country": None}
    assert flaws_of(csv_of(row)) == [
        f"row 2, {title}: empty_unknown_customer(value=C-1)" for title in ("Name (B)", "Street (C)", "Country (E)")
    ]
    address = dto.Address(name="Shop", street="2 Side Street", city="York", country="GB")
    known = documents.Known(customer=address, email="shop@example.com")
    order, _flaws = mapper.map_order(msgspec.structs.replace(parse(csv_of(row)).documents[0], known=known))
    assert (order.ship_to, order.buyer.email, order.buyer.external_id) == (address, "shop@example.com", "C-1")
    given = parse(csv_of({"Customer reference": "C-1"})).documents[0]
    order, _flaws = mapper.map_order(msgspec.structs.replace(given, known=known))
    assert order.ship_to.street == "1 Main Street"


def test_equal_documents_have_equal_bytes():
    """Texts that are equal and not the same object, as they come from a database."""
    built = Meaning(time_zone="".join(["U", "TC"]), currency="EUR")
    assert documents.encode(parse(csv_of({}), built).documents[0]) == documents.encode(parse(csv_of({})).documents[0])


# === the same again ==========================================================================================


def test_the_digest_is_about_what_the_rows_say():
    [first] = parse(csv_of({})).documents
    [moved] = documents.parse_file("other.csv", b"\n\n" + csv_of({}), RECEIVED.replace(year=2027), MEANING).documents
    [other] = parse(csv_of({"Quantity": "3"})).documents
    [meant] = parse(csv_of({}), msgspec.structs.replace(MEANING, decimal=",")).documents
    digests = [documents.content_digest(document) for document in (first, moved, other, meant)]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


def test_an_order_of_absurd_length_is_refused():
    [flaw] = flaws_of(csv_of(*({"SKU": f"A-{number}"} for number in range(1001))))
    assert flaw == "order_too_long(number=W-1, rows=1001, most=1000)"


def test_what_was_stored_as_a_sentence_is_still_read():
    """Before reasons had codes, documents held them as sentences."""
    [document] = parse(csv_of({"Quantity": "two"})).documents
    body = documents.encode(msgspec.structs.replace(document, flaw="The file is empty.", rows=()))
    [flaw] = mapper.map_order(documents.decode(body))[1]
    assert told(flaw) == "said(text=The file is empty.)"
    [row] = document.rows
    row = msgspec.structs.replace(row, cells=row.cells | {"quantity": {"x": "the number is too large"}})
    body = documents.encode(msgspec.structs.replace(document, rows=(row,)))
    [flaw] = mapper.map_order(documents.decode(body))[1]
    assert told(flaw) == "row 2, Quantity (G): said(text=the number is too large)"


# === cells ===================================================================================================


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("1234", ".", "1234"), ("1,234.50", ".", "1234.50"), ("1.234,50", ".", "1234.50"), ("1.234", ".", "1.234"),
        ("1.234", ",", "1234"), ("1,234", ",", "1.234"), ("1,234", ".", "1234"), ("0,125", ".", "0.125"),
        ("9,9", ".", "9.9"), ("1 234,5", ".", "1234.5"), ("1'234.5", ".", "1234.5"), ("1.234.567", ".", "1234567"),
        ("-3", ".", "-3"), (".5", ".", "0.5"), ("12345,678", ".", "12345.678"), ("−2", ".", "-2"),
    ],
)  # fmt: skip
def test_numbers(text, decimal, number):
    assert values.read_number(text, decimal) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["two", "1e5", "1.2.3", "1,23,456.0", "NaN", "--1", "1-2", "٣", "1.", "12 34x", "1" * 13]
)
def test_what_is_no_number(text):
    with pytest.raises(BadValue):
        values.read_number(text)


@pytest.mark.parametrize("text", ["€ 9,90", "9.90 EUR", "EUR 9.90", "9,90€", "$9.90"])
def test_a_currency_beside_an_amount(text):
    assert values.read_money(text) == Decimal("9.90")


@pytest.mark.parametrize(
    ("text", "order", "wanted"),
    [
        ("2026-11-26", "iso", "2026-11-26T00:00"), ("2026-11-26 14:30", "iso", "2026-11-26T14:30"),
        ("2026-11-26T14:30:00+02:00", "iso", "2026-11-26T12:30"), ("2026-11-26 14:30 -0500", "dmy", "2026-11-26T19:30"),
        ("26.11.2026", "iso", "2026-11-26T00:00"), ("3/4/2026", "dmy", "2026-04-03T00:00"),
        ("3/4/2026", "mdy", "2026-03-04T00:00"), ("3.4.26", "mdy", "2026-04-03T00:00"),
    ],
)  # fmt: skip
def test_dates(text, order, wanted):
    assert values.read_date(text, order, "UTC")[0].isoformat().startswith(wanted)


def test_dates_are_days_of_their_zone():
    moment, has_clock = values.read_date("2026-07-01 08:00", "iso", "Europe/Berlin")
    assert (moment.isoformat(), has_clock) == ("2026-07-01T06:00:00+00:00", True)
    assert values.read_date(Decimal(46352), "iso", "UTC")[0].date().isoformat() == "2026-11-26"


@pytest.mark.parametrize("text", ["26/11/2026", "2026-13-01", "2026-02-30", "soon", "13/13/2026", "1850-01-01", "5"])
def test_what_is_no_date(text):
    with pytest.raises(BadValue):
        values.read_date(text, "iso", "UTC")


@pytest.mark.parametrize(
    ("text", "code"),
    [("de", "DE"), ("Deutschland", "DE"), ("Allemagne", "DE"), ("UK", "GB"), ("United Kingdom", "GB"), ("USA", "US")],
)
def test_countries(text, code):
    assert values.read_country(text) == code


def test_what_people_open_runs_nothing():
    content = outgoing.build_csv([("=1+1", "+49 30", "@x", "-2", "a"), ("\t=1",)], is_for_people=True)
    assert content.decode("utf-8-sig") == "'=1+1,'+49 30,'@x,'-2,a\r\n'\t=1\r\n"


def test_a_stock_file_keeps_what_is_not_named():
    before = outgoing.merge_stock(
        b"", [dto.StockLevel(ref="1", sku="A", quantity=5), dto.StockLevel(ref="2", sku="B", quantity=1)]
    )
    after = outgoing.merge_stock(before, [dto.StockLevel(ref="1", sku="B", quantity=0)])
    assert after == b"SKU,Quantity\r\nA,5\r\nB,0\r\n"
    assert (
        outgoing.merge_stock(b"\xff\xfe", [dto.StockLevel(ref="1", sku="B", quantity=2)]) == b"SKU,Quantity\r\nB,2\r\n"
    )


def test_a_channel_may_name_no_currency():
    assert flaws_of(csv_of({}), Meaning())[0] == "row 2, Currency: no_currency()"
