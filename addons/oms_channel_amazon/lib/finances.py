"""Refunds out of Amazon's Finances: what was given back, and which part of it was our money. Pure.

Source: finances_2024-06-19.json of github.com/amzn/selling-partner-api-models, commit 34dc93fe45f3. It does not
name the types of breakdowns. Those below are the ones that sellers' programs show of real answers: one recorded answer
in the tests of Airbyte's Amazon source (github.com/airbytehq/airbyte), and lists of the types in 14,000 transactions. A
refund has the signs of a sale turned round. Seen 2026-11-26.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.cursor import read_place, write_place
from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.split import entries, members
from odoo.addons.oms_core.lib.strict_json import shown

from . import wire
from .const import MARKETPLACE_BY_ID
from .mapper import text
from .proceeds import parse_money

REFUND, DEFERRED_ID = "Refund", "DEFERRED_TRANSACTION_ID"
# "If PostedAfter and PostedBefore are more than 180 days apart, the response is empty."
SPAN = timedelta(days=179)
# "Financial events might not include orders from the last 48 hours."
LAG = timedelta(hours=48)

# A part of the price: what it is of, and whether it is the price, a tax or a discount.
_PART = re.compile(
    r"(?P<of>OurPrice|Shipping|Gift[wW]rap|Goodwill|RestockingDeduction|ReturnShipping(Deduction)?|COD)"
    r"(?P<what>Principal|TaxDiscount|Tax|Discount)"
)
# Of a group of an item or of the whole transaction that is not broken down any further.
_GROUPS = {
    "ProductCharges": ("OurPrice", "Principal"),
    "PromoRebates": ("OurPrice", "Discount"),
    "Tax": ("OurPrice", "Tax"),
    "Shipping": ("Shipping", "Principal"),
    "Giftwrap": ("Giftwrap", "Principal"),
}
# Tax that Amazon takes from a sale and pays itself; it comes back from Amazon, not from the seller.
_KEPT_TAX = re.compile(r"(MarketplaceFacilitator(Tax|VAT)|LowValueGoodsTax)-(?P<of>\w+)")
_KEPT_OF = {"Principal": "OurPrice", "Shipping": "Shipping"}
_WHOLE = frozenset({None, "Sales", "Expenses", "Refunded Sales", "Refunded Expenses"})
_FEE = re.compile("Fee|Commission|Chargeback")
_NIL = Decimal(0)
_MAX_DEPTH = 12


class FinancesPlace(dto.Value):
    """Where the walk through the money of a window is.

    :param until: end of the span being read, ``None`` for the last, which Amazon ends by itself two minutes ago
    :param token: the next page of the span
    """

    since: datetime
    until: datetime | None = None
    token: str | None = None


class RelatedIdentifier(wire.Wire):
    """Another document the money belongs to."""

    related_identifier_name: str | None = None
    related_identifier_value: str | None = None


class Amount(wire.Wire):
    """``currency_amount`` is a number, not a text as elsewhere."""

    currency_amount: Decimal | int | None = None
    currency_code: str | None = None


class Breakdown(wire.Wire):
    """A movement of money; what it is made of is below it."""

    breakdown_type: str | None = None
    breakdown_amount: Amount | None = None
    breakdowns: "list[Breakdown] | None" = None


class Context(wire.Wire):
    """What the money is about; one of several kinds."""

    context_type: str | None = None
    sku: str | None = None


class Item(wire.Wire):
    """The money of one item."""

    breakdowns: list[Breakdown] | None = None
    contexts: list[Context] | None = None


class MarketplaceDetails(wire.Wire):
    """The store."""

    marketplace_id: str | None = None


class Transaction(wire.Wire):
    """One booking. Refunds are of type ``Refund``."""

    transaction_type: str | None = None
    transaction_id: str | None = None
    transaction_status: str | None = None
    posted_date: wire.Instant | None = None
    related_identifiers: list[RelatedIdentifier] | None = None
    marketplace_details: MarketplaceDetails | None = None
    items: list[Item] | None = None
    breakdowns: list[Breakdown] | None = None


class _Kind(wire.Wire):
    transaction_type: str | None = None


class _Token(wire.Wire):
    next_token: str | None = None


def plan_place(window: dto.Window, cursor: str | None, now: datetime) -> FinancesPlace:
    """Return the place a cursor stands for, or where a window begins; a long one is read in spans.

    :param now: by our clock; it only decides whether one span is enough
    :raise Rejected: ``cursor_expired`` when the cursor is none of ours
    """
    return read_place(cursor, FinancesPlace) if cursor else _span(window.since, now)


def _span(since: datetime, now: datetime) -> FinancesPlace:
    return FinancesPlace(since=since, until=since + SPAN if since + SPAN < now - LAG else None)


def parse_refunds_page(body: bytes, place: FinancesPlace, at: datetime) -> dto.Page[dto.RefundData]:
    """Return the refunds of one page; ``covered_until`` leaves out what Amazon may still book later.

    :param at: when Amazon gave the answer, by its own clock
    :raise Malformed: the page, or a refund in it, cannot be read
    """
    payload = dict(members(dict(members(body)).get(b"payload", b"")))
    if b"transactions" not in payload:
        raise Malformed("wrong_shape", reason="the answer holds no transactions")
    token = text(wire.decode(b'{"nextToken":' + payload.get(b"nextToken", b"null") + b"}", _Token).next_token)
    if token:
        following = msgspec.structs.replace(place, token=token)
    else:
        following = _span(place.until, at) if place.until else None
    return dto.Page(
        items=tuple(_refunds(entries(payload[b"transactions"]))),
        next_cursor=write_place(following),
        covered_until=None if place.until else at - LAG,
    )


def _refunds(pieces: Iterable[bytes]) -> Iterator[dto.RefundData]:
    for piece in pieces:
        # Of what is no refund nothing else is looked at: fees and advertising have shapes of their own.
        if wire.decode(piece, _Kind).transaction_type == REFUND:
            refund = _parse_refund(wire.decode(piece, Transaction))
            if refund is not None:
                yield refund


def _parse_refund(transaction: Transaction) -> dto.RefundData | None:
    """Return a refund; ``None`` when no buyer got anything, or when it is the release of one that was told before."""
    related = {
        row.related_identifier_name: text(row.related_identifier_value) for row in transaction.related_identifiers or ()
    }
    order_id, id_ = related.get("ORDER_ID"), text(transaction.transaction_id)
    if not order_id or not id_ or related.get(DEFERRED_ID):
        return None
    items = [(item, _Sums.of(item.breakdowns)) for item in transaction.items or ()]
    if not any(sums.currency for _item, sums in items):
        # Some transactions are broken down as a whole only (github.com/amzn/selling-partner-api-models issue 4993).
        only = transaction.items[0] if transaction.items and len(transaction.items) == 1 else Item()
        items = [(only, _Sums.of(transaction.breakdowns))]
    sums = [entry for _item, entry in items if entry.currency]
    currencies = {entry.currency for entry in sums}
    if not currencies:
        return None
    if len(currencies) > 1:
        raise Malformed("bad_money", path="$.items", reason="a refund in two currencies")
    [currency] = currencies
    amount = sum((entry.total() for entry in sums), _NIL)
    unknown = [part for entry in sums for part in entry.unknown]
    if amount < 0 or not (amount or unknown):
        return None
    kept = _NIL
    if _is_tax_apart(transaction):
        kept = sum((part for entry in sums for part in entry.kept_tax.values()), _NIL)
    lines = (_parse_line(item, entry, is_tax_apart=bool(kept)) for item, entry in items if entry.currency)
    return dto.RefundData(
        external_id=id_,
        order_external_id=order_id,
        amount=dto.Money(amount=amount, currency=currency),
        refunded_at=transaction.posted_date,
        updated_at=transaction.posted_date,
        lines=tuple(line for line in lines if line is not None),
        channel_tax=dto.Money(amount=kept, currency=currency) if kept else None,
        reason=f"Not counted: {', '.join(unknown)}"[:200] if unknown else None,
    )


def _is_tax_apart(transaction: Transaction) -> bool:
    """Return whether the store's prices are without tax, so that tax Amazon keeps was never part of our order."""
    details = transaction.marketplace_details or MarketplaceDetails()
    store = MARKETPLACE_BY_ID.get(details.marketplace_id or "")
    return store is not None and not store.is_tax_in_price


def _parse_line(item: Item, sums: "_Sums", *, is_tax_apart: bool) -> dto.RefundLine | None:
    sku = next((text(context.sku) for context in item.contexts or () if text(context.sku)), None)
    kept = sums.kept_tax if is_tax_apart else {}
    goods = sums.worth("OurPrice") - kept.get("OurPrice", _NIL)
    shipping = sums.worth("Shipping") - kept.get("Shipping", _NIL)
    if sku is None or not (goods or shipping):
        return None
    tax = sums.tax("OurPrice") - kept.get("OurPrice", _NIL)
    return dto.RefundLine(
        sku=sku,
        amount=sums.money(goods),
        tax=sums.money(tax) if tax else None,
        shipping=sums.money(shipping) if shipping else None,
    )


class _Sums:
    """What a buyer got back of one item, by what it is of; positive figures."""

    def __init__(self) -> None:
        self.parts: dict[tuple[str, str], Decimal] = {}
        self.kept_tax: dict[str, Decimal] = {}
        self.unknown: list[str] = []
        self.currency: str | None = None

    @classmethod
    def of(cls, breakdowns: Iterable[Breakdown] | None) -> "_Sums":
        sums = cls()
        sums._add(breakdowns or (), None, 0)
        return sums

    def money(self, amount: Decimal) -> dto.Money:
        return dto.Money(amount=amount, currency=self.currency)

    def total(self) -> Decimal:
        return sum(self.parts.values(), _NIL)

    def worth(self, of: str) -> Decimal:
        return sum((amount for (name, _what), amount in self.parts.items() if name == of), _NIL)

    def tax(self, of: str) -> Decimal:
        return sum((amount for (name, what), amount in self.parts.items() if name == of and "Tax" in what), _NIL)

    def _add(self, breakdowns: Iterable[Breakdown], group: str | None, depth: int) -> None:
        if depth > _MAX_DEPTH:
            raise Malformed("too_deep", path="$.items", reason="the breakdowns are nested too deeply")
        for row in breakdowns:
            name = row.breakdown_type or ""
            if _FEE.search(name):
                continue
            found, kept = _PART.fullmatch(name), _KEPT_TAX.fullmatch(name)
            if kept:
                of = _KEPT_OF.get(kept["of"], "")
                self.kept_tax[of] = self.kept_tax.get(of, _NIL) + self._amount_of(row)
            elif found:
                self._put((found["of"], found["what"]), -self._amount_of(row))
            elif row.breakdowns:
                self._add(row.breakdowns, name, depth + 1)
            elif name in _GROUPS and group in _WHOLE:
                self._put(_GROUPS[name], -self._amount_of(row))
            elif name not in _WHOLE and (amount := self._amount_of(row)):
                self.unknown.append(f"{shown(name)} {-amount}")

    def _put(self, part: tuple[str, str], amount: Decimal) -> None:
        if amount:
            self.parts[part] = self.parts.get(part, _NIL) + amount

    def _amount_of(self, row: Breakdown) -> Decimal:
        amount = row.breakdown_amount
        if amount is None or amount.currency_amount is None or not amount.currency_code:
            return _NIL
        money = parse_money(
            wire.Money(amount=format(Decimal(amount.currency_amount), "f"), currency_code=amount.currency_code),
            f"$.breakdowns[{row.breakdown_type}]",
        )
        if self.currency not in (None, money.currency):
            raise Malformed("bad_money", path="$.items", reason="a refund in two currencies")
        self.currency = money.currency
        return money.amount
