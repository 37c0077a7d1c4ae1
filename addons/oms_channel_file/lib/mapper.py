"""From the rows of an order to the contract's value, or to a list of what is wrong, row by row."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed

from . import values
from .documents import MAX_NUMBER, Document, cells_of, decode
from .reason import BadValue, Reason, as_reason, because
from .table import BadCell, Cell
from .template import BY_KEY

STATUS = {
    "open": "to_ship",
    "paid": "to_ship",
    "unpaid": "awaiting_payment",
    "shipped": "shipped",
    "cancelled": "cancelled",
}
ADDRESS = ("name", "company", "street", "street2", "city", "postal_code", "state", "phone")


class Flaw(dto.Value):
    """What is wrong, and where: the row and the column as the spreadsheet shows them."""

    reason: Reason
    row: int | None = None
    column: str | None = None
    letter: str | None = None

    @property
    def place(self) -> str:
        """Where it is, as a path; empty when it is about the whole file or order."""
        parts = [f"row {self.row}"] if self.row else []
        if self.column:
            parts.append(f"{self.column} ({self.letter})" if self.letter else self.column)
        return ", ".join(parts)


def parse_order(body: bytes) -> dto.OrderData:
    """Return the order of a stored document.

    :raise Malformed: with row and column of the first thing wrong, and everything that is wrong as ``flaws``
    """
    order, flaws = map_order(decode(body))
    if order is not None:
        return order
    raise Malformed("bad_rows", path=flaws[0].place or "$", reason=flaws[0].reason.code, flaws=flaws)


def map_order(document: Document) -> tuple[dto.OrderData | None, tuple[Flaw, ...]]:
    """Return the order of a document, or ``None`` and everything that is wrong with it."""
    if document.flaw is not None or not document.rows:
        return None, (Flaw(reason=as_reason(document.flaw or because("no_rows"))),)
    rows = _Rows(document)
    order = _build(document, rows)
    return (None, tuple(rows.flaws)) if rows.flaws else (order, ())


class _Rows:
    """Reads cells and collects what is wrong with them, so that a person sees all of it at once."""

    def __init__(self, document: Document):
        self.document = document
        self.meaning = document.meaning
        self.rows = [(row.number, cells_of(row)) for row in document.rows]
        self.flaws: list[Flaw] = []

    def note(self, reason: Reason, row: int, key: str) -> None:
        """Keep one thing that is wrong."""
        place = self.document.places.get(key)
        self.flaws.append(Flaw(reason=reason, row=row, column=BY_KEY[key].title, letter=place))

    def has(self, key: str) -> bool:
        """Tell whether any row says something in this column, be it wrong."""
        return any(cells.get(key) is not None for _row, cells in self.rows)

    def cell(self, row: int, cells: dict[str, Cell], key: str) -> Any:
        """Return what a cell says by its column's kind, ``None`` where it is empty or wrong."""
        cell = cells.get(key)
        if cell is None:
            return None
        if isinstance(cell, BadCell):
            self.note(cell.reason, row, key)
            return None
        try:
            return self._read(cell, key)
        except BadValue as error:
            self.note(error.reason, row, key)
            return None

    def _read(self, cell: Cell, key: str) -> Any:
        kind = BY_KEY[key].kind
        if kind == "date":
            return values.read_date(cell, self.meaning.date_order, self.meaning.time_zone)
        if kind in ("number", "money", "percent"):
            read = {"number": values.read_number, "money": values.read_money, "percent": values.read_percent}[kind]
            return read(cell, self.meaning.decimal)
        if kind == "discount":
            return self._read_discount(cell)
        special = {"currency": values.read_currency, "email": values.read_email}
        readers = {
            "yes_no": values.read_yes_no,
            "status": values.read_status,
            "type": values.read_type,
            "country": values.read_country,
            "text": special.get(key, values.read_text),
        }
        return readers[kind](cell)

    def _read_discount(self, cell: Cell) -> tuple[str, Decimal]:
        if isinstance(cell, str) and cell.endswith("%"):
            return "rate", values.read_percent(cell, self.meaning.decimal)
        return "amount", values.read_money(cell, self.meaning.decimal)

    def of_order(self, key: str) -> Any:
        """Return the one value of an order: from the first row that has it. Another one further down is wrong."""
        found, found_row = None, None
        for row, cells in self.rows:
            value = self.cell(row, cells, key)
            if value is None or value == found:
                continue
            if found_row is None:
                found, found_row = value, row
            else:
                self.note(because("other_in_order", value=_said(cells[key]), other=found_row), row, key)
        return found


def _said(cell: Cell) -> str:
    return values.shown(values.read_text(cell))


def _build(document: Document, rows: _Rows) -> dto.OrderData | None:
    first_row = rows.rows[0][0]
    if document.number is None:
        rows.note(because("number_missing", most=MAX_NUMBER), first_row, "number")
    currency = rows.of_order("currency") or document.meaning.currency
    if currency is None:
        rows.note(because("no_currency"), first_row, "currency")
    is_included = rows.of_order("is_tax_included")
    is_included = document.meaning.is_tax_included if is_included is None else is_included
    lines = tuple(_build_lines(rows, currency or "", is_tax_included=is_included))
    status = rows.of_order("status") or "open"
    total, charges = _build_total(rows, lines, currency or "", is_tax_included=is_included)
    placed = rows.of_order("date")
    ship_by = rows.of_order("ship_by")
    ship_to, buyer = _build_people(rows)
    labels, note = _labels(rows), rows.of_order("note")
    if rows.flaws:
        return None
    return dto.OrderData(
        external_id=document.number,
        external_number=document.number,
        status=STATUS[status],
        placed_at=_instant(placed, timedelta(hours=12)) or document.received_at,
        updated_at=document.received_at,
        currency=currency,
        total=total,
        lines=lines,
        is_tax_included=is_included,
        charges=charges,
        buyer=buyer,
        ship_to=ship_to,
        payments=(dto.Payment(amount=total),) if status == "paid" and total else (),
        ship_by_at=_instant(ship_by, timedelta(hours=23, minutes=59)),
        labels=labels,
        note=note,
    )


def _instant(found: tuple[datetime, bool] | None, hours: timedelta) -> datetime | None:
    """Return the moment of a date; one without a time of day is meant as a day, not as its first second."""
    if found is None:
        return None
    moment, has_clock = found
    return moment if has_clock else moment + hours


def _labels(rows: _Rows) -> tuple[str, ...]:
    order_type = rows.of_order("type") or rows.meaning.order_type
    tags = (rows.of_order("tags") or "").replace(";", ",").split(",")
    codes = ["_".join(tag.casefold().split()) for tag in tags]
    return tuple(dict.fromkeys(label for label in (order_type, *codes) if label))


# --- people ---------------------------------------------------------------------------------------------------


def _build_people(rows: _Rows) -> tuple[dto.Address | None, dto.Buyer]:
    parts = {key: rows.of_order(key) for key in ADDRESS}
    country = rows.of_order("country")
    reference = rows.of_order("customer_ref")
    email = rows.of_order("email")
    known = rows.document.known
    if known is not None and known.customer is not None and not any((parts["street"], parts["city"], country)):
        given = {key: value for key, value in parts.items() if value}
        address = msgspec.structs.replace(known.customer, **given)
    else:
        first_row = rows.rows[0][0]
        missing = [key for key in ("name", "street", "country") if not rows.has(key)]
        if rows.has("company"):
            missing = [key for key in missing if key != "name"]
        for key in missing:
            unknown = because("empty_unknown_customer", value=values.shown(reference)) if reference else None
            rows.note(unknown or because("empty"), first_row, key)
        address = dto.Address(**parts, country=country)
    buyer = dto.Buyer(
        external_id=reference,
        name=address.name,
        email=email or (known.email if known else None),
        company=address.company,
        purchase_order=rows.of_order("purchase_order"),
    )
    return address, buyer


# --- goods and money ------------------------------------------------------------------------------------------


def _build_lines(rows: _Rows, currency: str, *, is_tax_included: bool):
    ids: set[str] = set()
    skus: dict[str, int] = {}
    for row, cells in rows.rows:
        sku = rows.cell(row, cells, "sku")
        if cells.get("sku") is None:
            rows.note(because("empty"), row, "sku")
        quantity = _quantity(rows, row, cells)
        line_id = rows.cell(row, cells, "line_id")
        skus[sku] = skus.get(sku, 0) + 1
        external_id = line_id or (sku if skus[sku] == 1 else f"{sku}#{skus[sku]}")
        if line_id and external_id in ids:
            rows.note(because("twice_in_order", value=values.shown(line_id)), row, "line_id")
        ids.add(external_id)
        # Without SKU and quantity nobody can look a price up: that it is missing follows from them.
        can_price = cells.get("price") is not None or (sku is not None and quantity is not None)
        price = _price(rows, row, cells, sku) if can_price else None
        rate = rows.cell(row, cells, "tax")
        discount = rows.cell(row, cells, "discount")
        title, gift = rows.cell(row, cells, "title"), rows.cell(row, cells, "gift_message")
        if sku is None or quantity is None or price is None:
            continue
        amount = _rounded(quantity * price, currency)
        charges = _discounts(rows, row, amount, discount, currency)
        net = amount + sum(charge.amount.amount for charge in charges)
        yield dto.OrderLine(
            external_id=external_id,
            quantity=quantity,
            sku=sku,
            title=title,
            unit_price=dto.Money(amount=price, currency=currency),
            amount=dto.Money(amount=amount, currency=currency),
            charges=charges,
            taxes=_taxes(net, rate, currency, is_tax_included=is_tax_included),
            gift_message=gift,
        )


def _quantity(rows: _Rows, row: int, cells: dict[str, Cell]) -> Decimal | None:
    quantity = rows.cell(row, cells, "quantity")
    if cells.get("quantity") is None:
        rows.note(because("empty"), row, "quantity")
    elif quantity is not None and quantity <= 0:
        rows.note(because("not_more_than_zero", value=_said(cells["quantity"])), row, "quantity")
        return None
    return quantity


def _price(rows: _Rows, row: int, cells: dict[str, Cell], sku: str | None) -> Decimal | None:
    price = rows.cell(row, cells, "price")
    if cells.get("price") is not None:
        if price is not None and price < 0:
            rows.note(because("price_below_zero", value=_said(cells["price"])), row, "price")
            return None
        return price
    known = rows.document.known
    if known is not None and str(row) in known.prices:
        return Decimal(known.prices[str(row)])
    if rows.meaning.has_price_list:
        rows.note(because("not_in_price_list", sku=values.shown(sku or "")), row, "price")
    else:
        rows.note(because("no_price_list"), row, "price")
    return None


def _discounts(rows: _Rows, row: int, amount: Decimal, found, currency: str) -> tuple[dto.Charge, ...]:
    if found is None or not found[1]:
        return ()
    kind, value = found
    off = _rounded(amount * value / 100, currency) if kind == "rate" else _rounded(abs(value), currency)
    if off > amount:
        rows.note(because("discount_too_large", value=str(value)), row, "discount")
        return ()
    return (dto.Charge(kind="discount", amount=dto.Money(amount=-off, currency=currency)),)


def _taxes(net: Decimal, rate: Decimal | None, currency: str, *, is_tax_included: bool) -> tuple[dto.TaxAmount, ...]:
    if not rate:
        return ()
    tax = net * rate / (100 + rate) if is_tax_included else net * rate / 100
    return (dto.TaxAmount(amount=dto.Money(amount=_rounded(tax, currency), currency=currency), label=f"{rate}%"),)


def _build_total(rows: _Rows, lines, currency: str, *, is_tax_included: bool):
    """Return the order's total and its delivery cost as charges.

    Delivery is taxed as the goods where these have one rate. Prices without tax and no rate say nothing about the
    total: it is not known then, unless the file states it.
    """
    shipping = rows.of_order("shipping")
    stated = rows.of_order("total")
    rates = {rows.cell(row, cells, "tax") for row, cells in rows.rows} if not rows.flaws else set()
    rate = next(iter(rates)) if len(rates) == 1 else None
    charges = ()
    if shipping:
        amount = dto.Money(amount=_rounded(shipping, currency), currency=currency)
        taxes = _taxes(amount.amount, rate, currency, is_tax_included=is_tax_included)
        charges = (dto.Charge(kind="shipping", amount=amount, taxes=taxes),)
    if stated is not None:
        return dto.Money(amount=stated, currency=currency), charges
    if not is_tax_included and None in rates:
        return None, charges
    parts = [*lines, *charges]
    amounts = [part.amount.amount for part in parts]
    amounts += [charge.amount.amount for line in lines for charge in line.charges]
    if not is_tax_included:
        amounts += [tax.amount.amount for part in parts for tax in part.taxes]
    return dto.Money(amount=sum(amounts, Decimal(0)), currency=currency), charges


def _rounded(amount: Decimal, currency: str) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-values.minor_digits(currency)), ROUND_HALF_UP)
